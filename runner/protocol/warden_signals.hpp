#pragma once

#include <csignal>

namespace tidemark::protocol {

// What a runner asks its warden for. Two signals rather than one sent twice: a signal that is pending already
// is not sent again (signal(7)).
inline constexpr int kEndGently = SIGTERM;  ///< SIGTERM to the run's processes, SIGKILL after a grace period
inline constexpr int kEndAtOnce = SIGUSR1;  ///< SIGKILL to them all

/// How a warden ends that could not write, because the run's directory is not there any more or holds
/// something else in the place of its files: the program's own doing. After any other failure no run could be
/// written.
inline constexpr int kDirectoryIsSpoiled = 4;

}  // namespace tidemark::protocol
