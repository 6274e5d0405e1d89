#include "warden/supervision.hpp"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>

#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "protocol/measurement.hpp"
#include "protocol/warden_signals.hpp"
#include "warden/child.hpp"
#include "warden/clock.hpp"
#include "warden/cpu_watch.hpp"
#include "warden/enclosing_memory.hpp"
#include "warden/freezer.hpp"
#include "warden/memory_watch.hpp"
#include "warden/phase_socket.hpp"
#include "warden/process_status.hpp"
#include "warden/process_tree.hpp"
#include "warden/small_files.hpp"
#include "warden/surroundings.hpp"
#include "warden/tree_usage.hpp"

namespace tidemark::warden {
namespace {

using protocol::EndCause;
using protocol::EndKind;
using protocol::kEndAtOnce;
using protocol::kEndGently;

constexpr double kNever = 1e300;
constexpr double kPatienceWithTheDying =
    10;  // seconds that a killed process may take, e.g. in an uninterruptible read
constexpr double kPatienceWithTheDead = 1;  // seconds until somebody has waited for them all

class Run {
  public:
    explicit Run(const Options& options) : options_(options), memory_(options) {}

    int make() {
        prepare();
        start_the_clock();
        const StartedChild child = start();
        if (child.error != 0 || child.pid < 0) {
            measured_.end = EndKind::CouldNotStart;
            measured_.start_errno = child.error;
            measured_.start_step = child.step;
        } else {
            watch();
            end_what_is_left();
            conclude();
        }
        memory_.explain_what_is_missing(measured_);
        explain_surroundings();
        explain_ending();
        return write();
    }

  private:
    void prepare() {
        // what the runner's own caller left open is none of the run's business; all that is opened from here
        // on is close-on-exec
        close_range(STDERR_FILENO + 1, ~0U, 0);
        prctl(PR_SET_CHILD_SUBREAPER, 1);
        // out of the runner's process group, so that what kills that group leaves us to end the run's tree
        setsid();
        // Ctrl-C and a closed terminal are the runner's business: it decides, and sends a signal
        for (const int number : {SIGINT, SIGHUP, SIGQUIT, SIGPIPE, SIGTSTP}) std::signal(number, SIG_IGN);
        sigset_t watched;
        sigemptyset(&watched);
        sigaddset(&watched, SIGCHLD);
        sigaddset(&watched, kEndGently);
        sigaddset(&watched, kEndAtOnce);
        sigprocmask(SIG_BLOCK, &watched, nullptr);
        signals_ = signalfd(-1, &watched, SFD_CLOEXEC | SFD_NONBLOCK);
        if (signals_ < 0) give_up("signalfd");  // nothing would tell of the program's end
        phase_socket_.open(options_.phase_socket);
        runner_ = static_cast<int>(syscall(SYS_pidfd_open, options_.runner, 0));
        if (getppid() != options_.runner) std::exit(EXIT_FAILURE);  // it is gone already
        if (runner_ < 0) give_up("pidfd_open");
    }

    /// Before the program is started; the runner tells the reason.
    [[noreturn]] static void give_up(const char* what) {
        std::fprintf(stderr, "tidemark-warden: %s: %s\n", what, std::strerror(errno));
        std::exit(EXIT_FAILURE);
    }

    /// Where poll cannot tell, as where memory is short, all is looked at after a moment, as if it had.
    void wait_for_any(pollfd* sources, nfds_t count, int timeout) const {
        if (poll(sources, count, timeout) >= 0) return;
        constexpr int kMoment = 10;  // milliseconds
        const timespec moment{0, std::min(timeout, kMoment) * 1'000'000L};
        if (errno != EINTR) nanosleep(&moment, nullptr);
        for (nfds_t i = 0; i < count; ++i) {
            // reading is not blocked; whether the runner is gone only the parent can tell
            const bool is_ready = sources[i].fd != runner_ || getppid() != options_.runner;
            sources[i].revents = sources[i].fd >= 0 && is_ready ? POLLIN : 0;
        }
    }

