#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include <sys/types.h>

#include "warden/exit_marks.hpp"
#include "warden/kernel_counters.hpp"
#include "warden/lost_rights.hpp"
#include "warden/overlap_profile.hpp"

namespace tidemark::warden {

/// Stops every process of the tree while it exits and can still be read, even one that is killed, and so
/// learns the exact high-water mark of each (ptrace(2), PTRACE_O_TRACEEXIT). It needs no cgroup and no
/// rights; but a program that is traced cannot be debugged, nor look for leaks with LeakSanitizer, and gains
/// no rights by exec of a set-user-ID program.
class ExitStops {
  public:
    /// `counters`: by which the marks are made, with their error.
    explicit ExitStops(const KernelCounters& counters) : counters_(counters) {}

    /// To be called in the child, right before it executes the program. False: errno says why it may not.
    static bool ask_to_be_traced();

    /// Takes over a child that asked for it and has executed its program. False: the kernel refused, and the
    /// child runs on untraced.
    bool follow(pid_t child, double now);
    bool active() const { return active_; }

    /// What waitid told of a process or thread that has stopped, for whatever reason: it is consumed, and the
    /// process goes on as it would have done. True: it is about to exit, waits, and is to be told to go on.
    bool take_stop(pid_t thread, double now);
    static void let_exit(pid_t thread);

    /// The tree was looked at, page by page, while the thread was stopped at its exit. Where it was the last
    /// of its process, that took no page afterwards, and is not among the ended any more: true.
    bool was_looked_at(pid_t thread);
    /// The memories that ended since the last call and have not been looked at, by exit or by exec, with
    /// their marks: those of all processes but `living`.
    std::vector<EndedTask> take_ended(const std::vector<pid_t>& living);
    /// Page faults of all that have ended.
    std::int64_t faults_of_ended() const { return faults_of_ended_; }

    /// A process (not a thread) has ended and will be reaped.
    void has_ended(pid_t process, double now);

    /// The high-water mark of a living process is about to be reset to what it holds now.
    void mark_is_reset(pid_t process, std::int64_t mark, double now);

    /// No tree ever held more than this since the last call, or since the start: the largest sum of the marks
    /// of processes that lived at the same time. Pages that they share are counted more than once. Nothing
    /// where a process got away without having been looked at.
    std::optional<std::int64_t> take_overlap(double now);

    /// The same for the whole run, as far as it was taken.
    std::optional<std::int64_t> largest_overlap() const;

    int most_processes() const { return most_processes_; }
    /// A process ended that was never traced, as one that was made by clone with CLONE_UNTRACED.
    bool missed_a_process() const { return missed_one_; }
    const LostRights& lost_rights() const { return lost_rights_; }

  private:
    /// The time in which a process had one memory: until its end, until it executes another program, or until
    /// its mark is reset.
    struct Life {
        double begin = 0;
        std::int64_t mark = 0;  ///< known when a thread of it has been stopped at its exit
        int threads = 1;        ///< the most that were seen
        /// As after vfork, the memory is that of another process, in whose life it is counted; 0: its own.
        pid_t memory_of = 0;
        std::int64_t childrens_faults = 0;  ///< of its children that have ended: it may have waited for them
        bool is_told = false;               ///< its end, by take_ended() or because it was looked at
        bool has_executed = false;          ///< a program since it was forked, as far as it is known here
    };
    bool take_exit(pid_t thread, std::int64_t largest_mark, double now);
    void take_exec(pid_t process, std::int64_t largest_mark, std::int64_t mark_of_next, double now);
    void meet(pid_t process, double now);
    void end_memory(pid_t owner, double now);
    void add_to_profile(const Life& life, std::int64_t mark, double now);
    void compare_children(pid_t process, const Life& life);

    KernelCounters counters_;
    bool active_ = false;
    bool missed_one_ = false;
    bool lost_one_ = false;  ///< since the overlap was taken last
    bool lost_any_ = false;  ///< before
    std::int64_t largest_overlap_ = 0;
    std::map<pid_t, Life> lives_;
    std::vector<EndedTask> ended_;
    std::int64_t faults_of_ended_ = 0;
    OverlapProfile profile_;
    LostRights lost_rights_;
    int most_processes_ = 0;
};

}  // namespace tidemark::warden
