#include "run/cgroup_leftovers.hpp"

#include <chrono>
#include <filesystem>

#include <system_error>
#include <unistd.h>

#include <fmt/format.h>

namespace tidemark::run {
namespace {

constexpr std::chrono::minutes kNew{1};

/// Calls `use` with each cgroup of a run and the warden that made it.
template <typename Use>
void for_each_cgroup(const std::vector<warden::CgroupParent>& parents, Use use) {
    for (const warden::CgroupParent& parent : parents) {
        std::error_code error;
        for (const auto& entry : std::filesystem::directory_iterator(parent.folder, error)) {
            const pid_t maker = warden::maker_of_cgroup(entry.path().filename());
            if (maker != 0) use(entry, maker);
        }
    }
}

}  // namespace

void remove_cgroups_of(pid_t warden, const std::vector<warden::CgroupParent>& parents) {
    for_each_cgroup(parents, [warden](const auto& entry, pid_t maker) {
        if (maker == warden) warden::remove_cgroup(entry.path());
    });
}

void remove_stale_cgroups(const std::vector<warden::CgroupParent>& parents) {
    for_each_cgroup(parents, [](const auto& entry, pid_t maker) {
        std::error_code error;
        const auto age = std::filesystem::file_time_type::clock::now() - entry.last_write_time(error);
        if (error || age < kNew || std::filesystem::exists(fmt::format("/proc/{}", maker))) return;
        rmdir(entry.path().c_str());  // fails where a process is in it
    });
}

}  // namespace tidemark::run
