#include <cstdio>
#include <cstdlib>
#include <ctime>

#include <fcntl.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "checkpoint.hpp"
#include "verbs.hpp"

namespace known {
namespace {

constexpr std::size_t kPage = 4096;
constexpr long kLongEnough = 100;      // ms that a peak is held where a method needs time to see it
constexpr long kSeveralSamples = 500;  // ms that it is held where a sample has to be taken of it

/// Runs `work` in N forked processes and waits for all.
template <typename Work>
int in_processes(long count, Work work) {
    for (long i = 0; i < count; ++i) {
        const pid_t pid = fork();
        if (pid < 0) fail("fork");
        if (pid == 0) {
            work();
            _exit(EXIT_SUCCESS);
        }
    }
    while (wait(nullptr) > 0) {
    }
    return EXIT_SUCCESS;
}

}  // namespace

char* touched(std::size_t bytes) {
    void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) fail("mmap");
    char* start = static_cast<char*>(memory);
    write_all(start, bytes);
    return start;
}

void read_all(const char* memory, std::size_t bytes) {
    volatile char sink = 0;
    for (std::size_t at = 0; at < bytes; at += kPage) sink = memory[at];
    static_cast<void>(sink);
}

void write_all(char* memory, std::size_t bytes) {
    for (std::size_t at = 0; at < bytes; at += kPage) static_cast<volatile char*>(memory)[at] = 1;
}

void release(char* memory, std::size_t bytes) {
    munmap(memory, bytes);
}

int allocate(const Words& words) {
    touched(mebibytes(words.number(0)));
    checkpoint();
    sleep_ms(words.number_or(1, 0));
    return EXIT_SUCCESS;
}

int together(const Words& words) {
    const long count = words.number(0);
    Barrier barrier(static_cast<int>(count));
    return in_processes(count, [&] {
        touched(mebibytes(words.number(1)));
        barrier.arrive_and_wait();
        checkpoint();
        sleep_ms(kLongEnough);
        barrier.arrive_and_wait();
    });
}

int in_turn(const Words& words) {
    for (long i = 0; i < words.number(0); ++i)
        in_processes(1, [&] {
            touched(mebibytes(words.number(1)));
            checkpoint();
        });
    return EXIT_SUCCESS;
}

int readers(const Words& words) {
    const std::size_t bytes = mebibytes(words.number(0));
    const char* memory = touched(bytes);
    Barrier barrier(static_cast<int>(words.number(1)));
    return in_processes(words.number(1), [&] {
        read_all(memory, bytes);
        barrier.arrive_and_wait();
        checkpoint();
        sleep_ms(kLongEnough);
        barrier.arrive_and_wait();
    });
}

int writers(const Words& words) {
    const std::size_t bytes = mebibytes(words.number(0));
    char* memory = touched(bytes);
    Barrier barrier(static_cast<int>(words.number(1)));
    return in_processes(words.number(1), [&] {
        write_all(memory, bytes);
        barrier.arrive_and_wait();
        checkpoint();
        sleep_ms(kLongEnough);
        barrier.arrive_and_wait();
    });
}

int spike(const Words& words) {
    const std::size_t bytes = mebibytes(words.number(0));
    char* memory = touched(bytes);
    checkpoint();
    sleep_ms(words.number(1));
    release(memory, bytes);
    sleep_ms(words.number(1));
    return EXIT_SUCCESS;
}

int shared(const Words& words) {
    const std::size_t bytes = mebibytes(words.number(0));
    void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) fail("mmap");
    Barrier barrier(static_cast<int>(words.number(1)));
    return in_processes(words.number(1), [&] {
        write_all(static_cast<char*>(memory), bytes);
        barrier.arrive_and_wait();
        checkpoint();
        sleep_ms(2 * kLongEnough);  // the first look may still find it growing, and leaves its pages alone
        barrier.arrive_and_wait();
    });
}

int tmpfs_file(const Words& words) {
    const int file = open(words.text(0), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (file < 0) fail(words.text(0));
    static char block[kMebibyte];
    for (long i = 0; i < words.number(1); ++i) {
        if (write(file, block, sizeof block) != static_cast<ssize_t>(sizeof block)) fail("write");
    }
    sleep_ms(kLongEnough);
    unlink(words.text(0));
    return EXIT_SUCCESS;
}

int read_file(const Words& words) {
    const int file = open(words.text(0), O_RDONLY | O_CLOEXEC);
    if (file < 0) fail(words.text(0));
    static char block[kMebibyte];
    while (read(file, block, sizeof block) > 0) {
    }
    sleep_ms(kSeveralSamples);
    return EXIT_SUCCESS;
}

int map_file(const Words& words) {
    const int file = open(words.text(0), O_RDONLY | O_CLOEXEC);
    struct stat status {};
    if (file < 0 || fstat(file, &status) != 0) fail(words.text(0));
    const auto bytes = static_cast<std::size_t>(status.st_size);
    void* memory = mmap(nullptr, bytes, PROT_READ, MAP_SHARED, file, 0);
    if (memory == MAP_FAILED) fail("mmap");
    read_all(static_cast<const char*>(memory), bytes);
    checkpoint();
    sleep_ms(kSeveralSamples);
    return EXIT_SUCCESS;
}

int threads(const Words& words) {
    const long count = words.number(0);
    static std::size_t bytes;
    bytes = mebibytes(words.number(1));
    static pthread_barrier_t all;
    pthread_barrier_init(&all, nullptr, static_cast<unsigned>(count));
    auto* handles = static_cast<pthread_t*>(std::calloc(static_cast<std::size_t>(count), sizeof(pthread_t)));
    for (long i = 0; i < count; ++i) {
        const auto work = [](void*) -> void* {
            touched(bytes);
            pthread_barrier_wait(&all);
            return nullptr;
        };
        if (pthread_create(&handles[i], nullptr, work, nullptr) != 0) fail("pthread_create");
    }
    for (long i = 0; i < count; ++i) pthread_join(handles[i], nullptr);
    return EXIT_SUCCESS;
}

int huge(const Words& words) {
    const std::size_t bytes = mebibytes(words.number(0));
    constexpr std::size_t kHugePage = 2 * kMebibyte;
    void* memory =
        mmap(nullptr, bytes + kHugePage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) fail("mmap");
    char* aligned = static_cast<char*>(memory);
    while (reinterpret_cast<std::size_t>(aligned) % kHugePage != 0) aligned += kPage;
    madvise(aligned, bytes, MADV_HUGEPAGE);
    write_all(aligned, bytes);
    return EXIT_SUCCESS;
}

int untouched(const Words& words) {
    void* memory =
        mmap(nullptr, mebibytes(words.number(0)), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) fail("mmap");
    return EXIT_SUCCESS;
}

struct Barrier::Shared {
    pthread_barrier_t barrier;
};

Barrier::Barrier(int processes) {
    void* memory = mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) fail("mmap");
    shared_ = static_cast<Shared*>(memory);
    pthread_barrierattr_t attributes;
    pthread_barrierattr_init(&attributes);
    pthread_barrierattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
    pthread_barrier_init(&shared_->barrier, &attributes, static_cast<unsigned>(processes));
}

void Barrier::arrive_and_wait() {
    pthread_barrier_wait(&shared_->barrier);
}

}  // namespace known
