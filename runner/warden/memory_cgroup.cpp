#include "warden/memory_cgroup.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "warden/process_tree.hpp"
#include "warden/small_files.hpp"
#include "warden/surroundings.hpp"

namespace tidemark::warden {
namespace {

std::string because(const std::string& what) {
    return what + ": " + std::strerror(errno);
}

std::optional<std::int64_t> number_in_file(const std::string& file) {
    const std::string text = read_small_file(file);
    if (text.empty()) return std::nullopt;
    return std::atoll(text.c_str());
}

}  // namespace

bool MemoryCgroup::create(const std::vector<CgroupParent>& parents, const CgroupLimits& limits) {
    problem_ = "no cgroup file system with a memory controller is mounted";
    return std::ranges::any_of(parents, [&](const CgroupParent& parent) {
        return parent.version == 2 ? create_version2(parent.folder, limits)
                                   : create_version1(parent.folder, limits);
    });
}

bool MemoryCgroup::make_folder(const std::string& parent, int version) {
    const std::string path = parent + "/" + own_cgroup_name();
    if (mkdir(path.c_str(), 0755) != 0) {
        problem_ = because("cannot make a cgroup in " + parent);
        return false;
    }
    path_ = path;
    version_ = version;
    return true;
}

/// Where it cannot be set, there is no cgroup either.
bool MemoryCgroup::set_limit(const char* file, std::int64_t limit) {
    if (write_small_file(path_ + "/" + file, std::to_string(limit))) return true;
    problem_ = because(std::string("cannot set ") + file);
    remove();
    return false;
}

bool MemoryCgroup::create_version1(const std::string& parent, const CgroupLimits& limits) {
    if (!make_folder(parent, 1)) return false;
    if (!limits.memory) return true;
    if (!set_limit("memory.limit_in_bytes", *limits.memory)) return false;
    // there only with swap accounting; without it the kernel may swap beyond the limit
    const std::int64_t both = *limits.memory + limits.swap.value_or(0);
    if (limits.swap) return set_limit("memory.memsw.limit_in_bytes", both);
    write_small_file(path_ + "/memory.memsw.limit_in_bytes", std::to_string(both));
    return true;
}

bool MemoryCgroup::pass_on(const std::string& parent, const std::string& controller) {
    const std::string controllers = " " + read_small_file(parent + "/cgroup.controllers");
    if (controllers.find(" " + controller) == std::string::npos) {
        problem_ = "the " + controller + " controller is not available in " + parent;
        return false;
    }
    const std::string enabled = " " + read_small_file(parent + "/cgroup.subtree_control");
    if (enabled.find(" " + controller) == std::string::npos &&
        !write_small_file(parent + "/cgroup.subtree_control", "+" + controller)) {
        problem_ = because("cannot pass the " + controller + " controller on in " + parent);
        return false;
    }
    return true;
}

bool MemoryCgroup::create_version2(const std::string& parent, const CgroupLimits& limits) {
    if (!pass_on(parent, "memory")) return false;
    if (!pass_on(parent, "pids") && limits.pids) return false;  // without a limit, for pids.peak
    if (!make_folder(parent, 2)) return false;
    if (limits.pids && !set_limit("pids.max", *limits.pids)) return false;
    if (!limits.memory) return true;
    if (!set_limit("memory.max", *limits.memory)) return false;
    if (limits.swap) return set_limit("memory.swap.max", *limits.swap);
    write_small_file(path_ + "/memory.swap.max", "0");  // there only with swap accounting
    return true;
}

std::optional<std::int64_t> MemoryCgroup::peak_bytes() const {
    if (peak_file_ < 0)
        return number_in_file(path_ + (version_ == 2 ? "/memory.peak" : "/memory.max_usage_in_bytes"));
    char text[32] = {};
    if (pread(peak_file_, text, sizeof text - 1, 0) <= 0) return std::nullopt;
    return std::atoll(text);
}

bool MemoryCgroup::reset_peak() {
    if (version_ == 1) return write_small_file(path_ + "/memory.max_usage_in_bytes", "0");
    if (peak_file_ < 0) peak_file_ = open((path_ + "/memory.peak").c_str(), O_RDWR | O_CLOEXEC);
    return peak_file_ >= 0 && write(peak_file_, "reset", 5) == 5;
}

std::optional<CgroupCharge> MemoryCgroup::charge() const {
    const std::string stat = read_small_file(path_ + "/memory.stat");
    const bool v2 = version_ == 2;
    // the hierarchical sums: a run may make cgroups of its own below
    const auto anonymous = value_in(stat, v2 ? "anon" : "total_rss");
    const auto cache = value_in(stat, v2 ? "file" : "total_cache");
    const auto shared = value_in(stat, v2 ? "shmem" : "total_shmem");
    if (!anonymous || !cache || !shared) return std::nullopt;
    const auto swap = v2 ? number_in_file(path_ + "/memory.swap.current") : value_in(stat, "total_swap");
    return CgroupCharge{*anonymous, *shared, *cache - *shared, swap.value_or(0)};
}

std::optional<std::int64_t> MemoryCgroup::kernel_bytes() const {
    if (version_ == 1) return number_in_file(path_ + "/memory.kmem.max_usage_in_bytes");
    const std::string stat = read_small_file(path_ + "/memory.stat");
    const auto kernel = value_in(stat, "kernel");
    return kernel ? std::optional(*kernel + value_in(stat, "sock").value_or(0)) : std::nullopt;
}

std::optional<std::int64_t> MemoryCgroup::page_faults() const {
    return value_in(read_small_file(path_ + "/memory.stat"), version_ == 2 ? "pgfault" : "total_pgfault");
}

std::int64_t MemoryCgroup::oom_kills() const {
    const std::string events =
        read_small_file(path_ + (version_ == 2 ? "/memory.events" : "/memory.oom_control"));
    return value_in(events, "oom_kill").value_or(0);
}

bool MemoryCgroup::limit_reached() const {
    // not by its kills: those for a limit further up are counted here too
    if (version_ == 2) return value_in(read_small_file(path_ + "/memory.events"), "max").value_or(0) > 0;
    // by the mark, because newer kernels (seen in 6.18) do not count in memory.failcnt any more
    const auto limit = number_in_file(path_ + "/memory.limit_in_bytes");
    const auto peak = number_in_file(path_ + "/memory.max_usage_in_bytes");
    return limit && peak && *peak > *limit - kChargedAhead;
}

std::optional<std::int64_t> MemoryCgroup::pages_of(const char* name) const {
    if (version_ == 1) return std::nullopt;
    const auto pages = value_in(read_small_file(path_ + "/memory.stat"), name);
    return pages ? std::optional(*pages * sysconf(_SC_PAGESIZE)) : std::nullopt;
}

std::optional<std::int64_t> MemoryCgroup::swapped_in() const {
    return pages_of("pswpin");
}

std::optional<std::int64_t> MemoryCgroup::swapped_out() const {
    return pages_of("pswpout");
}

std::optional<double> MemoryCgroup::stall_s() const {
    return version_ == 2 ? stalled_seconds(path_ + "/memory.pressure") : std::nullopt;
}

bool MemoryCgroup::holds(pid_t pid) const {
    const std::string name = path_.substr(path_.rfind('/'));
    const std::string all = read_small_file("/proc/" + std::to_string(pid) + "/cgroup");
    return all.empty() || all.find(name) != std::string::npos;  // empty: it is gone
}

std::vector<pid_t> MemoryCgroup::members() const {
    return pids_in(read_small_file(path_ + "/cgroup.procs"));
}

bool MemoryCgroup::kill_all() const {
    return version_ == 2 && exists() && write_small_file(path_ + "/cgroup.kill", "1");
}

void MemoryCgroup::remove() {
    if (path_.empty()) return;
    remove_cgroup(path_);
    path_.clear();
}

}  // namespace tidemark::warden
