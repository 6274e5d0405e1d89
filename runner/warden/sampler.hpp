#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

#include "protocol/measurement.hpp"
#include "warden/between_looks.hpp"
#include "warden/cache_bound.hpp"
#include "warden/exit_marks.hpp"
#include "warden/exit_stops.hpp"
#include "warden/held_between.hpp"
#include "warden/kept_by_looks.hpp"
#include "warden/mapped_elsewhere.hpp"
#include "warden/memory_cgroup.hpp"
#include "warden/pids_cgroup.hpp"
#include "warden/tree_look.hpp"
#include "warden/unheard_ends.hpp"

namespace tidemark::warden {

/// Looks at the memory of the tree from time to time and appends what it sees to samples.jsonl. There are two
/// kinds of looks: cheap ones, by what the kernel counts of each process, as often as every 50 ms; and looks
/// at every page, where a cheap one has seen the tree larger than ever or a line of the timeline is due.
/// Where looks have taken their share of the time, glances keep the timeline going.
class Sampler {
  public:
    Sampler(const std::string& directory, double started, const KernelCounters& counters);
    Sampler(const Sampler&) = delete;
    Sampler& operator=(const Sampler&) = delete;
    ~Sampler();

    double due() const { return due_; }  ///< of the next look, CLOCK_MONOTONIC seconds
    /// Why the tree is looked at now.
    enum class Occasion {
        Time,  ///< the next look was due
        Exit,  ///< a process is about to exit: what it holds is gone after that
    };
    /// `cgroup`: the run's, where one measures it; else null.
    TreeLook look(const MemoryCgroup* cgroup, Occasion occasion = Occasion::Time);
    /// A line of the timeline and nothing else, once in a second: what the cgroup is charged for, and what
    /// the processes have resident, where that does not take too much of the time.
    void glance(const MemoryCgroup* cgroup);
    double glance_due() const { return glance_due_; }
    /// When the next look is due. `cost`: CPU seconds that this one took, with what was made of it.
    void schedule(double cost);
    /// What processes held at most is heard when they end. `marks` has listened since before the first of
    /// them began, and `tasks` counts those of the tree; both outlive this object.
    void hear_of_ends(ExitMarks& marks, const PidsCgroup& tasks) {
        exit_marks_ = &marks;
        tasks_ = &tasks;
    }
    /// Nobody tells it, where a cgroup measures: page faults bound what those mapped who ended.
    void bound_unheard_ends(const PidsCgroup& tasks) {
        unheard_.emplace();
        tasks_ = &tasks;
    }
    /// Of the ends that are heard, this one's mark is kept.
    void watch_end_of(pid_t main) { main_ = main; }
    /// That mark, of the memory that it ended with; 0 where nobody told it.
    std::int64_t mark_at_end() const { return mark_at_end_; }
    /// What the kernel tells of the main process, whoever listens.
    void tell_end(const EndedTask& ended) { told_.push_back(ended); }
    /// The same, of processes that are stopped at their exits, where no cgroup measures.
    void hear_of_ends(ExitStops& stops) { exit_stops_ = &stops; }
    /// The last look was taken while the thread is stopped at its exit.
    void looked_at_exit(pid_t thread);
    /// The tree never held more, by looks at its pages and by what the marks of processes tell of the time
    /// between them. Nothing where that is not known.
    std::optional<std::int64_t> most_held() const;
    /// Nothing that a process took between two looks was missed, as far as marks tell.
    bool heard_all_ends() const {
        return exit_marks_ != nullptr && !exit_marks_->lost_some() && !between_.missed_an_end();
    }
    /// A limit hangs on what is seen: looks may take many times their share.
    void watch_closely() { cost_share_ = page_share_ = kShareWatching; }
    /// A process is about to exit: a last look, if looking so often does not take too much of the time.
    bool can_afford_another(double now) const;

    /// A process is about to be reaped: what it read, wrote and faulted. `is_told`: tell_end() will follow.
    void reap(pid_t process, bool is_told);
    /// Children end without a trace: nobody learns what they read and wrote.
    void lose_children() {
        saw_children_ignored_ = true;
        cache_.lose();
    }
    /// All processes are gone.
    void finish(std::int64_t peak);
    /// The mark of the cgroup's charge begins anew.
    void begin_phase() {
        cache_.begin_phase();
        kept_in_phase_ = {};
    }

