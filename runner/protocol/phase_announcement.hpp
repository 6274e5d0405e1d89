#pragma once

#include <string>

namespace tidemark::protocol {

/// The variable that names the warden's socket for announcements of phases: a Unix socket of type
/// SOCK_SEQPACKET, in the abstract namespace where the name begins with '@' (unix(7)).
inline constexpr const char* kPhaseVariable = "TIDEMARK_PHASE";

/// The longest that a program waits for the warden, and the warden for a program.
inline constexpr int kPhasePatienceMilliseconds = 100;

/// A name of a phase that is longer is cut.
inline constexpr std::size_t kLongestPhaseName = 200;

/// Tells the warden that from here on the program is in this phase, and waits until the peak of the phase
/// before is read and the high-water mark is reset. False: there is no warden, or it does not answer. The
/// standard library and Linux only.
bool announce_phase(const std::string& name);

}  // namespace tidemark::protocol