    void start_the_clock() {
        measured_.started_at = utc_text();
        measured_.started_t = monotonic_seconds();
    }

    StartedChild start() {
        if (!memory_.set_up()) return {-1, ENOTSUP, memory_.problem(), 0, false};
        cpu_.set_up(options_, memory_.own_cgroup2());
        std::vector<CgroupToJoin> cgroups = memory_.cgroups_to_join();
        for (CgroupToJoin& cgroup : cpu_.cgroups_to_join()) cgroups.push_back(std::move(cgroup));
        const bool traced = memory_.wants_exit_stops();
        start_the_clock();  // again: the run's time does not begin with the making of a cgroup
        StartedChild child = start_child(options_, cgroups, traced);
        if (child.error != 0 || child.pid < 0) return child;
        main_ = child.pid;
        memory_.begin(main_, measured_.started_t);
        kept_rights_ = child.kept_rights;
        if (traced && child.refused_tracing == 0 && !child.kept_rights)
            memory_.follow(main_, measured_.started_t);
        if (options_.wall_s) wall_deadline_ = measured_.started_t + *options_.wall_s;
        if (options_.cpu_time_s) look_at_cpu_time();
        return child;
    }

    /// Until the main process has ended.
    void watch() {
        while (!ended_) {
            const double now = monotonic_seconds();
            const double next = std::min({memory_.due(), wall_deadline_, cpu_look_, kill_deadline_});
            // poll passes over a negative descriptor
            pollfd sources[3] = {{signals_, POLLIN, 0},
                                 {runner_lost_ ? -1 : runner_, POLLIN, 0},
                                 {phase_socket_.descriptor(), POLLIN, 0}};
            const int timeout =
                next <= now ? 0 : static_cast<int>(std::ceil(std::min(next - now, 1e6) * 1000));
            wait_for_any(sources, 3, timeout);
            if (sources[2].revents != 0) {
                phase_socket_.serve([this](const std::string& name) { memory_.begin_phase(name); });
            }
            if (sources[0].revents != 0) take_signals();
            if ((sources[1].revents & POLLIN) != 0) {
                runner_lost_ = true;
                terminate(EndCause::RunnerLost, 0);
            }
            if (ended_) return;
            act_on_deadlines();
        }
    }

    void act_on_deadlines() {
        const double now = monotonic_seconds();
        if (now >= wall_deadline_) {
            wall_deadline_ = kNever;
            terminate(EndCause::WallLimit, options_.grace_s);
        }
        if (now >= cpu_look_) look_at_cpu_time();
        if (now >= kill_deadline_) {
            signal_descendants(SIGKILL);
            first_kill_ = std::min(first_kill_, now);
            kill_deadline_ = now + 1;  // again, for what was forked in between
        }
        if (now >= first_kill_ + kPatienceWithTheDying) give_up_the_main_process();
        if (now >= memory_.due()) {
            if (!surroundings_.has_begun()) surroundings_.begin(now, 0);
            surroundings_.time_a_calculation(now);
            enclosing_.look(now);
            memory_.sample_as_due();
            if (cpu_.needs_looks()) cpu_.look();
            if (memory_.is_above_limit()) terminate(EndCause::MemoryLimit, 0);
        }
    }

    /// The next look is no earlier than all CPUs together could use up what is left.
    void look_at_cpu_time() {
        constexpr double kShortestWait = 0.02;  // seconds: two clock ticks
        const double left = *options_.cpu_time_s - cpu_.used_s(usage_);
        if (left <= 0) {
            cpu_look_ = kNever;
            terminate(EndCause::CpuLimit, options_.grace_s);
        } else {
            const auto cpus = static_cast<double>(sysconf(_SC_NPROCESSORS_ONLN));
            cpu_look_ = monotonic_seconds() + std::max(kShortestWait, left / cpus);
        }
    }

    /// The first cause stays; a later, more urgent wish only shortens the grace.
    void terminate(EndCause cause, double grace_s) {
        if (measured_.cause == EndCause::Itself) measured_.cause = cause;
        const double now = monotonic_seconds();
        asked_at_ = std::min(asked_at_, now);
        if (grace_s > 0) signal_descendants(SIGTERM);
        kill_deadline_ = std::min(kill_deadline_, now + grace_s);
    }

