#include "run/local_launcher.hpp"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <csignal>
#include <ctime>
#include <map>
#include <vector>

#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/process/args.hpp>
#include <boost/process/child.hpp>
#include <boost/process/exe.hpp>
#include <boost/process/io.hpp>
#include <boost/process/posix.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/files.hpp"
#include "base/overloaded.hpp"
#include "protocol/phase_announcement.hpp"
#include "protocol/warden_signals.hpp"
#include "run/cgroup_leftovers.hpp"
#include "run/descriptor_room.hpp"
#include "run/heap_layout.hpp"
#include "run/memory_file.hpp"
#include "run/run_directory.hpp"
#include "warden/cgroup_place.hpp"
#include "warden/freezer.hpp"

namespace tidemark::run {
namespace {

namespace process = boost::process;

class FileDescriptor {
  public:
    explicit FileDescriptor(int number) : number_(number) {}
    FileDescriptor(FileDescriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    FileDescriptor& operator=(FileDescriptor&&) = delete;
    ~FileDescriptor() {
        if (number_ >= 0) close(number_);
    }
    int number() const { return number_; }

  private:
    int number_;
};

/// glibc has pidfd_open only since 2.36, and its header lacks `extern "C"`.
int open_pidfd(pid_t pid) {
    return static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
}

/// Keeps the signals to a warden back while it is spawned: it inherits this, and so is not ended by one that
/// comes before it is ready to take it.
class HeldBackSignals {
  public:
    HeldBackSignals() {
        sigset_t to_warden;
        sigemptyset(&to_warden);
        sigaddset(&to_warden, protocol::kEndGently);
        sigaddset(&to_warden, protocol::kEndAtOnce);
        pthread_sigmask(SIG_BLOCK, &to_warden, &former_);
    }
    HeldBackSignals(const HeldBackSignals&) = delete;
    HeldBackSignals& operator=(const HeldBackSignals&) = delete;
    ~HeldBackSignals() { pthread_sigmask(SIG_SETMASK, &former_, nullptr); }

