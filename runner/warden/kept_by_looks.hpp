#pragma once

#include <algorithm>
#include <cstdint>

namespace tidemark::warden {

/// Who reads the pages of a process keeps its memory alive until it has read them, though the process may
/// have ended meanwhile, or executed another program, and the next one begun. So a mark of the cgroup's
/// charge that rose during a look may hold memory that without the look had been given back. In bytes.
class KeptByLooks {
  public:
    /// During a look the mark rose from one to the other, and memory of processes went that had held so much.
    void look(std::int64_t mark_before, std::int64_t mark_after, std::int64_t of_gone) {
        if (of_gone == 0 || mark_after <= std::max(mark_before, mark_)) return;
        without_ = std::max(without(mark_before), mark_after - of_gone);
        mark_ = mark_after;
    }
    /// What a mark would have been at least without the looks.
    std::int64_t without(std::int64_t mark) const { return mark > mark_ ? mark : std::min(mark, without_); }

  private:
    std::int64_t mark_ = 0;     ///< the largest that rose so
    std::int64_t without_ = 0;  ///< what it would have been
};

}  // namespace tidemark::warden
