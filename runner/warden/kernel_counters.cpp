#include "warden/kernel_counters.hpp"

#include <algorithm>
#include <cstdio>
#include <utility>

#include <sys/utsname.h>
#include <unistd.h>

namespace tidemark::warden {
namespace {

constexpr int kCounters = 3;  // MM_FILEPAGES, MM_ANONPAGES, MM_SHMEMPAGES of linux/mm_types_task.h
constexpr std::pair kFirstPerCpu(6, 2);
constexpr std::pair kFirstThatAddsUp(6, 16);
/// check_sync_rss_stat of mm/memory.c brings them up to date when more than TASK_RSS_EVENTS_THRESH (64) were
/// counted before, and before it counts the one at hand: two more than that.
constexpr int kFaultsOfAThread = 66;

}  // namespace

KernelCounters KernelCounters::of_this_machine() {
    utsname kernel{};
    std::pair version(0, 0);
    const bool is_told =
        uname(&kernel) == 0 && std::sscanf(kernel.release, "%d.%d", &version.first, &version.second) == 2;
    return {static_cast<int>(std::max(1L, sysconf(_SC_NPROCESSORS_ONLN))),
            !is_told || version >= kFirstPerCpu, sysconf(_SC_PAGESIZE), version >= kFirstThatAddsUp};
}

std::int64_t KernelCounters::kept_by_cpus() const {
    constexpr int kLeastBatch = 32;
    return std::int64_t{kCounters} * cpus_ * (std::max(kLeastBatch, 2 * cpus_) - 1) * page_;
}

std::int64_t KernelCounters::above(int threads) const {
    return per_cpu_ ? kept_by_cpus() : std::int64_t{std::max(1, threads)} * kFaultsOfAThread * page_;
}

std::int64_t KernelCounters::below(int threads) const {
    constexpr int kFaultAround = 16;  // pages
    return per_cpu_ ? kept_by_cpus() : above(threads) * kFaultAround;
}

std::int64_t KernelCounters::one_below(int threads) const {
    if (adds_up_) return 0;
    return per_cpu_ ? kept_by_cpus() / kCounters : below(threads);
}

}  // namespace tidemark::warden