  private:
    sigset_t former_{};
};

struct Supervised {
    pid_t warden;
    FileDescriptor descriptor;  ///< pidfd: readable when the warden has ended
    MemoryFile log;             ///< what the warden has to say, which is most often nothing
};

/// In the abstract namespace; the number keeps runs of the same id apart, which only tests have.
std::string phase_socket(const protocol::Request& request) {
    return fmt::format("@tidemark-phase-{}-{}", request.run_id, getpid());
}

/// The limits that the warden watches over, each as its option: `--cpu-time` of `cpu_time`. How many CPUs the
/// run may use is decided before it starts.
void add_limits(const protocol::Limits& limits, std::vector<std::string>& arguments) {
    const auto add = [&](const protocol::LimitName& name, const auto& amount) {
        std::string option = fmt::format("--{}", name.key);
        std::ranges::replace(option, '_', '-');
        arguments.push_back(std::move(option));
        arguments.push_back(fmt::format("{}", amount));
    };
    using protocol::LimitName;
    for_each_limit(limits, Overloaded{[&](const LimitName& name, const std::optional<Bytes>& limit) {
                                          if (limit) add(name, limit->value);
                                      },
                                      [&](const LimitName& name, const std::optional<Seconds>& limit) {
                                          if (limit) add(name, limit->value);
                                      },
                                      [&](const LimitName& name, const std::optional<std::int64_t>& limit) {
                                          if (limit) add(name, *limit);
                                      },
                                      [](const LimitName&, const std::optional<int>&) {},
                                      [&](const LimitName&, protocol::Enforcement enforcement) {
                                          if (enforcement == protocol::Enforcement::BestEffort)
                                              arguments.emplace_back("--best-effort");
                                      }});
}

std::vector<std::string> warden_arguments(const Launch& launch, const warden::CgroupParents& cgroups,
                                          const std::string& method, const DescriptorRoom& room) {
    const protocol::Request& request = launch.request;
    std::vector<std::string> arguments{"--directory", launch.directory.string(), "--runner",
                                       fmt::format("{}", getpid())};
    const auto add = [&](const char* name, std::string value) {
        arguments.emplace_back(name);
        arguments.push_back(std::move(value));
    };
    const auto add_places = [&](const char* name, const std::vector<warden::CgroupParent>& places) {
        for (const auto& place : places) add(name, fmt::format("{}:{}", place.version, place.folder));
    };
    add_places("--cgroup", cgroups.memory);
    add_places("--pids-cgroup", cgroups.pids);
    add_places("--cpu-cgroup", cgroups.cpu);
    add_limits(request.limits, arguments);
    if (method != "auto") add("--method", method);
    if (room.is_raised()) add("--open-files", fmt::format("{}", room.of_caller()));
    if (!launch.cpus.empty()) add("--cpus", fmt::format("{}", fmt::join(launch.cpus, ",")));
    if (!request.working_directory.empty()) add("--cwd", request.working_directory);
    if (!request.stdin_file.empty()) add("--stdin", request.stdin_file);
    add("--phase-socket", phase_socket(request));
    if (request.inherit) arguments.emplace_back("--clean-environment");
    arguments.emplace_back("--");
    for (const std::string& word : request.command)
        arguments.push_back(protocol::revealed(word, request.secrets));
    return arguments;
}

/// What a run gets of the caller's environment where it does not get all of it; else nothing, for the warden
/// has it already.
std::map<std::string, std::string> inherited_alone(const protocol::Request& request) {
    std::map<std::string, std::string> inherited;
    if (!request.inherit) return inherited;
    std::vector<std::string> names(protocol::kAlwaysInherited.begin(), protocol::kAlwaysInherited.end());
    names.insert(names.end(), request.inherit->begin(), request.inherit->end());
    for (const std::string& name : names) {
        if (const char* value = std::getenv(name.c_str())) inherited.emplace(name, value);
    }
    return inherited;
}

/// What the warden adds to its own environment for the program, or gives it alone, as it reads that:
/// NAME=VALUE, each ended by a NUL.
std::string program_environment(const Launch& launch, const std::filesystem::path& heap_offset_library) {
    const RunDirectory directory(launch.directory);
    std::map<std::string, std::string> environment = inherited_alone(launch.request);
    for (const auto& [name, value] : launch.request.environment)
        environment[name] = protocol::revealed(value, launch.request.secrets);
    vary_heap_layout(launch.request, heap_offset_library,
                     launch.request.inherit ? nullptr : std::getenv("LD_PRELOAD"), environment);
    std::string entries;
    const auto add = [&](std::string_view name, std::string_view value) {
        entries.append(name).append("=").append(value).push_back('\0');
    };
    for (const auto& [name, value] : environment) add(name, value);
    add(protocol::kRequestVariable, directory.request().native());
    add(protocol::kEventsVariable, directory.events().native());
    if (!launch.run_dir.empty()) add(protocol::kRunDirVariable, launch.run_dir.native());
    add(protocol::kPhaseVariable, phase_socket(launch.request));
    return entries;
}

/// False where poll cannot tell, as where memory is short: then all have to be looked at, again and again
/// after a moment.
bool wait_for_any(std::vector<pollfd>& sources, Seconds timeout) {
    if (poll(sources.data(), sources.size(), static_cast<int>(std::ceil(timeout.value * 1000))) >= 0)
        return true;
    const timespec moment{0, 10'000'000};  // 10 ms
    if (errno != EINTR) nanosleep(&moment, nullptr);
    return false;
}

std::vector<pid_t> children_of_this_process() {
    std::vector<pid_t> found;
    const auto text = read_file(fmt::format("/proc/self/task/{}/children", getpid()));
    const char* at = text ? text->c_str() : "";
    for (char* end = nullptr;; at = end) {
        const auto pid = static_cast<pid_t>(std::strtol(at, &end, 10));
        if (end == at) return found;
        found.push_back(pid);
    }
}

}  // namespace

struct LocalLauncher::State {
    std::filesystem::path warden;
    std::filesystem::path heap_offset_library;
    std::map<std::string, Supervised> running;  ///< by run_id
    /// Found once for all wardens, who inherit this process's place: the kernel is slow to list its mounts.
    warden::CgroupParents cgroups{{}};
    std::string method;
    DescriptorRoom room;
    /// Children of what became this process by exec, such as a shell's background jobs.
    std::vector<pid_t> foreign_children = children_of_this_process();

