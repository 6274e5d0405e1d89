#include "warden/child.hpp"

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "warden/exit_stops.hpp"
#include "warden/lost_rights.hpp"
#include "warden/small_files.hpp"

namespace tidemark::warden {
namespace {

/// The step before the program that failed, if one did. Until the program is executed (or it ends) the child
/// shares the memory of the warden, which waits that long: see start_child.
struct Failure {
    int error = 0;
    const char* step = "";
    int refused_tracing = 0;
    bool kept_rights = false;

    [[noreturn]] void report(const char* what) {
        error = errno;
        step = what;
        _exit(127);
    }
};

void redirect(Failure& failure, int target, const std::string& file, int flags, const char* step) {
    const int descriptor = open(file.c_str(), flags | O_CLOEXEC, 0644);
    if (descriptor < 0 || dup2(descriptor, target) < 0) failure.report(step);
}

void reset_signals() {
    for (int number = 1; number < NSIG; ++number)
        std::signal(number, SIG_DFL);  // fails for SIGKILL and SIGSTOP, rightly
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
}

void bind_to_cpus(Failure& failure, const std::vector<int>& cpus) {
    if (cpus.empty()) return;
    cpu_set_t set;
    CPU_ZERO(&set);
    for (const int cpu : cpus) CPU_SET(static_cast<std::size_t>(cpu), &set);
    if (sched_setaffinity(0, sizeof set, &set) != 0) failure.report("sched_setaffinity");
}

/// The caller's soft limit, which the runner has raised for itself.
void limit_open_files(Failure& failure, std::int64_t soft) {
    if (soft == 0) return;
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = static_cast<rlim_t>(soft);
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0) failure.report("setrlimit");
}

/// What the program gets on top of the warden's environment: NAME=VALUE entries on stdin, each ended by a
/// NUL. The program alone, because what preloads a library into it must not change the warden that measures
/// it.
std::vector<std::string> read_environment() {
    std::vector<std::string> entries;
    std::string entry;
    char buffer[4096];
    ssize_t count = 0;
    while ((count = read(STDIN_FILENO, buffer, sizeof buffer)) > 0) {
        for (ssize_t i = 0; i < count; ++i) {
            if (buffer[i] != '\0') {
                entry += buffer[i];
            } else {
                entries.push_back(std::move(entry));
                entry.clear();
            }
        }
    }
    return entries;
}

void prepare_environment(bool clean) {
    static std::vector<std::string> entries = read_environment();  // environ points into it from now on
    if (clean) clearenv();
    for (std::string& entry : entries) putenv(entry.data());
}

void join(Failure& failure, const std::vector<CgroupToJoin>& cgroups) {
    for (const CgroupToJoin& cgroup : cgroups) {
        if (!write_small_file(cgroup.entry, "0") && cgroup.is_needed) failure.report("cgroup");
    }
}

[[noreturn]] void become_program(const Options& options, const std::vector<CgroupToJoin>& cgroups,
                                 bool traced, pid_t warden, Failure& failure) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != warden) _exit(127);  // the warden died before the line above took effect
    join(failure, cgroups);
    setsid();
    reset_signals();
    bind_to_cpus(failure, options.cpus);
    redirect(failure, STDOUT_FILENO, options.directory + "/stdout.log", O_WRONLY | O_CREAT | O_APPEND,
             "open stdout");
    redirect(failure, STDERR_FILENO, options.directory + "/stderr.log", O_WRONLY | O_CREAT | O_APPEND,
             "open stderr");
    if (!options.working_directory.empty() && chdir(options.working_directory.c_str()) != 0)
        failure.report("chdir");
    redirect(failure, STDIN_FILENO, options.stdin_file, O_RDONLY, "open stdin");
    limit_open_files(failure, options.open_files);
    // as late as can be: from here on every signal would stop this process, for which the warden waits
    if (traced) {
        failure.kept_rights = gives_rights_that_tracing_takes(options.command.front());
        if (!failure.kept_rights && !ExitStops::ask_to_be_traced()) failure.refused_tracing = errno;
    }
    execvp(options.command.front(), options.command.data());
    failure.report("execvp");
}

}  // namespace

StartedChild start_child(const Options& options, const std::vector<CgroupToJoin>& cgroups, bool traced) {
    prepare_environment(options.clean_environment);
    Failure failure;
    const pid_t warden = getpid();
    // vfork: the warden is small and waits anyway, and no page of it is copied, or charged to the run's
    // cgroup
    const pid_t pid = vfork();
    if (pid == 0) become_program(options, cgroups, traced, warden, failure);
    if (pid < 0) return {-1, errno, "vfork", 0, false};
    if (failure.error != 0) waitpid(pid, nullptr, 0);
    return {pid, failure.error, failure.step, failure.refused_tracing, failure.kept_rights};
}

std::int64_t mark_left_to_children() {
    const pid_t pid = vfork();
    if (pid == 0) _exit(EXIT_SUCCESS);
    int status = 0;
    rusage usage{};
    if (pid < 0 || wait4(pid, &status, 0, &usage) != pid) return 0;
    return static_cast<std::int64_t>(usage.ru_maxrss) * 1024;
}

}  // namespace tidemark::warden
