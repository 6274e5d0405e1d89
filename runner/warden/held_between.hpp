#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <vector>

#include <sys/types.h>

#include "warden/exit_marks.hpp"
#include "warden/kernel_counters.hpp"
#include "warden/tree_look.hpp"

namespace tidemark::warden {

/// What a tree held at most in the times between looks. What a process held before it executed another
/// program is told when the kernel has given that memory back and somebody has taken the process's stop.
/// Until then looks see the new program alone, and there may be several of them: all the times between these
/// looks may have held that memory as well, and each of them has all that was told of it.
class HeldBetween {
  public:
    /// Looks that are longer ago are one.
    static constexpr std::size_t kMostTimes = 64;

    explicit HeldBetween(const KernelCounters& counters) : counters_(counters) {}

    /// The tree held no more than `most` since the former look, with what `ended` tells of that time. Now it
    /// is as `tree` says.
    void add(const TreeLook& tree, const std::vector<EndedTask>& ended, std::int64_t most);
    std::int64_t most() const { return most_; }

  private:
    struct Time {
        std::int64_t most = 0;
        std::map<pid_t, std::int64_t> marks;  ///< at the look that ended it
    };
    void add_to_earlier(const EndedTask& memory);

    KernelCounters counters_;
    std::deque<Time> times_;
    std::int64_t most_ = 0;
};

}  // namespace tidemark::warden