    const std::optional<protocol::Sample>& first() const { return first_; }
    const std::optional<protocol::Sample>& last() const { return last_; }
    const std::optional<protocol::Sample>& largest() const { return largest_; }
    std::int64_t largest_rss() const { return largest_ ? largest_->rss_bytes.value_or(0) : 0; }
    std::int64_t last_rss() const { return last_ ? last_->rss_bytes.value_or(0) : 0; }
    std::optional<std::int64_t> largest_swap() const { return largest_swap_; }
    std::optional<std::int64_t> largest_huge_pages() const { return largest_huge_pages_; }

    /// The tree held so much at one moment: nobody took or gave up a page while each was counted.
    std::int64_t largest_still() const { return largest_still_; }
    std::int64_t last_still() const { return last_still_; }  ///< of the last look; 0: something moved
    /// What the mark of the charge may hold by the doing of looks.
    const KeptByLooks& kept() const { return kept_; }
    const KeptByLooks& kept_in_phase() const { return kept_in_phase_; }
    /// What the tree had mapped and the run's cgroup was not charged for.
    const MappedElsewhere& mapped_elsewhere() const { return elsewhere_; }
    /// The same as a guess: no page counted twice.
    std::int64_t mapped_file() const { return mapped_file_; }
    /// The most that was charged for files in memory that nobody mapped, as far as it was seen.
    std::int64_t unmapped_shared() const { return unmapped_shared_; }
    /// What the charge may have held beside the memory of processes when it was at its peak.
    const CacheBound& cache() const { return cache_; }
    /// The most that one process had: anonymous memory; files and shared memory.
    std::int64_t largest_anonymous() const { return largest_anonymous_; }
    std::int64_t largest_files() const { return largest_files_; }
    /// The most that processes had mapped more than once.
    std::int64_t mapped_twice() const { return mapped_twice_; }

    int most_processes() const { return most_processes_; }
    int most_threads() const { return most_threads_; }  ///< of all processes together
    bool saw_children_ignored() const { return saw_children_ignored_; }
    const std::vector<pid_t>& last_processes() const { return last_processes_; }
    const std::optional<CgroupCharge>& last_charge() const { return last_charge_; }
    double hold_s() const { return hold_s_; }  ///< in which reading may have held memory maps

  private:
    /// Of the time: cheap looks take at most this share, looks at pages for the lines of the timeline that
    /// one.
    static constexpr double kCostShare = 0.0015;
    static constexpr double kPageShare = 0.001;
    static constexpr double kShareWatching = 0.05;
    static constexpr double kGlanceShare = 0.0005;

    /// What the tree has mapped of files and of shared memory, in bytes.
    struct TreeMapped {
        Mapped most;   ///< perhaps with pages that are in it more than once
        Mapped guess;  ///< no page twice
    };
    /// How well the pages of the tree were counted, each once.
    enum class Count {
        Unknown,
        Guess,  ///< of nearly all of them
        Exact,
    };
    /// All that one look finds.
    struct Look {
        double begin = 0;
        bool is_charged = false;       ///< a cgroup measures
        CgroupCharge charge;           ///< at its begin
        CgroupCharge most_charged;     ///< of files and shared memory, at its begin or its end
        std::int64_t mark_before = 0;  ///< the kernel's of the largest charge, at its begin
        std::int64_t mark = 0;         ///< at its end
        std::int64_t cache = 0;        ///< charged for page cache and files in memory, until after `mark`
        BetweenLooks::Ended ended;
        TreeLook tree;
        TreeMapped mapped;
        std::int64_t anonymous = 0;  ///< at most, each page once, where pages were counted
        Count count = Count::Unknown;
        protocol::Sample seen;
    };
    Look look_at_tree(const MemoryCgroup* cgroup);
    void count_pages(Look& look, Occasion occasion);
    void charge_again(Look& look, const MemoryCgroup* cgroup);
    void note(const Look& look);
    void note_held(const Look& look);
    std::int64_t faults_of_all() const;
    void look_at_pages_of(Look& look);
    /// What share of the time until now looks at pages may have taken, so that one is worth it; 0: none is.
    double share_for_pages(double now, const TreeLook& tree, std::int64_t elsewhere, Occasion occasion) const;
    bool may_look_at_pages(double now, double share, bool is_growing) const;
    void note_processes(const TreeLook& tree);
    /// Returns how much of files was resident when its mappings were looked at last.
    std::int64_t note_mapped_twice(const LivingProcess& process, std::int64_t looked_at);
    void note_mapped(const Look& look);
    std::vector<EndedTask> heard();
    std::int64_t mapped_unheard(const TreeLook& tree);
    void note_missed(const TreeLook& tree, const BetweenLooks::Ended& ended, std::int64_t mark);
    void note_io(std::int64_t cache, std::int64_t peak);
    void keep(const Look& look);
    bool is_new_high(const protocol::Sample& seen) const;
    void write_line(const protocol::Sample& seen);

