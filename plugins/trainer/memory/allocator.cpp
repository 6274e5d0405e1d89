#include "trainer/memory/allocator.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <stdexcept>

#include <dlfcn.h>
#include <malloc.h>
#include <unistd.h>

#include <fmt/format.h>

namespace tidemark::trainer {
namespace {

constexpr const char* kPreload = "LD_PRELOAD";
constexpr const char* kStartedAnew = "TIDEMARK_TRAIN_STARTED_ANEW";  // so that it happens once

/// glibc asks the system for a block of this size and more, and gives it back when it is freed; where a
/// program does not set it, it begins at 128 KiB and grows to the size of whatever was freed, up to 32 MiB:
/// mallopt(3).
constexpr const char* kThreshold = "MALLOC_MMAP_THRESHOLD_";
constexpr const char* kFirstThreshold = "131072";

const Allocator& find(const std::string& name) {
    const auto found = std::ranges::find(allocators(), name, &Allocator::name);
    if (found == allocators().end()) throw std::invalid_argument("unknown allocator " + name);
    return *found;
}

template <typename Function>
Function* loaded(const char* symbol) {
    return reinterpret_cast<Function*>(dlsym(RTLD_DEFAULT, symbol));
}

void start_anew(const Allocator& wanted, char** argv) {
    setenv(kStartedAnew, "1", 1);
    unsetenv(kPreload);
    for (const auto& [variable, value] : wanted.environment()) setenv(variable.c_str(), value.c_str(), 1);
    execv("/proc/self/exe", argv);
    throw std::runtime_error(
        fmt::format("cannot start anew with the allocator {}: {}", wanted.name, std::strerror(errno)));
}

bool has_setting(const Allocator& allocator) {
    return std::ranges::all_of(allocator.setting, [](const auto& variable) {
        const char* value = std::getenv(variable.first.c_str());
        return value != nullptr && variable.second == value;
    });
}

}  // namespace

std::map<std::string, std::string> Allocator::environment() const {
    std::map<std::string, std::string> variables = setting;
    if (!library.empty()) variables[kPreload] = library;
    return variables;
}

const std::vector<Allocator>& allocators() {
    static const std::vector<Allocator> all{
        {"glibc", "", "libc6", ""},
        {"glibc_mmap", "", "libc6", "", {{kThreshold, kFirstThreshold}}},
        {"tcmalloc", "libtcmalloc_minimal.so.4", "libtcmalloc-minimal4", "tc_malloc"},
        {"jemalloc", "libjemalloc.so.2", "libjemalloc2", "mallctl"},
        {"mimalloc", "libmimalloc.so.2", "libmimalloc2.0", "mi_malloc"}};
    return all;
}

std::string allocator_in_use() {
    for (const Allocator& one : allocators()) {
        if (!one.symbol.empty() && dlsym(RTLD_DEFAULT, one.symbol.c_str()) != nullptr) return one.name;
    }
    for (const Allocator& one : allocators()) {
        if (!one.setting.empty() && has_setting(one)) return one.name;
    }
    return "glibc";
}

void use_allocator(const std::string& name, char** argv) {
    const Allocator& wanted = find(name);
    const std::string name_in_use = allocator_in_use();
    const Allocator& in_use = find(name_in_use);
    // a setting that somebody made of the C library's own is theirs to make
    if (in_use.name == name || (wanted.environment().empty() && in_use.library.empty())) return;
    const char* preloaded = std::getenv(kPreload);
    const bool asked_for = preloaded != nullptr && !wanted.library.empty() &&
                           std::strstr(preloaded, wanted.library.c_str()) != nullptr;
    if (!asked_for && std::getenv(kStartedAnew) == nullptr) start_anew(wanted, argv);
    throw std::runtime_error(fmt::format(
        "allocator {}: {} cannot be loaded; on Debian it is in the package {}: sudo apt-get install {}", name,
        wanted.library, wanted.package, wanted.package));
}

void release_freed_memory() {
    const std::string name = allocator_in_use();
    if (name == "tcmalloc") {
        if (auto* release = loaded<void()>("MallocExtension_ReleaseFreeMemory")) release();
    } else if (name == "jemalloc") {
        // 4096 is MALLCTL_ARENAS_ALL of jemalloc(3)
        if (auto* control = loaded<int(const char*, void*, size_t*, void*, size_t)>("mallctl"))
            control("arena.4096.purge", nullptr, nullptr, nullptr, 0);
    } else if (name == "mimalloc") {
        if (auto* collect = loaded<void(bool)>("mi_collect")) collect(/*force=*/true);
    } else {
        malloc_trim(0);
    }
}

}  // namespace tidemark::trainer
