#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <sys/types.h>

namespace tidemark::test {

/// Why page frames cannot be counted here; empty: they can.
std::string why_no_page_frames();

/// All living processes below this one (not itself), found by /proc/PID/task/TID/children. Of a subreaper,
/// these are orphans too.
std::vector<pid_t> processes_below(pid_t pid);

/// Counts the distinct frames of memory that processes have mapped, 4 KiB each, as the kernel's own page
/// tables tell
/// (/proc/PID/pagemap): a truth that rests on no counter. Counted is what RSS counts: frames of anonymous,
/// shared and file pages, each once whoever maps it; neither the page of zeros, nor hugetlb pages, nor what
/// the kernel lends to every process ([vvar], [vsyscall]).
class PageFrames {
  public:
    PageFrames();
    PageFrames(const PageFrames&) = delete;
    PageFrames& operator=(const PageFrames&) = delete;
    ~PageFrames();

    /// In bytes. A process that ends meanwhile has nothing mapped.
    std::int64_t count(const std::vector<pid_t>& processes);

  private:
    void collect(const std::string& folder);
    void drop_what_is_not_counted();

    int flags_ = -1;  // of /proc/kpageflags
    std::vector<std::uint64_t>
        frames_;  // kept from count to count, as the next two: nothing is allocated anew
    std::vector<std::uint64_t> entries_;
    std::string maps_;
};

}  // namespace tidemark::test
