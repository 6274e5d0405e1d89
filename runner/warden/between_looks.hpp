#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include <sys/types.h>

#include "warden/exit_marks.hpp"
#include "warden/kernel_counters.hpp"
#include "warden/tree_look.hpp"

namespace tidemark::warden {

/// By how much the processes of a tree may have been larger between two looks than the looks tell, in bytes.
struct MissedGrowth {
    /// Than at the larger of the two looks, summed over the processes, and what both looks together saw of
    /// files and shared memory beyond the larger of them: one may have taken its part before another gave up
    /// its own. Of trifles no more is counted than a trifle.
    std::int64_t above_both = 0;
    /// Than at the former look. With what the kernel may not have counted yet of one process: that all of
    /// them are behind at once, by all that they may be, is not thought of.
    std::int64_t above_former = 0;
    /// Than at the latter look, with the same doubt: what they have given up since counts in full.
    std::int64_t above_latter = 0;
    /// No more was held in all, with the same doubt: the largest marks of as many processes as lived at the
    /// same time.
    std::int64_t marks_together = 0;
};

/// Follows the high-water marks of the processes of a tree from look to look, and at their ends. What a mark
/// rose beyond is what no look saw. A process that gives up pages and takes others is not noticed: its mark
/// does not rise.
class BetweenLooks {
  public:
    /// What a small program holds of libraries that others have mapped as well, and what the kernel's
    /// counters are behind: where no process was larger by more, no more than a part of it is made of it.
    static constexpr std::int64_t kTrifle = std::int64_t{2} << 20;

    explicit BetweenLooks(const KernelCounters& counters) : counters_(counters) {}

    /// Who has ended, others of the machine among them.
    struct Ended {
        std::vector<EndedTask> before;  ///< after the former look, and before this one
        std::vector<EndedTask> during;  ///< while this one was taken: before it, or after it
    };
    /// The tree is as `tree` says now. `most_tasks`: no more processes lived at the same time. `own`: parent
    /// of all orphans.
    MissedGrowth look(const TreeLook& tree, const Ended& ended, std::optional<std::int64_t> most_tasks,
                      pid_t own);
    /// It takes no page after the last look, and ends. Until its memory is given back, others may have grown.
    void ends_now(pid_t process);
    /// A process is gone, and nobody told how much it had held.
    bool missed_an_end() const { return missed_an_end_; }

  private:
    struct Held {
        std::int64_t resident = 0;
        std::int64_t mark = 0;
        bool ends = false;       ///< and takes no more
        std::int64_t files = 0;  ///< of what is resident, and shared memory
    };
    using Marks = std::map<pid_t, std::int64_t>;
    Marks marks_of_tree(const TreeLook& tree, const std::vector<EndedTask>& ended, pid_t own) const;
    bool still_ends(const LivingProcess& process) const;
    void add(std::int64_t above_former, std::int64_t above_both);
    void add_living(const TreeLook& tree);
    void add_ended(Marks& marks);
    std::int64_t seen_by_either(const TreeLook& tree) const;
    void add_unseen(const Marks& marks, std::size_t at_once);
    std::int64_t together(const TreeLook& tree, const Marks& ended, std::size_t at_once) const;

    KernelCounters counters_;
    std::map<pid_t, Held> before_;
    std::vector<EndedTask> during_;  ///< the last look, of the tree
    MissedGrowth missed_;
    bool missed_an_end_ = false;
};

}  // namespace tidemark::warden
