#include "cluster/command.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <string_view>

#include <poll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/process/args.hpp>
#include <boost/process/child.hpp>
#include <boost/process/env.hpp>
#include <boost/process/exe.hpp>
#include <boost/process/io.hpp>
#include <boost/process/posix.hpp>
#include <boost/process/search_path.hpp>
#include <fmt/format.h>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "run/memory_file.hpp"

namespace tidemark::cluster {
namespace {

namespace process = boost::process;

/// Variables of Slurm's that name options of its commands, or tell of the job that we are in; the next ones
/// say which cluster it is, and stay.
constexpr std::array<std::string_view, 9> kScrubbed{"SLURM_",   "SLURMD_", "SBATCH_", "SRUN_",    "SQUEUE_",
                                                    "SCANCEL_", "SINFO_",  "SALLOC_", "SCONTROL_"};
constexpr std::array<std::string_view, 3> kKept{"SLURM_CONF", "SLURM_CLUSTERS", "SLURM_JWT"};

process::environment environment_without_slurm() {
    process::environment environment = boost::this_process::environment();
    std::vector<std::string> names;
    for (const auto& entry : environment) names.push_back(entry.get_name());
    for (const std::string& name : names) {
        const bool is_of_slurm = std::ranges::any_of(
            kScrubbed, [&](std::string_view beginning) { return name.starts_with(beginning); });
        if (is_of_slurm && std::ranges::find(kKept, name) == kKept.end()) environment.erase(name);
    }
    return environment;
}

std::string all_of(const run::MemoryFile& file) {
    std::string text;
    std::array<char, 65536> buffer{};
    for (;;) {
        const ssize_t count =
            pread(fileno(file.file()), buffer.data(), buffer.size(), static_cast<off_t>(text.size()));
        if (count <= 0) break;
        text.append(buffer.data(), static_cast<std::size_t>(count));
    }
    text.erase(text.find_last_not_of('\n') + 1);
    return text;
}

}  // namespace

struct Command::State {
    run::MemoryFile out;
    run::MemoryFile err;
    pid_t pid = -1;
    int descriptor = -1;
    Seconds started = monotonic_now();
    Seconds longest;
    bool was_killed = false;
};

Command::Command(const std::vector<std::string>& words, Seconds longest) : state_(std::make_unique<State>()) {
    state_->longest = longest;
    const auto program = process::search_path(words.front());
    if (program.empty())
        throw UsageError(
            fmt::format("there is no program '{}' on the PATH; runs are handed to Slurm where its "
                        "commands are installed, such as on a cluster's login node",
                        words.front()));
    std::error_code error;
    process::child child(process::exe = program.string(),
                         process::args = std::vector<std::string>(words.begin() + 1, words.end()),
                         environment_without_slurm(), (process::std_in < process::null),
                         (process::std_out > state_->out.file()), (process::std_err > state_->err.file()),
                         process::posix::use_vfork, error);
    if (error) throw CannotGoOn(fmt::format("cannot start {}: {}", program.string(), error.message()));
    state_->pid = child.id();
    child.detach();
    state_->descriptor = static_cast<int>(syscall(SYS_pidfd_open, state_->pid, 0));
    if (state_->descriptor < 0) throw CannotGoOn(fmt::format("pidfd_open: {}", errno_text(errno)));
}

Command::~Command() {
    if (state_->pid > 0) {
        kill(state_->pid, SIGKILL);
        waitpid(state_->pid, nullptr, 0);
    }
    if (state_->descriptor >= 0) close(state_->descriptor);
}

int Command::descriptor() const {
    return state_->descriptor;
}

std::optional<Said> Command::ended() {
    int status = 0;
    if (waitpid(state_->pid, &status, WNOHANG) == 0) {
        if (monotonic_now().value - state_->started.value < state_->longest.value) return std::nullopt;
        kill(state_->pid, SIGKILL);
        waitpid(state_->pid, &status, 0);
        state_->was_killed = true;
    }
    state_->pid = -1;
    return Said{WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), state_->was_killed,
                all_of(state_->out), all_of(state_->err)};
}

Said said_by(const std::vector<std::string>& words, Seconds longest) {
    constexpr int kLookAgain = 100;  // ms
    Command command(words, longest);
    for (;;) {
        if (auto said = command.ended()) return *said;
        pollfd source{command.descriptor(), POLLIN, 0};
        poll(&source, 1, kLookAgain);
    }
}

}  // namespace tidemark::cluster
