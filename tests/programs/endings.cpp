#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "protocol/phase_announcement.hpp"
#include "verbs.hpp"

namespace known {

int exit_with(const Words& words) {
    return static_cast<int>(words.number(0));
}

int kill_self(const Words& words) {
    if (const long mebibytes = words.number_or(1, 0); mebibytes > 0)
        touched(static_cast<std::size_t>(mebibytes) * kMebibyte);
    const int number = static_cast<int>(words.number(0));
    std::signal(number, SIG_DFL);
    kill(getpid(), number);
    sleep_ms(10'000);
    return EXIT_FAILURE;
}

int worker_oom(const Words& words) {
    const pid_t worker = fork();
    if (worker == 0) {
        touched(static_cast<std::size_t>(words.number(0)) * kMebibyte);
        _exit(EXIT_SUCCESS);
    }
    waitpid(worker, nullptr, 0);
    return EXIT_SUCCESS;
}

int flood(const Words& words) {
    static char block[kMebibyte];
    std::memset(block, 'x', sizeof block);
    for (std::size_t at = 79; at < sizeof block; at += 80) block[at] = '\n';
    for (long i = 0; i < words.number(0); ++i) std::fwrite(block, 1, sizeof block, stdout);
    return EXIT_SUCCESS;
}

int one_line(const Words& words) {
    static char block[kMebibyte];
    std::memset(block, 'y', sizeof block);
    for (long i = 0; i < words.number(0); ++i) std::fwrite(block, 1, sizeof block, stdout);
    return EXIT_SUCCESS;
}

int events(const Words& words) {
    FILE* out = std::fopen(std::getenv("TIDEMARK_EVENTS"), "a");
    if (out == nullptr) fail("TIDEMARK_EVENTS");
    for (long i = 0; i < words.number(0); ++i)
        std::fprintf(out, "{\"event\":\"metric\",\"name\":\"count\",\"value\":%ld}\n", i + 1);
    std::fclose(out);
    return EXIT_SUCCESS;
}

const char* Words::text(int at) const {
    if (at >= count_) fail("a word is missing");
    return words_[at];
}

long Words::number(int at) const {
    return std::atol(text(at));
}

long Words::number_or(int at, long otherwise) const {
    return at < count_ ? number(at) : otherwise;
}

void sleep_ms(long milliseconds) {
    timespec left{milliseconds / 1000, milliseconds % 1000 * 1'000'000};
    while (nanosleep(&left, &left) != 0) {
    }
}

void fail(const char* what) {
    std::perror(what);
    std::exit(EXIT_FAILURE);
}

/// The line of the contract, behind the announcement to the warden.
void announce(const char* name, std::size_t length) {
    tidemark::protocol::announce_phase(std::string(name, length));
    const char* path = std::getenv("TIDEMARK_EVENTS");
    const int file = path == nullptr ? -1 : open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
    if (file < 0) return;
    char line[128];
    const int size = std::snprintf(line, sizeof line, "{\"event\":\"phase\",\"name\":\"%.*s\"}\n",
                                   static_cast<int>(length), name);
    [[maybe_unused]] const ssize_t count = write(file, line, static_cast<std::size_t>(size));
    close(file);
}

int phases(const Words& words) {
    for (int i = 0; i < words.count(); ++i) {
        const char* word = words.text(i);
        const char* equals = std::strchr(word, '=');
        if (equals == nullptr) fail("NAME=MIB");
        announce(word, static_cast<std::size_t>(equals - word));
        const std::size_t bytes = static_cast<std::size_t>(std::atol(equals + 1)) * kMebibyte;
        char* memory = touched(bytes);
        release(memory, bytes);
    }
    return EXIT_SUCCESS;
}

int phases_of_workers(const Words& words) {
    for (int i = 0; i < words.count(); ++i) {
        const char* word = words.text(i);
        const char* equals = std::strchr(word, '=');
        if (equals == nullptr) fail("NAME=MIB");
        announce(word, static_cast<std::size_t>(equals - word));
        constexpr int kWorkers = 2;
        const std::size_t bytes = static_cast<std::size_t>(std::atol(equals + 1)) * kMebibyte / kWorkers;
        Barrier barrier(kWorkers);
        for (int worker = 0; worker < kWorkers; ++worker) {
            if (fork() != 0) continue;
            touched(bytes);
            barrier.arrive_and_wait();
            sleep_ms(20);
            barrier.arrive_and_wait();
            _exit(EXIT_SUCCESS);
        }
        while (wait(nullptr) > 0) {
        }
    }
    return EXIT_SUCCESS;
}

}  // namespace known