    void take_signals() {
        signalfd_siginfo info{};
        while (read(signals_, &info, sizeof info) == static_cast<ssize_t>(sizeof info)) {
            if (info.ssi_signo == kEndGently) terminate(EndCause::Cancelled, options_.grace_s);
            if (info.ssi_signo == kEndAtOnce) terminate(EndCause::Cancelled, 0);
        }
        reap();
    }

    /// Whatever there is to be waited for: zombies, and the stops of those whose exits are stopped.
    void reap() {
        // __WALL: traced threads too
        const int what = WEXITED | WNOHANG | WNOWAIT | (memory_.stops_exits() ? __WALL | WSTOPPED : 0);
        siginfo_t info{};
        while (waitid(P_ALL, 0, &info, what) == 0 && info.si_pid != 0) {
            const pid_t pid = info.si_pid;
            const bool has_stopped = info.si_code == CLD_TRAPPED || info.si_code == CLD_STOPPED;
            if (has_stopped)
                memory_.take_stop(pid);
            else if (!reap_one(pid))
                return;
            info = {};
        }
    }

    /// The main process is looked at before, for what is gone afterwards.
    bool reap_one(pid_t pid) {
        // who traces a thread waits for it too, and would be told what its whole process has used
        if (memory_.stops_exits() && process_of(pid) != pid)
            return wait4(pid, nullptr, __WALL, nullptr) == pid;
        if (pid == main_) measured_.wall_s = monotonic_seconds() - measured_.started_t;
        // else every one that is waited for is
        const bool is_own_child = !memory_.stops_exits() || stat_field(pid, kParent) == getpid();
        memory_.before_reaping(pid, is_own_child);
        cpu_.before_reaping(pid);
        int status = 0;
        rusage usage{};
        if (wait4(pid, &status, __WALL, &usage) != pid) return false;
        const bool we_kill = ended_ || asked_at_ != kNever;
        if (!we_kill && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) enclosing_.saw_a_kill();
        // of a traced process that has another parent: that one waits for it in turn, and we for that one
        if (!is_own_child) return true;
        usage_.add(usage);
        if (pid == main_) {
            memory_.main_has_ended(static_cast<std::int64_t>(usage.ru_maxrss) * 1024);
            main_has_ended(status);
        } else {
            memory_.adopted_an_orphan();
        }
        return true;
    }

    void main_has_ended(int status) {
        ended_ = true;
        if (WIFSIGNALED(status)) {
            measured_.end = EndKind::Signalled;
            measured_.signal = WTERMSIG(status);
        } else {
            measured_.exit_code = WEXITSTATUS(status);
        }
        if (asked_at_ == kNever) return;
        measured_.ending_s = measured_.started_t + measured_.wall_s.value_or(0) - asked_at_;
        measured_.ended_by = measured_.signal == SIGKILL ? "SIGKILL" : "SIGTERM";
    }

    /// SIGKILL was sent, and does not act: the process hangs in the kernel. It will be told of as one that
    /// lives on.
    void give_up_the_main_process() {
        measured_.wall_s = monotonic_seconds() - measured_.started_t;
        main_has_ended(SIGKILL);  // as wait4 would tell it, if it did
        gave_up_ = true;
    }

    /// Whether this process, to which every orphan of the tree comes, has no children any more.
    static bool has_no_children() {
        siginfo_t info{};
        return waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) != 0 && errno == ECHILD;
    }

