#include "base/program_output.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <csignal>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fmt/format.h>

#include "base/clock.hpp"
#include "base/error.hpp"

namespace tidemark {
namespace {

constexpr std::size_t kMostErrorBytes = 4096;

class Pipe {
  public:
    Pipe() {
        if (pipe2(ends_.data(), O_CLOEXEC) != 0)
            throw CannotGoOn(fmt::format("cannot make a pipe: {}", errno_text(errno)));
    }
    Pipe(const Pipe&) = delete;
    Pipe& operator=(const Pipe&) = delete;
    ~Pipe() {
        close(ends_[0]);
        close_writer();
    }
    int reader() const { return ends_[0]; }
    int writer() const { return ends_[1]; }
    void close_writer() {
        if (ends_[1] >= 0) close(std::exchange(ends_[1], -1));
    }

  private:
    std::array<int, 2> ends_{};
};

/// Pointers to the texts, ended by a null pointer, as exec wants them.
std::vector<char*> pointers_to(std::vector<std::string>& texts) {
    std::vector<char*> pointers;
    for (std::string& text : texts) pointers.push_back(text.data());
    pointers.push_back(nullptr);
    return pointers;
}

/// The errno of a start that failed, else 0.
int spawn(const ProgramCall& call, const Pipe& out, const Pipe& err, pid_t& pid) {
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&files, out.writer(), STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&files, err.writer(), STDERR_FILENO);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes,
                             POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    sigset_t signals;
    sigfillset(&signals);
    posix_spawnattr_setsigdefault(&attributes, &signals);
    sigemptyset(&signals);
    posix_spawnattr_setsigmask(&attributes, &signals);
    std::vector<std::string> words = call.words;
    std::vector<std::string> entries;
    for (const auto& [name, value] : call.environment) entries.push_back(name + '=' + value);
    const int error = posix_spawnp(&pid, words.front().c_str(), &files, &attributes,
                                   pointers_to(words).data(), pointers_to(entries).data());
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&files);
    return error;
}

/// Takes what there is; false where the other end is closed.
bool take(int descriptor, std::string& text, std::size_t most) {
    std::array<char, 16384> buffer;
    const ssize_t count = read(descriptor, buffer.data(), buffer.size());
    if (count < 0) return errno == EINTR;
    const std::size_t room = most - std::min(most, text.size());
    text.append(buffer.data(), std::min(room, static_cast<std::size_t>(count)));
    return count > 0;
}

/// Why it was not listened to until its end; empty: it was.
std::string listen_to(const ProgramCall& call, const Pipe& out, const Pipe& err, ProgramOutput& output) {
    const double end = monotonic_now().value + call.time_limit.value;
    std::array<pollfd, 2> sources{{{out.reader(), POLLIN, 0}, {err.reader(), POLLIN, 0}}};
    const auto read_from = [&](pollfd& source, std::string& text, std::size_t most) {
        if (source.revents != 0 && !take(source.fd, text, most)) source.fd = -1;  // poll passes it over
    };
    while (sources[0].fd >= 0 || sources[1].fd >= 0) {
        const double left = end - monotonic_now().value;
        if (left <= 0) return fmt::format("took longer than {}", to_text(call.time_limit));
        const int ready = poll(sources.data(), sources.size(), static_cast<int>(std::ceil(left * 1000)));
        if (ready < 0 && errno != EINTR) return fmt::format("poll: {}", errno_text(errno));
        if (ready <= 0) continue;
        read_from(sources[0], output.out, call.most_bytes);
        read_from(sources[1], output.err, kMostErrorBytes);
        if (output.out.size() >= call.most_bytes)
            return fmt::format("said more than {}",
                               to_text(Bytes{static_cast<std::int64_t>(call.most_bytes)}));
    }
    return {};
}

}  // namespace

ProgramOutput output_of(const ProgramCall& call) {
    ProgramOutput output;
    Pipe out, err;
    pid_t pid = 0;
    output.start_error = spawn(call, out, err, pid);
    if (output.start_error != 0) {
        output.problem = errno_text(output.start_error);
        return output;
    }
    out.close_writer();
    err.close_writer();
    output.problem = listen_to(call, out, err, output);
    if (!output.problem.empty()) kill(-pid, SIGKILL);
    int status = 0;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) continue;
    if (!output.problem.empty()) return output;
    if (WIFEXITED(status))
        output.exit_code = WEXITSTATUS(status);
    else
        output.problem = fmt::format("was ended by signal {}", WTERMSIG(status));
    return output;
}

}  // namespace tidemark
