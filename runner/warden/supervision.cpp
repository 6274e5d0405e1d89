#include "warden/supervision.hpp"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>

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
#include "warden/memory_cgroup.hpp"
#include "warden/peak_bounds.hpp"
#include "warden/phase_meter.hpp"
#include "warden/phase_socket.hpp"
#include "warden/process_tree.hpp"
#include "warden/sampler.hpp"
#include "warden/small_files.hpp"

namespace tidemark::warden {
namespace {

using protocol::EndCause;
using protocol::EndKind;
using protocol::kEndAtOnce;
using protocol::kEndGently;

constexpr double kNever = 1e300;
constexpr double kPatienceWithTheDying =
    10;  // seconds that a killed process may take, e.g. in an uninterruptible read

double seconds_of(const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

class Run {
  public:
    explicit Run(const Options& options) : options_(options) {}

    int make() {
        prepare();
        start_the_clock();
        const StartedChild child = start();
        if (child.error != 0 || child.pid < 0) {
            measured_.end = EndKind::CouldNotStart;
            measured_.start_errno = child.error;
            measured_.start_step = child.step;
        } else {
            main_ = child.pid;
            Sampler sampler(options_.directory, measured_.started_t);
            watch(sampler);
            end_what_is_left();
            conclude(sampler);
        }
        explain_what_is_missing();
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
        phase_socket_.open(options_.phase_socket);
        runner_ = static_cast<int>(syscall(SYS_pidfd_open, options_.runner, 0));
        if (getppid() != options_.runner || runner_ < 0) std::exit(EXIT_FAILURE);  // it is gone already
    }

    void start_the_clock() {
        measured_.started_at = utc_text();
        measured_.started_t = monotonic_seconds();
    }

    StartedChild start() {
        const bool has_cgroup =
            options_.use_cgroup && cgroup_.create(options_.cgroups, options_.memory_bytes);
        if (options_.memory_bytes && !has_cgroup) return {-1, ENOTSUP, "memory limit: " + cgroup_.problem()};
        if (has_cgroup) {
            evidence_.cgroup_version = cgroup_.version();
            evidence_.charged_ahead = MemoryCgroup::kChargedAhead * sysconf(_SC_NPROCESSORS_ONLN);
        }
        start_the_clock();  // again: the run's time does not begin with the making of a cgroup
        StartedChild child = start_child(options_, cgroup_.exists() ? cgroup_.procs() : std::string());
        if (options_.wall_s) wall_deadline_ = measured_.started_t + *options_.wall_s;
        return child;
    }

    /// Until the main process has ended.
    void watch(Sampler& sampler) {
        while (!ended_) {
            const double now = monotonic_seconds();
            const double next = std::min({sampler.due(), wall_deadline_, kill_deadline_});
            // poll passes over a negative descriptor
            pollfd sources[3] = {{signals_, POLLIN, 0},
                                 {runner_lost_ ? -1 : runner_, POLLIN, 0},
                                 {phase_socket_.descriptor(), POLLIN, 0}};
            const int timeout =
                next <= now ? 0 : static_cast<int>(std::ceil(std::min(next - now, 1e6) * 1000));
            poll(sources, 3, timeout);
            if (sources[2].revents != 0) begin_phases(sampler);
            if (sources[0].revents != 0) take_signals();
            if ((sources[1].revents & POLLIN) != 0) {
                runner_lost_ = true;
                terminate(EndCause::RunnerLost, 0);
            }
            if (ended_) return;
            act_on_deadlines(sampler);
        }
    }

    void act_on_deadlines(Sampler& sampler) {
        const double now = monotonic_seconds();
        if (now >= wall_deadline_) {
            wall_deadline_ = kNever;
            terminate(EndCause::WallLimit, options_.grace_s);
        }
        if (now >= kill_deadline_) {
            signal_descendants(SIGKILL);
            kill_deadline_ = now + 1;  // again, for what was forked in between
        }
        if (now >= sampler.due()) {
            sampler.sample();
            phases_.saw(sampler.last_rss().value_or(0), sampler.last_processes());
            look_at_cgroup();
        }
    }

    void begin_phases(const Sampler& sampler) {
        phase_socket_.serve([&](const std::string& name) {
            look_at_cgroup();
            evidence_.largest_mapped_file = sampler.largest_mapped_file();
            phases_.begin(name, monotonic_seconds() - measured_.started_t, main_, cgroup_, evidence_);
        });
    }

    /// What is charged for page cache can only be seen from time to time; it is what widens the bounds.
    void look_at_cgroup() {
        if (!cgroup_.exists()) return;
        if (const auto charge = cgroup_.charge()) {
            evidence_.cgroup_file = std::max(evidence_.cgroup_file, charge->file);
            measured_.peak_swap_bytes = std::max(measured_.peak_swap_bytes.value_or(0), charge->swap);
        }
        evidence_.cgroup_kernel = std::max(evidence_.cgroup_kernel, cgroup_.kernel_bytes().value_or(0));
    }

    /// The first cause stays; a later, more urgent wish only shortens the grace.
    void terminate(EndCause cause, double grace_s) {
        if (measured_.cause == EndCause::Itself) measured_.cause = cause;
        if (grace_s > 0) signal_descendants(SIGTERM);
        kill_deadline_ = std::min(kill_deadline_, monotonic_seconds() + grace_s);
    }

    void take_signals() {
        signalfd_siginfo info{};
        while (read(signals_, &info, sizeof info) == static_cast<ssize_t>(sizeof info)) {
            if (info.ssi_signo == kEndGently) terminate(EndCause::Cancelled, options_.grace_s);
            if (info.ssi_signo == kEndAtOnce) terminate(EndCause::Cancelled, 0);
        }
        reap();
    }

    /// Reaps every zombie that there is. The main process is looked at before, for what is gone afterwards.
    void reap() {
        siginfo_t info{};
        while (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid != 0) {
            const pid_t pid = info.si_pid;
            if (pid == main_) {
                measured_.wall_s = monotonic_seconds() - measured_.started_t;
                look_at_dead_main();
            }
            int status = 0;
            rusage usage{};
            if (wait4(pid, &status, 0, &usage) != pid) return;
            add_usage(usage);
            if (pid == main_) {
                main_mark_ = static_cast<std::int64_t>(usage.ru_maxrss) * 1024;
                main_has_ended(status);
            } else {
                adopted_orphan_ = true;
            }
            info = {};
        }
    }

    /// A zombie's stat still tells the page faults of the children that it has waited for: none means that
    /// there were none, because a forked process faults before its first instruction is done. Only a parent
    /// that ignores SIGCHLD has children that leave no trace.
    void look_at_dead_main() {
        const bool waited_for_children = stat_field(main_, kChildrenFaults) != 0;
        const std::string status = read_small_file("/proc/" + std::to_string(main_) + "/status");
        const std::size_t line = status.find("SigIgn:");
        const auto ignored =
            line == std::string::npos ? ~0ULL : std::strtoull(status.c_str() + line + 7, nullptr, 16);
        main_was_alone_ = !waited_for_children && (ignored & (1ULL << (SIGCHLD - 1))) == 0;
    }

    void main_has_ended(int status) {
        ended_ = true;
        if (WIFSIGNALED(status)) {
            measured_.end = EndKind::Signalled;
            measured_.signal = WTERMSIG(status);
        } else {
            measured_.exit_code = WEXITSTATUS(status);
        }
    }

    void add_usage(const rusage& usage) {
        const auto add = [](std::optional<std::int64_t>& sum, long more) { sum = sum.value_or(0) + more; };
        measured_.user_s += seconds_of(usage.ru_utime);
        measured_.system_s += seconds_of(usage.ru_stime);
        evidence_.largest_process =
            std::max(evidence_.largest_process, static_cast<std::int64_t>(usage.ru_maxrss) * 1024);
        add(measured_.major_faults, usage.ru_majflt);
        add(measured_.minor_faults, usage.ru_minflt);
        add(measured_.voluntary_switches, usage.ru_nvcsw);
        add(measured_.involuntary_switches, usage.ru_nivcsw);
        add(measured_.read_blocks, usage.ru_inblock);
        add(measured_.written_blocks, usage.ru_oublock);
    }

    /// Whether this process, to which every orphan of the tree comes, has no children any more.
    static bool has_no_children() {
        siginfo_t info{};
        return waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) != 0 && errno == ECHILD;
    }

    void end_what_is_left() {
        if (has_no_children()) return;
        for (const pid_t pid : descendants()) {
            if (!is_zombie(pid)) ++measured_.leftovers_killed;
        }
        const double give_up = monotonic_seconds() + kPatienceWithTheDying;
        while (monotonic_seconds() < give_up) {
            signal_descendants(SIGKILL);
            reap();
            if (has_no_children()) return;
            pollfd source{signals_, POLLIN, 0};
            poll(&source, 1, 20);
            signalfd_siginfo ignored{};
            while (read(signals_, &ignored, sizeof ignored) > 0) {
            }
        }
    }

    void conclude(const Sampler& sampler) {
        measured_.initial_rss_bytes = sampler.first_rss();
        measured_.final_rss_bytes = sampler.last_rss();
        evidence_.single_process = main_was_alone_ && !adopted_orphan_ && measured_.leftovers_killed == 0 &&
                                   sampler.most_processes() <= 1;
        evidence_.largest_sample = sampler.largest_rss();
        evidence_.largest_mapped_file = sampler.largest_mapped_file();
        if (cgroup_.exists()) {
            look_at_cgroup();
            phases_.finish(cgroup_, evidence_, main_mark_);
            evidence_.cgroup_peak = cgroup_.peak_bytes();
            if (evidence_.cgroup_peak)
                evidence_.cgroup_peak = std::max(*evidence_.cgroup_peak, phases_.cgroup_peak_before());
            measured_.peak_cgroup_bytes = evidence_.cgroup_peak;
            measured_.oom_kills = cgroup_.oom_kills();
            cgroup_.remove();
        } else {
            phases_.finish(cgroup_, evidence_, main_mark_);
        }
        measured_.phases = phases_.phases();
        const PeakBounds bounds = bounds_of(evidence_);
        measured_.memory_method = bounds.method;
        measured_.peak_rss_low_bytes = bounds.low;
        measured_.peak_rss_bytes = bounds.best;
        measured_.peak_rss_high_bytes = bounds.high;
        if (!bounds.high) measured_.missing["peak_rss_high_bytes"] = bounds.why_no_high;
    }

    void explain_what_is_missing() {
        const auto explain = [this](const char* column, const std::optional<std::int64_t>& figure,
                                    const char* why) {
            if (!figure) measured_.missing.emplace(column, why);
        };
        const bool started = measured_.end != EndKind::CouldNotStart;
        const char* not_started = "the program could not be started";
        const char* too_short = started ? "the run ended before the first sample" : not_started;
        explain("initial_rss_bytes", measured_.initial_rss_bytes, too_short);
        explain("final_rss_bytes", measured_.final_rss_bytes, too_short);
        explain("peak_rss_bytes", measured_.peak_rss_bytes, not_started);
        explain("peak_rss_low_bytes", measured_.peak_rss_low_bytes, not_started);
        explain("peak_rss_high_bytes", measured_.peak_rss_high_bytes, not_started);
        explain("major_faults", measured_.major_faults, not_started);
        const bool had_cgroup = evidence_.cgroup_version != 0;
        const std::string no_cgroup = options_.use_cgroup
                                          ? "no memory cgroup: " + cgroup_.problem()
                                          : std::string("measured without a cgroup, as asked");
        const std::string no_peak =
            had_cgroup ? "the kernel keeps no memory.peak (it does from Linux 5.19)" : no_cgroup;
        explain("peak_cgroup_bytes", measured_.peak_cgroup_bytes, started ? no_peak.c_str() : not_started);
        explain("peak_swap_bytes", measured_.peak_swap_bytes, started ? no_cgroup.c_str() : not_started);
    }

    int write() const {
        const std::string path = options_.directory + "/measurement.json";
        if (replace_file(path, protocol::to_json_text(measured_))) return EXIT_SUCCESS;
        std::fprintf(stderr, "tidemark-warden: cannot write %s: %s\n", path.c_str(), std::strerror(errno));
        return EXIT_FAILURE;
    }

    const Options& options_;
    protocol::Measurement measured_;
    MemoryCgroup cgroup_;
    int signals_ = -1;
    int runner_ = -1;  // pidfd
    pid_t main_ = -1;
    bool ended_ = false;
    bool runner_lost_ = false;
    bool adopted_orphan_ = false;
    bool main_was_alone_ = false;
    double wall_deadline_ = kNever;
    double kill_deadline_ = kNever;
    MemoryEvidence evidence_;
    PhaseSocket phase_socket_;
    PhaseMeter phases_;
    std::int64_t main_mark_ = 0;
};

}  // namespace

int supervise(const Options& options) {
    return Run(options).make();
}

}  // namespace tidemark::warden
