#pragma once

#include <string>

namespace tidemark::warden {

double monotonic_seconds();  ///< CLOCK_MONOTONIC
double own_cpu_seconds();    ///< of this process

/// UTC, ISO 8601 with milliseconds. The same form as the runner's, without its libraries.
std::string utc_text();

}  // namespace tidemark::warden
