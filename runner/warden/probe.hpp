#pragma once

namespace tidemark::warden {

/// Says on stdout what can be enforced and measured here, a line each: `NAME yes HOW` or `NAME no WHY`, of
/// `memory-limit`, `swap-limit`, `pids-limit` and `exit-stops`. Returns the program's exit code.
int probe();

}  // namespace tidemark::warden
