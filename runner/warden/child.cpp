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
#include <sys/wait.h>
#include <unistd.h>

#include "warden/small_files.hpp"

namespace tidemark::warden {
namespace {

/// What the child reports through the pipe when a step before the program fails. Small enough to be written
/// whole.
struct Failure {
    int error;
    char step[32];
};

class FailurePipe {
  public:
    explicit FailurePipe(int descriptor) : descriptor_(descriptor) {}
    [[noreturn]] void report(const char* step) const {
        Failure failure{errno, {}};
        std::strncpy(failure.step, step, sizeof failure.step - 1);
        [[maybe_unused]] const ssize_t count = write(descriptor_, &failure, sizeof failure);
        _exit(127);
    }

  private:
    int descriptor_;
};

void redirect(const FailurePipe& failures, int target, const std::string& file, int flags, const char* step) {
    const int descriptor = open(file.c_str(), flags | O_CLOEXEC, 0644);
    if (descriptor < 0 || dup2(descriptor, target) < 0) failures.report(step);
}

void reset_signals() {
    for (int number = 1; number < NSIG; ++number)
        std::signal(number, SIG_DFL);  // fails for SIGKILL and SIGSTOP, rightly
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
}

void bind_to_cpus(const FailurePipe& failures, const std::vector<int>& cpus) {
    if (cpus.empty()) return;
    cpu_set_t set;
    CPU_ZERO(&set);
    for (const int cpu : cpus) CPU_SET(static_cast<std::size_t>(cpu), &set);
    if (sched_setaffinity(0, sizeof set, &set) != 0) failures.report("sched_setaffinity");
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

[[noreturn]] void become_program(const Options& options, const std::string& cgroup_procs, pid_t warden,
                                 int pipe) {
    const FailurePipe failures(pipe);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != warden) _exit(127);  // the warden died before the line above took effect
    if (!cgroup_procs.empty() && !write_small_file(cgroup_procs, "0")) failures.report("cgroup");
    setsid();
    reset_signals();
    bind_to_cpus(failures, options.cpus);
    redirect(failures, STDOUT_FILENO, options.directory + "/stdout.log", O_WRONLY | O_CREAT | O_APPEND,
             "open stdout");
    redirect(failures, STDERR_FILENO, options.directory + "/stderr.log", O_WRONLY | O_CREAT | O_APPEND,
             "open stderr");
    if (!options.working_directory.empty() && chdir(options.working_directory.c_str()) != 0)
        failures.report("chdir");
    std::vector<std::string> environment = read_environment();
    for (std::string& entry : environment) putenv(entry.data());
    redirect(failures, STDIN_FILENO, options.stdin_file, O_RDONLY, "open stdin");
    execvp(options.command.front(), options.command.data());
    failures.report("execvp");
}

}  // namespace

StartedChild start_child(const Options& options, const std::string& cgroup_procs) {
    StartedChild child;
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return {-1, errno, "pipe"};
    const pid_t warden = getpid();
    child.pid = fork();
    if (child.pid == 0) become_program(options, cgroup_procs, warden, ends[1]);
    const int fork_error = errno;
    close(ends[1]);
    if (child.pid < 0) {
        close(ends[0]);
        return {-1, fork_error, "fork"};
    }
    Failure failure{};
    ssize_t count = 0;
    do {
        count = read(ends[0], &failure, sizeof failure);
    } while (count < 0 && errno == EINTR);
    close(ends[0]);
    if (count == static_cast<ssize_t>(sizeof failure)) {
        waitpid(child.pid, nullptr, 0);
        child.error = failure.error;
        child.step = failure.step;
    }
    return child;
}

}  // namespace tidemark::warden
