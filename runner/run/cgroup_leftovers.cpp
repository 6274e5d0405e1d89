#include "run/cgroup_leftovers.hpp"

#include <chrono>
#include <csignal>
#include <ctime>
#include <filesystem>

#include <system_error>
#include <unistd.h>

#include <fmt/format.h>

#include "base/folder.hpp"
#include "warden/freezer.hpp"
#include "warden/process_tree.hpp"
#include "warden/small_files.hpp"

namespace tidemark::run {
namespace {

constexpr std::chrono::minutes kNew{1};

/// Calls `use` with each cgroup of a run and the warden that made it.
template <typename Use>
void for_each_cgroup(const std::vector<warden::CgroupParent>& parents, Use use) {
    for (const warden::CgroupParent& parent : parents) {
        for_each_entry(parent.folder, [&](const std::filesystem::directory_entry& entry) {
            const pid_t maker = warden::maker_of_cgroup(entry.path().filename());
            if (maker != 0) use(entry, maker);
        });
    }
}

std::vector<pid_t> processes_in(const std::filesystem::path& cgroup) {
    std::vector<pid_t> found = warden::pids_in(warden::read_small_file(cgroup / "cgroup.procs"));
    for_each_entry(cgroup, [&](const std::filesystem::directory_entry& entry) {
        std::error_code gone;
        if (!entry.is_directory(gone)) return;
        for (const pid_t pid : processes_in(entry.path())) found.push_back(pid);
    });
    return found;
}

/// Those that are born meanwhile, too. One that hangs in the kernel is not waited for forever.
void end_processes_in(const std::filesystem::path& cgroup) {
    constexpr int kTries = 100;
    const timespec pause{0, 10'000'000};  // 10 ms
    for (int attempt = 0; attempt < kTries; ++attempt) {
        const auto found = processes_in(cgroup);
        if (found.empty()) return;
        for (const pid_t pid : found) {
            if (pid <= 1) continue;  // 0: it lives outside our PID namespace (cgroups(7))
            kill(pid, SIGKILL);
            warden::thaw(pid);
        }
        nanosleep(&pause, nullptr);
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
        if (warden::maker_is_gone(entry.path().filename())) {
            end_processes_in(entry.path());
            warden::remove_cgroup(entry.path());
            return;
        }
        std::error_code error;
        const auto age = std::filesystem::file_time_type::clock::now() - entry.last_write_time(error);
        if (error || age < kNew || std::filesystem::exists(fmt::format("/proc/{}", maker))) return;
        rmdir(entry.path().c_str());  // fails where a process is in it
    });
}

}  // namespace tidemark::run
