#pragma once

#include <optional>
#include <string>

#include "base/units.hpp"

namespace tidemark {

/// CLOCK_MONOTONIC: the clock of every span and of every `t` in events, the same in all processes of a
/// machine.
Seconds monotonic_now();

/// UTC as ISO 8601 with milliseconds: `2026-01-23T14:05:09.123Z`. Sorts as text.
std::string utc_now();

/// A moment written by utc_now, in seconds since 1970; nothing where the text is none.
std::optional<double> unix_time(const std::string& utc);

/// How long ago a moment written by utc_now was; 0 where the text is none or lies in the future.
Seconds seconds_since(const std::string& utc);

}  // namespace tidemark
