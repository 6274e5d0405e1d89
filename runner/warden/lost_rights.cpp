#include "warden/lost_rights.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "warden/small_files.hpp"

namespace tidemark::warden {
namespace {

/// The n-th number of the line of /proc/PID/status; 0 where there is none.
unsigned long long number_in(const std::string& status, const char* name, int number, int base) {
    const std::size_t line = status.find(std::string("\n") + name + ":");
    if (line == std::string::npos) return 0;
    char* at = const_cast<char*>(status.c_str()) + line + std::strlen(name) + 2;
    unsigned long long value = 0;
    for (int i = 0; i <= number; ++i) value = std::strtoull(at, &at, base);
    return value;
}

bool may_trace_without_loss() {
    constexpr int kSysPtrace = 19;  // CAP_SYS_PTRACE
    const std::string status = read_small_file("/proc/self/status");
    return ((number_in(status, "CapEff", 0, 16) >> kSysPtrace) & 1) != 0;
}

/// What the file gives to a process of these identities: a bit for each kind.
struct Given {
    bool user = false;
    bool group = false;
    bool capabilities = false;
    bool any() const { return user || group || capabilities; }
};

Given given_by(const char* file, uid_t user, gid_t group) {
    struct stat info {};
    struct statvfs mount {};
    if (stat(file, &info) != 0 || !S_ISREG(info.st_mode)) return {};
    if (statvfs(file, &mount) == 0 && (mount.f_flag & ST_NOSUID) != 0) return {};
    // set-group-ID without the group's right to execute meant mandatory locking once, and gives nothing
    constexpr mode_t kSetGroup = S_ISGID | S_IXGRP;
    return {(info.st_mode & S_ISUID) != 0 && info.st_uid != user,
            (info.st_mode & kSetGroup) == kSetGroup && info.st_gid != group,
            getxattr(file, "security.capability", nullptr, 0) > 0};
}

/// As execvp does.
std::string found_program(const char* command) {
    if (std::strchr(command, '/') != nullptr) return command;
    const char* path = std::getenv("PATH");
    const std::string folders = path == nullptr ? "/bin:/usr/bin" : path;
    for (std::size_t at = 0; at <= folders.size();) {
        const std::size_t end = std::min(folders.find(':', at), folders.size());
        const std::string folder = end == at ? "." : folders.substr(at, end - at);
        std::string file = folder + "/" + command;
        if (access(file.c_str(), X_OK) == 0) return file;
        at = end + 1;
    }
    return command;
}

}  // namespace

bool gives_rights_that_tracing_takes(const char* command) {
    if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1) return false;  // nothing gives rights then
    return given_by(found_program(command).c_str(), geteuid(), getegid()).any() && !may_trace_without_loss();
}

void LostRights::look_at(pid_t process) {
    const std::string folder = "/proc/" + std::to_string(process);
    const std::string file = folder + "/exe";
    const std::string status = read_small_file(folder + "/status");
    if (number_in(status, "NoNewPrivs", 0, 10) == 1) return;
    // Uid and Gid: real, effective, …; had the rights been given, the effective ones were the file's
    const auto user = static_cast<uid_t>(number_in(status, "Uid", 1, 10));
    const auto group = static_cast<gid_t>(number_in(status, "Gid", 1, 10));
    Given lost = given_by(file.c_str(), user, group);
    lost.capabilities &= number_in(status, "CapPrm", 0, 16) == 0;
    if (!lost.any()) return;
    char path[4096];
    const ssize_t length = readlink(file.c_str(), path, sizeof path);
    const std::string program = length > 0 ? std::string(path, static_cast<std::size_t>(length)) : file;
    if (std::ranges::find(programs_, program) == programs_.end()) programs_.push_back(program);
}

}  // namespace tidemark::warden
