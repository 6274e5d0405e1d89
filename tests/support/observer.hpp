#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <sys/types.h>

namespace tidemark::test {

/// What was counted of a program that stops at its checkpoints (tests/programs/checkpoint.hpp).
struct Observed {
    bool ended_well = false;
    std::vector<std::int64_t> counts;  ///< bytes of distinct page frames, at each checkpoint

    std::int64_t peak() const;
};

/// Runs programs without a warden, and counts the page frames of their trees. A process of its own: it is
/// their subreaper, and goes on as root where this one gives that up.
class Observer {
  public:
    Observer();
    Observer(const Observer&) = delete;
    Observer& operator=(const Observer&) = delete;
    ~Observer();

    /// Throws where the observer has gone.
    Observed observe(const std::vector<std::string>& command) const;

  private:
    int socket_ = -1;
    pid_t process_ = -1;
};

/// From here on, programs that are started have their stack and mappings at the same places each time: how
/// many pages of a stack are touched depends on where it begins.
void fix_address_layout();

}  // namespace tidemark::test
