#include "support/observer.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <stdexcept>

#include <fcntl.h>
#include <poll.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "programs/checkpoint.hpp"
#include "support/page_frames.hpp"

namespace tidemark::test {
namespace {

constexpr std::size_t kLongestMessage = 64 * 1024;
constexpr int kPatience = 60'000;         // ms that a program may take to its next checkpoint
constexpr int kCheckpointDescriptor = 9;  // of the program

[[noreturn]] void become(std::vector<std::string> words, int checkpoints) {
    dup2(checkpoints, kCheckpointDescriptor);
    const int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    dup2(null, STDIN_FILENO);
    dup2(null, STDOUT_FILENO);
    setenv(known::kCheckpointVariable, std::to_string(kCheckpointDescriptor).c_str(), 1);
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    execv(arguments.front(), arguments.data());
    _exit(127);
}

/// All that is left of the tree.
void end_everybody() {
    for (;;) {
        for (const pid_t pid : processes_below(getpid())) kill(pid, SIGKILL);
        if (waitpid(-1, nullptr, 0) < 0 && errno == ECHILD) return;
    }
}

Observed observe_here(const std::vector<std::string>& words, PageFrames& frames) {
    Observed observed;
    int checkpoints[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, checkpoints) != 0) return observed;
    const pid_t program = fork();
    if (program == 0) become(words, checkpoints[1]);
    close(checkpoints[1]);
    const int end = static_cast<int>(syscall(SYS_pidfd_open, program, 0));
    for (;;) {
        pollfd sources[2] = {{checkpoints[0], POLLIN, 0}, {end, POLLIN, 0}};
        if (poll(sources, 2, kPatience) <= 0) break;
        char letter = 0;
        if ((sources[0].revents & POLLIN) == 0 || read(checkpoints[0], &letter, 1) != 1) break;
        observed.counts.push_back(frames.count(processes_below(getpid())));
        if (write(checkpoints[0], &letter, 1) != 1) break;
    }
    int status = 0;
    pollfd source{end, POLLIN, 0};
    if (poll(&source, 1, kPatience) == 1 && waitpid(program, &status, 0) == program)
        observed.ended_well = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    close(end);
    close(checkpoints[0]);
    end_everybody();
    return observed;
}

[[noreturn]] void serve(int socket) {
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    fix_address_layout();
    PageFrames frames;
    std::vector<char> message(kLongestMessage);
    for (ssize_t size = 0; (size = recv(socket, message.data(), message.size(), 0)) > 0;) {
        std::vector<std::string> words;
        for (const char* at = message.data(); at < message.data() + size; at += words.back().size() + 1)
            words.emplace_back(at);
        const Observed observed = observe_here(words, frames);
        std::vector<std::int64_t> answer{observed.ended_well ? 1 : 0};
        answer.insert(answer.end(), observed.counts.begin(), observed.counts.end());
        if (send(socket, answer.data(), answer.size() * sizeof answer[0], MSG_NOSIGNAL) < 0) break;
    }
    _exit(EXIT_SUCCESS);
}

}  // namespace

std::int64_t Observed::peak() const {
    return counts.empty() ? 0 : *std::ranges::max_element(counts);
}

Observer::Observer() {
    int sockets[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets) != 0)
        throw std::runtime_error(std::string("socketpair: ") + std::strerror(errno));
    process_ = fork();
    if (process_ == 0) {
        close(sockets[0]);
        serve(sockets[1]);
    }
    close(sockets[1]);
    socket_ = sockets[0];
}

Observer::~Observer() {
    close(socket_);
    waitpid(process_, nullptr, 0);
}

Observed Observer::observe(const std::vector<std::string>& command) const {
    std::string message;
    for (const std::string& word : command) message.append(word).push_back('\0');
    std::vector<std::int64_t> answer(kLongestMessage / sizeof(std::int64_t));
    const bool is_sent = send(socket_, message.data(), message.size(), MSG_NOSIGNAL) > 0;
    const ssize_t size = is_sent ? recv(socket_, answer.data(), kLongestMessage, 0) : -1;
    if (size <= 0) throw std::runtime_error("the observer of page frames has gone");
    answer.resize(static_cast<std::size_t>(size) / sizeof answer[0]);
    return {answer[0] == 1, {answer.begin() + 1, answer.end()}};
}

void fix_address_layout() {
    const int now = personality(0xffffffff);
    if (now == -1 || personality(static_cast<unsigned long>(now) | ADDR_NO_RANDOMIZE) == -1)
        throw std::runtime_error(std::string("personality: ") + std::strerror(errno));
}

}  // namespace tidemark::test