    void signal_all(int number) const {
        for (const auto& [run_id, run] : running) kill(run.warden, number);
    }

    /// The orphans of a warden that was killed: this process is their subreaper.
    std::vector<pid_t> orphans() const {
        std::vector<pid_t> found = children_of_this_process();
        std::erase_if(found, [this](pid_t pid) {
            return std::ranges::count(foreign_children, pid) > 0 ||
                   std::ranges::any_of(running, [pid](const auto& run) { return run.second.warden == pid; });
        });
        return found;
    }

    /// A killed process leaves its own children to us in turn, so this goes on until none is left. One that
    /// hangs in the kernel is not waited for forever.
    void kill_orphans() const {
        constexpr int kTries = 1000;
        const timespec pause{0, 10'000'000};  // 10 ms
        for (int attempt = 0; attempt < kTries; ++attempt) {
            const auto found = orphans();
            if (found.empty()) return;
            for (const pid_t pid : found) {
                kill(pid, SIGKILL);
                warden::thaw(pid);
            }
            if (attempt > 0) nanosleep(&pause, nullptr);
            for (const pid_t pid : found) waitpid(pid, nullptr, WNOHANG);
        }
    }
};

LocalLauncher::LocalLauncher(std::filesystem::path warden, std::string method)
    : state_(std::make_unique<State>()) {
    state_->heap_offset_library = warden.parent_path() / kHeapOffsetLibrary;
    state_->warden = std::move(warden);
    state_->method = std::move(method);
    if (access(state_->warden.c_str(), X_OK) != 0) {
        throw CannotGoOn(
            fmt::format("{} is missing or not executable; the installation is incomplete, build it again",
                        state_->warden.string()));
    }
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    remove_stale_cgroups(state_->cgroups.all());
}

LocalLauncher::~LocalLauncher() {
    state_->signal_all(protocol::kEndAtOnce);
    for (const auto& [run_id, run] : state_->running) waitpid(run.warden, nullptr, 0);
    state_->running.clear();
    // a warden waits for a moment only until the kernel lets its cgroup go
    remove_stale_cgroups(state_->cgroups.all());
}

int LocalLauncher::room_for(int jobs, std::string& note) {
    return state_->room.runs(jobs, note);
}

void LocalLauncher::start(const Launch& launch) {
    std::error_code error;
    MemoryFile log;
    const MemoryFile environment(program_environment(launch, state_->heap_offset_library));
    const HeldBackSignals held_back;
    // vfork: a fork would copy this process's page tables for each run. The warden forks the program in turn,
    // so that nothing of our memory shows in the program's high-water mark either way
    process::child warden(
        process::exe = state_->warden.string(),
        process::args = warden_arguments(launch, state_->cgroups, state_->method, state_->room),
        (process::std_in < environment.file()), (process::std_out > process::null),
        (process::std_err > log.file()), process::posix::use_vfork, error);
    if (error) {
        throw CannotGoOn(fmt::format("cannot start {}: {}", state_->warden.string(), error.message()));
    }
    const pid_t pid = warden.id();
    warden.detach();  // Boost.Process only spawns: its waiting swaps the process-wide SIGCHLD handler
    FileDescriptor descriptor(open_pidfd(pid));
    if (descriptor.number() < 0) throw CannotGoOn(fmt::format("pidfd_open: {}", errno_text(errno)));
    state_->running.emplace(launch.request.run_id, Supervised{pid, std::move(descriptor), std::move(log)});
}

std::vector<std::string> LocalLauncher::wait(Seconds timeout, int wake_descriptor) {
    std::vector<pollfd> sources;
    for (const auto& [run_id, run] : state_->running) sources.push_back({run.descriptor.number(), POLLIN, 0});
    if (wake_descriptor >= 0) sources.push_back({wake_descriptor, POLLIN, 0});
    const bool is_told = wait_for_any(sources, timeout);
    std::vector<std::string> ended;
    std::size_t source = 0;
    for (auto run = state_->running.begin(); run != state_->running.end(); ++source) {
        int status = 0;
        const bool may_have_ended = !is_told || sources[source].revents != 0;
        if (!may_have_ended || waitpid(run->second.warden, &status, is_told ? 0 : WNOHANG) == 0) {
            ++run;
            continue;
        }
        const bool clean = WIFEXITED(status) && WEXITSTATUS(status) == 0;
        const std::string said = clean ? std::string() : run->second.log.text();
        const pid_t warden = run->second.warden;
        ended.push_back(run->first);
        run = state_->running.erase(run);
        if (clean) continue;
        state_->kill_orphans();
        remove_cgroups_of(warden, state_->cgroups.all());
        // a warden that was killed leaves its run without a measurement, which is that run's outcome; one
        // that could not write says so, and then no other run could be written either
        const bool spoiled = WIFEXITED(status) && WEXITSTATUS(status) == protocol::kDirectoryIsSpoiled;
        if (!said.empty() && !spoiled) throw CannotGoOn(said);
    }
    return ended;
}

void LocalLauncher::cancel(const std::string& run_id) {
    const auto run = state_->running.find(run_id);
    if (run != state_->running.end()) kill(run->second.warden, protocol::kEndGently);
}

void LocalLauncher::cancel_all(bool now) {
    state_->signal_all(now ? protocol::kEndAtOnce : protocol::kEndGently);
}

namespace {

/// `NAME yes HOW` or `NAME no WHY`, as the warden's probe prints.
void read_ability(const std::string& line, std::string_view name, Ability& ability) {
    if (!line.starts_with(name) || line.size() <= name.size() + 1 || line[name.size()] != ' ') return;
    const std::string answer = line.substr(name.size() + 1);
    ability.available = answer.starts_with("yes ");
    ability.explanation = answer.substr(std::min(answer.size(), answer.find(' ') + 1));
}

}  // namespace

Abilities abilities(const std::filesystem::path& warden) {
    std::error_code error;
    process::ipstream output;
    process::child probe(process::exe = warden.string(), process::args = "--probe", process::std_out > output,
                         process::std_err > process::null, error);
    Abilities found;
    if (error) {
        const std::string why = fmt::format("cannot start {}: {}", warden.string(), error.message());
        return {{false, why}, {false, why}, {false, why}, {false, why}};
    }
    for (std::string line; std::getline(output, line);) {
        read_ability(line, "memory-limit", found.memory_limit);
        read_ability(line, "swap-limit", found.swap_limit);
        read_ability(line, "pids-limit", found.pids_limit);
        read_ability(line, "exit-stops", found.exit_stops);
    }
    probe.wait(error);
    return found;
}

std::vector<std::pair<std::string, std::string>> unenforceable(const protocol::Limits& limits,
                                                               const Abilities& abilities) {
    std::vector<std::pair<std::string, std::string>> found;
    const auto check = [&found](const char* limit, bool is_wanted, const Ability& ability) {
        if (is_wanted && !ability.available) found.emplace_back(limit, ability.explanation);
    };
    check("memory", limits.memory.has_value(), abilities.memory_limit);
    check("swap", limits.swap.has_value() && abilities.memory_limit.available, abilities.swap_limit);
    check("pids", limits.pids.has_value(), abilities.pids_limit);
    return found;
}

}  // namespace tidemark::run
