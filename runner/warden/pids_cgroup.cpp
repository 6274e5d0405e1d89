#include "warden/pids_cgroup.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include <sys/stat.h>

#include "warden/small_files.hpp"

namespace tidemark::warden {

bool PidsCgroup::create(const std::vector<CgroupParent>& parents, std::optional<std::int64_t> most) {
    problem_ = "no cgroup file system with a pids controller is mounted";
    return std::ranges::any_of(parents, [&](const CgroupParent& parent) {
        const std::string path = parent.folder + "/" + own_cgroup_name();
        if (mkdir(path.c_str(), 0755) != 0) {
            problem_ = "cannot make a cgroup in " + parent.folder + ": " + std::strerror(errno);
            return false;
        }
        path_ = counted_in_ = path;
        if (!most) return true;
        if (write_small_file(path_ + "/pids.max", std::to_string(*most))) return true;
        problem_ = std::string("cannot set pids.max: ") + std::strerror(errno);
        remove();
        return false;
    });
}

std::optional<std::int64_t> PidsCgroup::peak() const {
    const std::string text = counted_in_.empty() ? "" : read_small_file(counted_in_ + "/pids.peak");
    const std::int64_t most = std::atoll(text.c_str());
    return most > 0 ? std::optional(most) : std::nullopt;
}

void PidsCgroup::remove() {
    if (path_.empty()) return;
    remove_cgroup(path_);
    path_.clear();
    counted_in_.clear();
}

}  // namespace tidemark::warden
