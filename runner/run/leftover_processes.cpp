#include "run/leftover_processes.hpp"

#include <csignal>
#include <ctime>
#include <set>
#include <string>
#include <vector>

#include <system_error>
#include <unistd.h>

#include <fmt/format.h>

#include "base/folder.hpp"
#include "protocol/request.hpp"
#include "warden/freezer.hpp"
#include "warden/process_tree.hpp"
#include "warden/small_files.hpp"

namespace tidemark::run {
namespace {

std::vector<pid_t> all_processes() {
    std::vector<pid_t> found;
    for_each_entry("/proc", [&](const std::filesystem::directory_entry& entry) {
        const std::string name = entry.path().filename();
        if (name.find_first_not_of("0123456789") == std::string::npos)
            found.push_back(static_cast<pid_t>(std::atol(name.c_str())));
    });
    return found;
}

/// Whether the process was started with a variable that begins like this (proc(5): it is the environment at
/// its exec).
bool has_in_environment(pid_t pid, const std::string& beginning) {
    const std::string environment = warden::read_small_file(fmt::format("/proc/{}/environ", pid));
    return environment.starts_with(beginning) || environment.find('\0' + beginning) != std::string::npos;
}

bool is_alive(pid_t pid) {
    const char state = warden::process_state(pid);
    return state != '?' && state != 'Z' && state != 'X';
}

std::set<pid_t> processes_of(const std::filesystem::path& run_directory) {
    const std::string beginning = fmt::format("{}={}/", protocol::kRequestVariable, run_directory.native());
    const std::vector<pid_t> all = all_processes();
    std::set<pid_t> found;
    std::set<pid_t> sessions;
    for (const pid_t pid : all) {
        if (pid == getpid() || !is_alive(pid) || !has_in_environment(pid, beginning)) continue;
        found.insert(pid);
        sessions.insert(getsid(pid));
    }
    std::erase_if(sessions, [&](pid_t leader) {
        return leader <= 1 || leader == getsid(0) || (found.count(leader) == 0 && is_alive(leader));
    });
    for (const pid_t pid : all) {
        if (pid != getpid() && sessions.count(getsid(pid)) > 0 && is_alive(pid)) found.insert(pid);
    }
    return found;
}

}  // namespace

std::size_t end_processes_of(const std::filesystem::path& run_directory) {
    constexpr int kTries = 100;
    const timespec pause{0, 10'000'000};  // 10 ms
    std::set<pid_t> ended;
    for (int attempt = 0; attempt < kTries; ++attempt) {
        const auto found = processes_of(run_directory);
        if (found.empty()) break;
        for (const pid_t pid : found) {
            if (kill(pid, SIGKILL) == 0) ended.insert(pid);
            warden::thaw(pid);
        }
        nanosleep(&pause, nullptr);
    }
    return ended.size();
}

}  // namespace tidemark::run
