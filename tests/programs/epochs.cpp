// A program that goes through epochs, and lets its memory be sampled in each.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <string>

#include <fcntl.h>
#include <sys/wait.h>

#include "verbs.hpp"

namespace known {
namespace {

constexpr long kLook = 10;  // ms between two looks at what the warden has written

double monotonic_seconds() {
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

/// Beside the events: the samples that the warden takes of this run.
std::string samples_file() {
    const char* events = std::getenv("TIDEMARK_EVENTS");
    if (events == nullptr) fail("TIDEMARK_EVENTS");
    std::string path = events;
    return path.erase(path.rfind('/')) + "/samples.jsonl";
}

/// How many samples of at least so many processes there are.
long samples_of(const std::string& file, long processes) {
    FILE* samples = std::fopen(file.c_str(), "re");
    if (samples == nullptr) return 0;
    long count = 0;
    char line[512];
    while (std::fgets(line, sizeof line, samples) != nullptr) {
        const char* at = std::strstr(line, "\"processes\":");
        if (at != nullptr && std::atol(at + std::strlen("\"processes\":")) >= processes) ++count;
    }
    std::fclose(samples);
    return count;
}

/// The first that comes may have been begun before; the second has not.
void wait_for_a_sample(const std::string& file, long processes) {
    const long before = samples_of(file, processes);
    while (samples_of(file, processes) < before + 2) sleep_ms(kLook);
}

void tell_epoch(long epoch) {
    const int events = open(std::getenv("TIDEMARK_EVENTS"), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
    if (events < 0) fail("events");
    char line[128];
    const int length = std::snprintf(
        line, sizeof line, "{\"event\":\"metric\",\"name\":\"loss\",\"value\":1,\"epoch\":%ld,\"t\":%.6f}\n",
        epoch, monotonic_seconds());
    if (write(events, line, static_cast<std::size_t>(length)) != length) fail("write");
    close(events);
}

}  // namespace

int epochs(const Words& words) {
    const std::string samples = samples_file();
    const long count = words.number(0);
    const long workers = words.number_or(2, 0);
    Barrier barrier(static_cast<int>(workers) + 1);
    for (long i = 0; i < workers; ++i) {
        const pid_t pid = fork();
        if (pid < 0) fail("fork");
        if (pid != 0) continue;
        touched(mebibytes(words.number(3)));
        barrier.arrive_and_wait();
        barrier.arrive_and_wait();  // when the parent has gone through its epochs
        _exit(EXIT_SUCCESS);
    }
    barrier.arrive_and_wait();
    for (long epoch = 1; epoch <= count; ++epoch) {
        if (words.number(1) > 0) touched(mebibytes(words.number(1)));
        wait_for_a_sample(samples, workers + 1);
        tell_epoch(epoch);
    }
    barrier.arrive_and_wait();
    while (wait(nullptr) > 0) {
    }
    return EXIT_SUCCESS;
}

}  // namespace known
