#pragma once

#include "warden/options.hpp"

namespace tidemark::warden {

/// Makes one run from start to end: starts the program, watches the clock, the runner and the memory, ends
/// everything that is left, and writes measurement.json. Returns the warden's exit code: 0 when the
/// measurement is written, whatever the run did.
int supervise(const Options& options);

}  // namespace tidemark::warden
