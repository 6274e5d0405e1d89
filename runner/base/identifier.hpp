#pragma once

#include <string>

namespace tidemark {

/// A globally unique identifier that sorts by time and can be read by a person:
/// `20260123-140509-9f3c2a7be1d0` (UTC second, then 48 random bits). Used for runs and invocations, so that
/// databases can be merged.
std::string new_identifier();

}  // namespace tidemark
