#include "warden/probe.hpp"

#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

#include "warden/exit_stops.hpp"
#include "warden/memory_cgroup.hpp"
#include "warden/pids_cgroup.hpp"

namespace tidemark::warden {
namespace {

constexpr std::int64_t kAnyLimit = std::int64_t{1} << 40;
constexpr std::int64_t kAnyNumber = 1000;

void say(const char* name, bool available, const std::string& explanation) {
    std::printf("%s %s %s\n", name, available ? "yes" : "no", explanation.c_str());
}

void say_of_limit(const char* name, const CgroupLimits& limits) {
    MemoryCgroup cgroup;
    const bool available = cgroup.create(memory_cgroup_parents({}), limits);
    say(name, available, available ? "cgroup v" + std::to_string(cgroup.version()) : cgroup.problem());
}

void say_of_pids() {
    MemoryCgroup of_version2;
    if (of_version2.create(memory_cgroup_parents({}), {{}, {}, kAnyNumber}) && of_version2.version() == 2) {
        say("pids-limit", true, "cgroup v2");
        return;
    }
    const std::vector<CgroupParent> parents = pids_cgroup_parents({});
    if (parents.empty()) {
        say("pids-limit", false, of_version2.problem());
        return;
    }
    PidsCgroup cgroup;
    const bool available = cgroup.create(parents, kAnyNumber);
    say("pids-limit", available, available ? "cgroup v1" : cgroup.problem());
}

void say_of_exit_stops() {
    const pid_t child = fork();
    if (child == 0) _exit(ExitStops::ask_to_be_traced() ? EXIT_SUCCESS : errno);
    int status = 0;
    waitpid(child, &status, 0);
    const int error = WIFEXITED(status) ? WEXITSTATUS(status) : EPERM;
    say("exit-stops", error == 0, error == 0 ? "ptrace" : std::string("ptrace: ") + std::strerror(error));
}

}  // namespace

int probe() {
    say_of_limit("memory-limit", {kAnyLimit, {}, {}});
    say_of_limit("swap-limit", {kAnyLimit, 0, {}});
    say_of_pids();
    say_of_exit_stops();
    return EXIT_SUCCESS;
}

}  // namespace tidemark::warden
