#include "warden/process_tree.hpp"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <string>

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include "warden/freezer.hpp"
#include "warden/small_files.hpp"

namespace tidemark::warden {
namespace {

void append_pids(const std::string& text, std::vector<pid_t>& pids) {
    const char* at = text.c_str();
    while (*at != '\0') {
        char* end = nullptr;
        const long pid = std::strtol(at, &end, 10);
        if (end == at) break;
        pids.push_back(static_cast<pid_t>(pid));
        at = end;
    }
}

/// The folder of threads has one link for each of them, and two of its own (proc_task_getattr,
/// fs/proc/base.c).
bool has_one_thread(const std::string& tasks) {
    struct stat folder {};
    return stat(tasks.c_str(), &folder) == 0 && folder.st_nlink == 3;
}

/// A child belongs to the thread that forked it, so every thread is asked.
void append_children(pid_t pid, std::vector<pid_t>& pids) {
    const std::string own = std::to_string(pid);
    const std::string tasks = "/proc/" + own + "/task/";
    if (has_one_thread(tasks)) return append_pids(read_small_file(tasks + own + "/children"), pids);
    DIR* folder = opendir(tasks.c_str());
    if (folder == nullptr) return;
    while (const dirent* entry = readdir(folder)) {
        if (entry->d_name[0] != '.') append_pids(read_small_file(tasks + entry->d_name + "/children"), pids);
    }
    closedir(folder);
}

}  // namespace

std::vector<pid_t> pids_in(const std::string& text) {
    std::vector<pid_t> pids;
    append_pids(text, pids);
    return pids;
}

std::vector<pid_t> descendants() {
    std::vector<pid_t> pids;
    append_children(getpid(), pids);
    for (std::size_t next = 0; next < pids.size(); ++next) append_children(pids[next], pids);
    return pids;
}

std::int64_t stat_field(pid_t pid, int number) {
    const std::string stat = read_small_file("/proc/" + std::to_string(pid) + "/stat");
    // counted behind the last ')', because a program's name may hold blanks and parentheses
    std::size_t at = stat.rfind(')');
    for (int field = 2; field < number && at != std::string::npos; ++field) at = stat.find(' ', at + 1);
    return at == std::string::npos ? 0 : std::atoll(stat.c_str() + at + 1);
}

std::int64_t page_faults(pid_t process) {
    return stat_field(process, kMinorFaults) + stat_field(process, kMajorFaults);
}

std::int64_t high_water_mark(pid_t pid) {
    const std::string status = read_small_file("/proc/" + std::to_string(pid) + "/status");
    const std::size_t line = status.find("\nVmHWM:");
    return line == std::string::npos ? 0 : std::atoll(status.c_str() + line + 7) * 1024;
}

char process_state(pid_t pid) {
    const std::string stat = read_small_file("/proc/" + std::to_string(pid) + "/stat");
    const std::size_t name_end = stat.rfind(')');
    return name_end != std::string::npos && name_end + 2 < stat.size() ? stat[name_end + 2] : '?';
}

bool is_zombie(pid_t pid) {
    return process_state(pid) == 'Z' && stat_field(pid, kThreads) <= 1;
}

std::vector<pid_t> living_descendants() {
    std::vector<pid_t> pids = descendants();
    std::erase_if(pids, is_zombie);
    return pids;
}

std::string program_of(pid_t pid) {
    const std::string folder = "/proc/" + std::to_string(pid);
    char path[4096];
    const ssize_t length = readlink((folder + "/exe").c_str(), path, sizeof path);
    if (length > 0) return std::string(path, static_cast<std::size_t>(length));
    std::string name = read_small_file(folder + "/comm");
    if (!name.empty() && name.back() == '\n') name.pop_back();
    return name;
}

std::optional<ProcessTimes> process_times(pid_t pid) {
    const std::string stat = read_small_file("/proc/" + std::to_string(pid) + "/stat");
    const std::size_t name_end = stat.rfind(')');
    if (name_end == std::string::npos) return std::nullopt;
    constexpr int kState = 3, kUser = 14, kStart = 22;  // counted as proc(5) does
    std::int64_t fields[kStart + 1] = {};
    const char* at = stat.c_str() + std::min(name_end + 3, stat.size());  // behind the state
    for (int field = kState + 1; field <= kStart; ++field) {
        char* end = nullptr;
        fields[field] = std::strtoll(at, &end, 10);
        at = end;
    }
    return ProcessTimes{fields[kUser], fields[kUser + 1], fields[kUser + 2] + fields[kUser + 3],
                        fields[kStart]};
}

int signal_descendants(int signal) {
    std::vector<pid_t> told;
    for (bool found_new = true; found_new;) {
        found_new = false;
        for (const pid_t pid : descendants()) {
            if (std::ranges::find(told, pid) != told.end() || is_zombie(pid)) continue;
            kill(pid, signal);
            // a stopped process acts on no other signal than SIGKILL until it goes on
            if (signal != SIGKILL) kill(pid, SIGCONT);
            thaw(pid);  // behind the signal, so that it does nothing else first
            told.push_back(pid);
            found_new = true;
        }
    }
    return static_cast<int>(told.size());
}

}  // namespace tidemark::warden
