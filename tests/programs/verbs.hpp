#pragma once

#include <cstddef>

#include <unistd.h>

namespace known {

/// The words behind the verb. A missing one ends the program, since only tests call it.
class Words {
  public:
    Words(int count, char** words) : count_(count), words_(words) {}
    const char* text(int at) const;
    long number(int at) const;
    long number_or(int at, long otherwise) const;
    int count() const { return count_; }

  private:
    int count_;
    char** words_;
};

inline constexpr std::size_t kMebibyte = std::size_t{1} << 20;

constexpr std::size_t mebibytes(long count) {
    return static_cast<std::size_t>(count) * kMebibyte;
}

/// Private anonymous memory, each page written to.
char* touched(std::size_t bytes);
/// Reads (or writes) one byte of each page.
void read_all(const char* memory, std::size_t bytes);
void write_all(char* memory, std::size_t bytes);
void release(char* memory, std::size_t bytes);

void sleep_ms(long milliseconds);
[[noreturn]] void fail(const char* what);

/// Of a phase: to the warden, and as a line of the events.
void announce(const char* name, std::size_t length);

/// A meeting point of several processes: each arrives, and all go on when the last has.
class Barrier {
  public:
    explicit Barrier(int processes);
    void arrive_and_wait();

  private:
    struct Shared;
    Shared* shared_;
};

// epochs.cpp
/// EPOCHS MIB [WORKERS MIB]: so much more in each epoch, beside workers that hold the same throughout; each
/// epoch lasts until a sample was taken of it
int epochs(const Words& words);

// memory.cpp
int allocate(const Words& words);    ///< MIB [HOLD_MS]
int together(const Words& words);    ///< N MIB: N processes at once
int in_turn(const Words& words);     ///< N MIB: N processes, one after another
int readers(const Words& words);     ///< MIB N: N forked processes read the parent's memory
int writers(const Words& words);     ///< MIB N: N forked processes write to it, and so copy it
int spike(const Words& words);       ///< MIB MS, then as long without it
int shared(const Words& words);      ///< MIB N: one shared mapping in N processes
int tmpfs_file(const Words& words);  ///< PATH MIB: writes the file, and removes it after a while
int read_file(const Words& words);   ///< PATH
int map_file(const Words& words);    ///< PATH
int threads(const Words& words);     ///< N MIB each
int huge(const Words& words);        ///< MIB with transparent huge pages asked for
int untouched(const Words& words);   ///< MIB that are reserved and never touched

// processes.cpp
int daemonise(const Words& words);  ///< MIB PIDFILE: a double-forked grandchild with a session of its own
                                    ///< that outlives its parents
int stubborn(const Words& words);   ///< ignores SIGTERM and sleeps
int stopped(const Words& words);    ///< stops itself
int zombies(const Words& words);    ///< N children that are never waited for
int fork_bomb(const Words& words);  ///< forks until it cannot; prints how often
int ignored_children(const Words& words);  ///< N MS: N busy children, one after the other, that the kernel
                                           ///< reaps itself
int traced_child(const Words& words);      ///< stops a child by ptrace, and never lets it go on
int forks(const Words& words);  ///< N children that end at once, one after the other; prints what it cost
int short_threads(const Words& words);  ///< the same with threads
int describe(const Words& words);       ///< prints what a test wants to know of how it was started

// endings.cpp
int exit_with(const Words& words);  ///< CODE
int kill_self(const Words& words);  ///< SIGNAL [MIB touched before]
int worker_oom(
    const Words& words);        ///< MIB: a forked worker touches them; the main process goes on and exits 0
int flood(const Words& words);  ///< MIB of stdout, in lines
int one_line(const Words& words);  ///< MIB of stdout without a line end
int events(const Words& words);    ///< N metric events, as fast as it can
int phases(const Words& words);    ///< NAME=MIB…: announces each phase, touches its memory, frees it
int phases_of_workers(const Words& words);  ///< the same, by two forked workers in each phase together

// hard_trees.cpp: MS is how long the peak is held; 0 is no longer than it takes to see that all are there
int map_file_parts(const Words& words);     ///< FILE N MIB MS: N processes, each maps and reads its own part
int map_private_parts(const Words& words);  ///< the same, by private mappings
int with_library(const Words& words);   ///< FILE N MIB MS: maps and reads all of the file, as a library, and
                                        ///< takes memory; so do N forked workers, each the same mapping
int no_child_wait(const Words& words);  ///< MIB MS: a child that leaves no trace, because of SA_NOCLDWAIT
int cache_beside(const Words& words);   ///< CHILD_MIB FILE FILE_MIB MS: a child holds memory while its parent
                                        ///< fills the page cache with a file, and removes that at once
int vfork_sleep(const Words& words);    ///< MIB MS: the child sleeps in its parent's memory, then executes
int clone_vm(const Words& words);       ///< MIB MS: a process that shares the memory of its parent sleeps
int hand_on(const Words& words);        ///< SEGMENT_MIB N HELD_MIB MS: each of N processes holds its own; one
                                        ///< after another maps the segment, no two at a time
int exec_small(const Words& words);     ///< N MIB MS: what they held is gone with exec, before they end
int exec_killed(const Words& words);    ///< MIB: a child holds it, executes a program and is killed meanwhile
int untraced(const Words& words);       ///< N MIB MS: processes whose birth a tracer is not told of
int leave(const Words& words);  ///< PROCS_FILE N MIB MS: they enter that cgroup before they take memory
int tmpfs_file_child(const Words& words);  ///< PATH MIB: as tmpfs-file, by a child
int hugetlb(const Words& words);           ///< MIB MS of hugetlb pages; exits 77 where there are none

// hard_phases.cpp
int exec_between(const Words& words);  ///< MIB: phase "big" takes it; "small" is announced behind an exec
int phases_ignoring(
    const Words& words);  ///< N MIB: phase "one" has N children, phase "two" none; SIGCHLD is ignored
int phases_undumpable(const Words& words);  ///< phase "a" of 100 MiB and "b" of 10, in a process that nobody
                                            ///< but root may look into

}  // namespace known
