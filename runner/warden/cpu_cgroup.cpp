#include "warden/cpu_cgroup.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include <sys/stat.h>

#include "warden/small_files.hpp"

namespace tidemark::warden {
namespace {

/// Both parts of `all`, in the proportion of two counts, which may be coarser than it.
CpuTime divided(double all, double user, double system) {
    const double share = user + system > 0 ? user / (user + system) : 1;
    return {all * share, all * (1 - share)};
}

/// The sum is exact; what is the program's and what the kernel's is found by the clock's ticks.
std::optional<CpuTime> time_in_version1(const std::string& folder) {
    const std::string usage = read_small_file(folder + "/cpuacct.usage");  // nanoseconds
    if (usage.empty()) return std::nullopt;
    const double all = std::atof(usage.c_str()) * 1e-9;
    const std::string user = read_small_file(folder + "/cpuacct.usage_user");  // since Linux 4.7
    const std::string system = read_small_file(folder + "/cpuacct.usage_sys");
    if (!user.empty()) return divided(all, std::atof(user.c_str()), std::atof(system.c_str()));
    const std::string ticks = read_small_file(folder + "/cpuacct.stat");
    return divided(all, static_cast<double>(value_in(ticks, "user").value_or(0)),
                   static_cast<double>(value_in(ticks, "system").value_or(0)));
}

std::optional<CpuTime> time_in_version2(const std::string& folder) {
    const std::string stat = read_small_file(folder + "/cpu.stat");
    const auto all = value_in(stat, "usage_usec");
    if (!all) return std::nullopt;
    return divided(static_cast<double>(*all) * 1e-6,
                   static_cast<double>(value_in(stat, "user_usec").value_or(0)),
                   static_cast<double>(value_in(stat, "system_usec").value_or(0)));
}

}  // namespace

std::optional<CpuTime> cpu_time_of_cgroup(const std::string& folder, int version) {
    return version == 2 ? time_in_version2(folder) : time_in_version1(folder);
}

bool CpuCgroup::create(const std::vector<CgroupParent>& parents) {
    problem_ = "no cgroup file system that counts CPU time is mounted";
    return std::ranges::any_of(parents, [&](const CgroupParent& parent) {
        const std::string path = parent.folder + "/" + own_cgroup_name();
        if (mkdir(path.c_str(), 0755) != 0) {
            problem_ = "cannot make a cgroup in " + parent.folder + ": " + std::strerror(errno);
            return false;
        }
        folder_ = path;
        version_ = parent.version;
        is_own_ = true;
        if (cpu_time_of_cgroup(folder_, version_)) return true;
        problem_ = "the kernel does not count CPU time in " + parent.folder;
        remove();
        return false;
    });
}

bool CpuCgroup::look_into(const std::string& folder) {
    if (!cpu_time_of_cgroup(folder, 2)) return false;
    folder_ = folder;
    version_ = 2;
    return true;
}

std::optional<CpuTime> CpuCgroup::used() const {
    const auto time = counts() ? cpu_time_of_cgroup(folder_, version_) : std::nullopt;
    return time && time->sum() > 0 ? time : std::nullopt;
}

void CpuCgroup::remove() {
    if (is_own_) remove_cgroup(folder_);
    is_own_ = false;
    folder_.clear();
}

}  // namespace tidemark::warden
