#pragma once

#include <vector>

#include "protocol/status.hpp"

namespace tidemark::protocol {

/// How often a run that did not end well is made again at once, and after which endings; one that a queue of
/// other machines has lost or preempted is, whatever they are.
struct Retries {
    int times = 0;
    std::vector<Status> on{Status::Oom, Status::Timeout, Status::Crashed, Status::Failed};
};

}  // namespace tidemark::protocol
