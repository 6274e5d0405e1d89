#pragma once

#include <cstdint>
#include <map>
#include <optional>

#include <sys/types.h>

#include "warden/kernel_counters.hpp"
#include "warden/memory_cgroup.hpp"
#include "warden/tree_look.hpp"

namespace tidemark::warden {

/// What is mapped of files and of shared memory, in bytes.
struct Mapped {
    std::int64_t file = 0;
    std::int64_t shared = 0;
};

/// The pages of files and of shared memory that the tree had mapped and that the run's cgroup was not charged
/// for. Looks at pages tell it; cheap looks see the sum over processes only,
/// in which a page is as often as it is mapped.
class MappedElsewhere {
  public:
    explicit MappedElsewhere(const KernelCounters& counters) : counters_(counters) {}

    /// At any moment, what the run's cgroup is charged for is no less than the anonymous pages of the tree,
    /// the files' pages and the shared pages that it is charged for; so what the tree holds is no more than
    /// its charge and what it has mapped beyond those two.
    static std::int64_t beyond(const CgroupCharge& charge, const Mapped& mapped);

    /// The most that the tree can have mapped, each page once, as far as a cheap look tells: what the last
    /// look at pages found, and by how much more each process has mapped since then, with what the kernel may
    /// not have counted yet. A process that gave up
    /// pages of one file and mapped as many of another one is not noticed; the next look at pages sees it.
    Mapped most_of(const TreeLook& tree, const MachinePages& machine) const;

    /// A cheap look: no more than that was mapped elsewhere. How much it was, a look at pages may tell while
    /// the processes still have what they have now. `mark`: the kernel's of the largest charge until now.
    void may_be(const TreeLook& tree, std::int64_t elsewhere, std::int64_t mark);
    /// A look at every page of `tree`, or at its only memory, found that.
    void is(const TreeLook& tree, const Mapped& found, std::int64_t elsewhere, std::int64_t mark);
    /// Between the look before this one and the one that may_be() or is() tells of next, processes may have
    /// mapped `growth` more than at both; and the tree held no more than `held`. Both tell of what no look
    /// saw.
    void missed(std::int64_t growth, std::int64_t held, std::int64_t mark);
    /// All processes are gone.
    void finish(std::int64_t mark);

    /// The most at any time; nothing where there was no look.
    std::optional<std::int64_t> most() const;
    /// The same, without what cheap looks allow.
    std::int64_t known() const { return most_.value_or(0); }
    std::int64_t known_last() const { return known_last_; }  ///< at the last look at pages
    /// The most beside a charge that was as large as its final mark: what was mapped elsewhere while the
    /// charge was smaller counts for so much less. A charge between two looks is no larger than the mark at
    /// the second one.
    std::optional<std::int64_t> most_at_peak() const;
    /// The most that the tree held between two looks where no look saw it, files and all; 0: nothing was
    /// missed.
    std::int64_t most_missed() const { return most_missed_; }
    /// Two looks after each other saw about that much. Else it came and went, and may have been more.
    bool has_settled() const;

  private:
    using OfProcesses = std::map<pid_t, Mapped>;
    static OfProcesses of_processes(const TreeLook& tree);
    bool still_has_what_may_be(const TreeLook& tree) const;
    void keep_what_nobody_has(const TreeLook& tree, std::int64_t elsewhere);
    void saw(std::int64_t elsewhere, std::int64_t mark);
    void keep_what_was_missed(std::int64_t elsewhere);

    /// At a look, or the most of several, in bytes.
    struct Beside {
        std::int64_t elsewhere = 0;
        std::int64_t with_charge = 0;  ///< with the mark that was the kernel's then
        void raise(std::int64_t seen, std::int64_t mark);
    };

    /// What was missed since the last look at pages: the most in each of two ways, of which the less holds.
    struct Missed {
        std::int64_t beside_elsewhere = 0;  ///< charged, and grown; 0: nothing was missed
        std::int64_t held = 0;
    };

    KernelCounters counters_;
    Missed missed_;
    std::int64_t most_missed_ = 0;
    Mapped found_;                 ///< at the last look at pages
    OfProcesses had_;              ///< at that look
    Beside may_be_;                ///< the most since that look, as cheap looks tell it; 0: nothing
    OfProcesses may_be_of_;        ///< at the look that told it
    std::int64_t known_last_ = 0;  ///< at the last look at pages
    std::int64_t mark_ = 0;
    std::int64_t with_charge_ = 0;  ///< the most, without what cheap looks allow
    std::optional<std::int64_t> most_;
    std::int64_t last_ = 0;
    std::int64_t settled_ = 0;  ///< the most that two looks after each other saw
};

}  // namespace tidemark::warden