    void end_what_is_left() {
        constexpr std::int64_t kNamedLeftovers = 3;
        if (has_no_children()) return;
        for (const pid_t pid : living_descendants()) {
            if (pid == main_) continue;
            if (++measured_.leftovers_killed <= kNamedLeftovers)
                measured_.leftovers.push_back(program_of(pid));
        }
        const double begin = monotonic_seconds();
        while (!gave_up_ && monotonic_seconds() < begin + kPatienceWithTheDying) {
            memory_.kill_all();
            signal_descendants(SIGKILL);  // too, for those who left the cgroup, or are frozen
            reap();
            if (has_no_children()) return;
            // one that is dead and has a tracer outside of the tree, as a debugger, comes to us when that
            // lets go
            if (monotonic_seconds() > begin + kPatienceWithTheDead && living_descendants().empty()) return;
            pollfd source{signals_, POLLIN, 0};
            wait_for_any(&source, 1, 20);
            signalfd_siginfo ignored{};
            while (read(signals_, &ignored, sizeof ignored) > 0) {
            }
        }
        for (const pid_t pid : living_descendants()) {
            const std::string state = is_frozen(pid) ? "frozen" : std::string(1, process_state(pid));
            measured_.survivors.push_back({pid, program_of(pid), state});
        }
    }

    void conclude() {
        usage_.write(measured_);
        cpu_.conclude(usage_, memory_.stops_exits(), measured_);
        memory_.conclude(usage_, measured_);
        explain_kept_rights();
        measured_.lost_rights = memory_.programs_without_rights();
        const double cpu_s = measured_.user_s.value_or(0) + measured_.system_s.value_or(0);
        surroundings_.end(monotonic_seconds(), cpu_s, measured_);
        measured_.enclosing = enclosing_.kills_since(measured_.oom_kills);
        rusage own{};
        getrusage(RUSAGE_SELF, &own);
        TreeUsage own_usage;
        own_usage.add(own);
        measured_.supervision_cpu_s = own_usage.cpu_s();
    }

    void explain_kept_rights() {
        const auto why = measured_.missing.find("peak_rss_high_bytes");
        if (!kept_rights_ || why == measured_.missing.end()) return;
        why->second +=
            "; exits were not stopped, because by ptrace " + std::string(options_.command.front()) +
            " would lose the rights that it has as a set-user-ID or set-group-ID program or by file "
            "capabilities";
    }

    void explain_ending() {
        const std::string why = measured_.end == EndKind::CouldNotStart ? "the program could not be started"
                                                                        : "it was not asked to end";
        if (measured_.ended_by.empty()) measured_.missing.emplace("ended_by", why);
        if (!measured_.ending_s) measured_.missing.emplace("ending_s", why);
    }

    void explain_surroundings() {
        if (measured_.throttled_s) return;
        measured_.missing.emplace("throttled_s", surroundings_.has_begun()
                                                     ? "the kernel tells of no CPU quota"
                                                     : "the run ended before the first sample");
    }

    static bool is_of_the_programs_making(int error) {
        return error == ENOENT || error == ENOTDIR || error == EISDIR || error == ENOTEMPTY ||
               error == EEXIST || error == ELOOP;
    }

    int write() const {
        const std::string path = options_.directory + "/measurement.json";
        if (replace_file(path, protocol::to_json_text(measured_))) return EXIT_SUCCESS;
        if (is_of_the_programs_making(errno)) return protocol::kDirectoryIsSpoiled;
        std::fprintf(stderr, "tidemark-warden: cannot write %s: %s\n", path.c_str(), std::strerror(errno));
        return EXIT_FAILURE;
    }

    const Options& options_;
    protocol::Measurement measured_;
    MemoryWatch memory_;
    TreeUsage usage_;
    CpuWatch cpu_;
    Surroundings surroundings_;
    EnclosingMemory enclosing_;
    PhaseSocket phase_socket_;
    int signals_ = -1;
    int runner_ = -1;  // pidfd
    pid_t main_ = -1;
    bool ended_ = false;
    bool runner_lost_ = false;
    bool kept_rights_ = false;  ///< it is not traced, for it would lose them
    bool gave_up_ = false;      ///< the main process could not be killed
    double asked_at_ = kNever;  ///< first, to end
    double first_kill_ = kNever;
    double wall_deadline_ = kNever;
    double cpu_look_ = kNever;
    double kill_deadline_ = kNever;
};

}  // namespace

int supervise(const Options& options) {
    return Run(options).make();
}

}  // namespace tidemark::warden
