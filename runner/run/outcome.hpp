#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "protocol/status.hpp"

namespace tidemark::run {

// How a run ended. A failed run is data: it is stored, shown and counted, never thrown.
struct Exited {
    int code = 0;
    bool accepted = code == 0;  ///< among the codes of a run that went well
};
struct Signalled {
    int signal = 0;
};
struct OutOfMemory {
    std::string how;
};  ///< "killed by the memory limit of 1 GiB", "std::bad_alloc"
struct TimedOut {
    std::string limit;
};  ///< "wall limit of 2 h"
struct Cancelled {
    std::string by;
};  ///< "interrupted", "the runner was lost"
struct CouldNotStart {
    std::string why;
};  ///< "execvp: No such file or directory"
struct BrokeContract {
    std::string how;
    std::optional<int> exit_code{};  ///< where the program ended by itself
};                                   ///< a required metric is missing, no measurement was left

using Outcome =
    std::variant<Exited, Signalled, OutOfMemory, TimedOut, Cancelled, CouldNotStart, BrokeContract>;

/// `status` of the results view: ok, oom, timeout, cancelled, crashed or failed.
std::string_view status(const Outcome& outcome);
protocol::Status status_of(const Outcome& outcome);

/// `reason` of the results view, for people: "exit code 3", "killed by SIGSEGV (segmentation fault)"; empty
/// when ok.
std::string reason(const Outcome& outcome);

std::optional<int> exit_code(const Outcome& outcome);
std::optional<int> signal_number(const Outcome& outcome);

}  // namespace tidemark::run
