#pragma once

#include <string>

#include "base/units.hpp"

namespace tidemark {

/// CLOCK_MONOTONIC: the clock of every span and of every `t` in events, the same in all processes of a
/// machine.
Seconds monotonic_now();

/// UTC as ISO 8601 with milliseconds: `2026-01-23T14:05:09.123Z`. Sorts as text.
std::string utc_now();

}  // namespace tidemark
