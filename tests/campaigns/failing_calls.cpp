// Preloaded into tidemark (and into nothing that it starts): the n-th call of one function of the C library
// fails. Which, how often it may go well before, and with what errno stands in TIDEMARK_FAIL, as `write 12
// 28`.
#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

namespace {

struct Plan {
    char function[32] = "";
    int calls_before = 0;
    int error = 0;
    const char* witness = nullptr;  ///< a file that is made when the call has failed
    Plan() {
        const char* text = std::getenv("TIDEMARK_FAIL");
        if (text != nullptr && std::sscanf(text, "%31s %d %d", function, &calls_before, &error) != 3)
            function[0] = 0;
        witness = std::getenv("TIDEMARK_FAIL_WITNESS");
        unsetenv("LD_PRELOAD");
        unsetenv("TIDEMARK_FAIL");
    }
};

const Plan& plan() {
    static const Plan the_plan;
    return the_plan;
}

__attribute__((constructor)) void read_plan() {
    plan();
}

std::atomic<int> calls{0};

template <typename Function>
Function real(const char* name) {
    return reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));
}

bool fails(const char* function) {
    if (std::strcmp(plan().function, function) != 0 || calls++ != plan().calls_before) return false;
    if (plan().witness != nullptr) {
        const int file = real<int (*)(const char*, int, ...)>("open")(plan().witness,
                                                                      O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
        if (file >= 0) close(file);
    }
    errno = plan().error;
    return true;
}

mode_t mode_of(int flags, va_list arguments) {
    return (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(arguments, mode_t) : 0;
}

}  // namespace

extern "C" {

ssize_t write(int file, const void* data, size_t size) {
    return fails("write") ? -1 : real<decltype(&write)>("write")(file, data, size);
}
ssize_t pwrite64(int file, const void* data, size_t size, off64_t offset) {
    return fails("pwrite") ? -1 : real<decltype(&pwrite64)>("pwrite64")(file, data, size, offset);
}
ssize_t pwrite(int file, const void* data, size_t size, off_t offset) {
    return fails("pwrite") ? -1 : real<decltype(&pwrite)>("pwrite")(file, data, size, offset);
}
int fsync(int file) {
    return fails("fsync") ? -1 : real<decltype(&fsync)>("fsync")(file);
}
int fdatasync(int file) {
    return fails("fsync") ? -1 : real<decltype(&fdatasync)>("fdatasync")(file);
}
int rename(const char* from, const char* to) noexcept {
    return fails("rename") ? -1 : real<decltype(&rename)>("rename")(from, to);
}
int mkdir(const char* path, mode_t mode) noexcept {
    return fails("mkdir") ? -1 : real<decltype(&mkdir)>("mkdir")(path, mode);
}
dirent* readdir(DIR* folder) {
    return fails("readdir") ? nullptr : real<decltype(&readdir)>("readdir")(folder);
}
dirent64* readdir64(DIR* folder) {
    return fails("readdir") ? nullptr : real<decltype(&readdir64)>("readdir64")(folder);
}
int poll(pollfd* files, nfds_t count, int patience) {
    return fails("poll") ? -1 : real<decltype(&poll)>("poll")(files, count, patience);
}
int open(const char* path, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    const mode_t mode = mode_of(flags, arguments);
    va_end(arguments);
    return fails("open") ? -1 : real<int (*)(const char*, int, ...)>("open")(path, flags, mode);
}
int open64(const char* path, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    const mode_t mode = mode_of(flags, arguments);
    va_end(arguments);
    return fails("open") ? -1 : real<int (*)(const char*, int, ...)>("open64")(path, flags, mode);
}
}