    std::string path_;
    int file_ = -1;
    double started_;
    double due_;
    double line_due_ = 0;
    double glance_due_;
    double all_glances_s_ = 0;  ///< CPU time of all of them
    double last_look_ = 0;      ///< when it was
    double last_cost_ = 0;
    double spent_at_exits_ = 0;  ///< CPU seconds of the looks that exits gave occasion for
    double cost_share_ = kCostShare;
    double page_share_ = kPageShare;
    double hold_s_ = 0;
    Count last_count_ = Count::Unknown;
    std::int64_t most_held_ = 0;
    double all_cheap_s_ = 0;  ///< CPU time of all cheap looks
    double of_pages_s_ = 0;   ///< CPU time of this look at pages: these looks have a share of their own
    double all_pages_s_ = 0;  ///< of all of them
    MemoryFileSystems memory_file_systems_;
    CacheBound cache_;
    KernelCounters counters_;
    MappedElsewhere elsewhere_;
    KeptByLooks kept_;
    KeptByLooks kept_in_phase_;
    ExitMarks* exit_marks_ = nullptr;
    pid_t main_ = 0;
    std::int64_t mark_at_end_ = 0;
    std::optional<UnheardEnds> unheard_;
    std::vector<EndedTask> told_;
    ExitStops* exit_stops_ = nullptr;
    BetweenLooks between_;
    HeldBetween held_between_;
    const PidsCgroup* tasks_ = nullptr;
    /// At the former look, in bytes: the tree held no more; and so much of its anonymous memory was in
    /// several processes, each of which may since have a copy of its own.
    struct Former {
        std::int64_t held = 0;
        std::int64_t charged = 0;
        std::int64_t shared_anonymous = 0;
        std::int64_t faults = 0;  ///< of all until then, where exits are stopped
    };
    Former former_;
    std::optional<CgroupCharge> last_charge_;
    std::int64_t reaped_io_ = 0;
    std::optional<protocol::Sample> first_, last_, largest_;
    std::optional<std::int64_t> largest_swap_;
    std::optional<std::int64_t> largest_huge_pages_;
    std::int64_t mapped_file_ = 0;
    std::int64_t unmapped_shared_ = 0;
    std::int64_t mapped_twice_ = 0;
    std::int64_t largest_anonymous_ = 0;
    std::int64_t largest_files_ = 0;
    std::int64_t largest_still_ = 0;
    std::int64_t last_still_ = 0;
    std::int64_t largest_written_ = 0;
    std::int64_t largest_sum_written_ = 0;
    std::int64_t last_sum_ = 0;                      ///< of resident sizes, at the last look
    std::int64_t largest_sum_ = 0;                   ///< of resident sizes, at a look at pages
    std::map<pid_t, std::int64_t> files_looked_at_;  ///< what was resident when mappings were looked at
    int most_processes_ = 0;
    int most_threads_ = 0;
    bool saw_children_ignored_ = false;
    std::vector<pid_t> last_processes_;
};

}  // namespace tidemark::warden
