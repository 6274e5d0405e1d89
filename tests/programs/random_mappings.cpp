// What the processes of a random program do with memory. The table of mappings lies in the memory that it is
// about: a forked process has a copy of both, and one that shares its parent's memory shares both.
#include <algorithm>
#include <cstdio>

#include <fcntl.h>
#include <linux/futex.h>
#include <sched.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <climits>

#include "random_player.hpp"

namespace random_tree {
namespace {

constexpr std::size_t kHugePage = std::size_t{2} << 20;

struct Mapping {
    char* start = nullptr;  ///< none: the slot is free
    std::size_t bytes = 0;
    Kind kind{};
};

Mapping mappings[kSlots];

char* map_or_give_up(std::size_t bytes, int protection, int flags, int file, std::size_t offset) {
    void* memory = mmap(nullptr, bytes, protection, flags, file, static_cast<off_t>(offset));
    if (memory == MAP_FAILED) give_up("mmap");
    return static_cast<char*>(memory);
}

/// Where there is no such file, the step does nothing.
char* map_file(const char* path, int protection, int flags, const Step& step) {
    if (path[0] == '\0') return nullptr;
    const int file = open(
        path, ((flags & MAP_SHARED) != 0 && (protection & PROT_WRITE) != 0 ? O_RDWR : O_RDONLY) | O_CLOEXEC);
    if (file < 0) give_up(path);
    char* memory = map_or_give_up(step.pages * kPage, protection, flags, file, step.from * kPage);
    close(file);
    return memory;
}

/// Its pages lie in the page cache, and are nobody's else.
int written_file(std::size_t bytes, bool in_memory) {
    int file = -1;
    if (in_memory) {
        file = memfd_create("cache", 0);
    } else {
        char path[300];
        std::snprintf(path, sizeof path, "%s/random-%ld", control->folder, syscall(SYS_getpid));
        file = open(path, O_RDWR | O_CREAT | O_EXCL, 0600);
        if (file >= 0) unlink(path);
    }
    if (file < 0) give_up("a file of its own");
    static char block[64 * 1024];
    for (std::size_t at = 0; at < bytes;) {
        const ssize_t count = write(file, block, std::min(sizeof block, bytes - at));
        if (count <= 0) give_up("write");
        at += static_cast<std::size_t>(count);
    }
    return file;
}

char* attach(int object) {
    int& id = control->system_v[object];
    for (const bool is_new : {false, true}) {
        if (is_new) id = shmget(IPC_PRIVATE, kPagesOfAFile * kPage, IPC_CREAT | 0600);
        if (id < 0) continue;
        void* memory = shmat(id, nullptr, 0);
        if (memory == reinterpret_cast<void*>(-1)) continue;
        // gone with the last process that has it
        shmctl(id, IPC_RMID, nullptr);
        return static_cast<char*>(memory);
    }
    give_up("shmat");
}

char* map(const Step& step) {
    constexpr int kBoth = PROT_READ | PROT_WRITE;
    const std::size_t bytes = step.pages * kPage;
    switch (step.kind) {
        case Kind::Private:
            return map_or_give_up(bytes, kBoth, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        case Kind::Huge: {
            char* memory = map_or_give_up(bytes + kHugePage, kBoth, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
            while (reinterpret_cast<std::size_t>(memory) % kHugePage != 0) memory += kPage;
            madvise(memory, bytes, MADV_HUGEPAGE);
            return memory;
        }
        case Kind::Shared:
            return map_or_give_up(bytes, kBoth, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        case Kind::FileShared:
            return map_file(control->file, PROT_READ, MAP_SHARED, step);
        case Kind::FilePrivate:
            return map_file(control->file, kBoth, MAP_PRIVATE, step);
        case Kind::Segment:
            return map_or_give_up(bytes, kBoth, MAP_SHARED, kFirstObject + step.object, 0);
        case Kind::SystemV:
            return attach(step.object);
        case Kind::TmpfsFile:
            return map_file(control->tmpfs_file, kBoth, MAP_SHARED, step);
        case Kind::OwnFile: {
            const int file = written_file(bytes, false);
            char* memory = map_or_give_up(bytes, kBoth, MAP_SHARED, file, 0);
            close(file);
            return memory;
        }
    }
    give_up("a kind of memory");
}

void touch(const Mapping& mapping, std::size_t from, std::size_t pages, bool writes) {
    const std::size_t end = std::min(mapping.bytes, (from + pages) * kPage);
    for (std::size_t at = from * kPage; at < end; at += kPage) {
        volatile char* byte = mapping.start + at;
        if (writes)
            *byte = 1;
        else
            static_cast<void>(*byte);
    }
}

/// Three threads, on stacks that stay.
struct Toucher {
    std::atomic<int> id;  ///< the kernel clears it when the thread has ended
    const Mapping* mapping;
    std::size_t from;
    std::size_t pages;
};
constexpr int kThreads = 3;
constexpr std::size_t kStackBytes = 16 * 1024;
alignas(kPage) char stacks[kThreads][kStackBytes];
Toucher touchers[kThreads];

int touch_part(void* argument) {
    const auto* part = static_cast<const Toucher*>(argument);
    touch(*part->mapping, part->from, part->pages, true);
    return 0;
}

void touch_by_threads(const Mapping& mapping) {
    const std::size_t part = mapping.bytes / kPage / kThreads + 1;
    for (std::size_t i = 0; i < kThreads; ++i) {
        Toucher& toucher = touchers[i];
        toucher.mapping = &mapping;
        toucher.from = i * part;
        toucher.pages = part;
        toucher.id = 1;
        constexpr int kFlags = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD |
                               CLONE_SYSVSEM | CLONE_CHILD_CLEARTID;
        if (clone(touch_part, stacks[i] + kStackBytes, kFlags, &toucher, nullptr, nullptr, &toucher.id) < 0)
            give_up("thread");
    }
    for (Toucher& toucher : touchers) {
        while (toucher.id != 0) syscall(SYS_futex, &toucher.id, FUTEX_WAIT, 1, nullptr, nullptr, 0);
    }
}

void resize(Mapping& mapping, std::size_t bytes) {
    void* memory = mremap(mapping.start, mapping.bytes, bytes, MREMAP_MAYMOVE);
    if (memory == MAP_FAILED) give_up("mremap");
    mapping.start = static_cast<char*>(memory);
    mapping.bytes = bytes;
}

void move(Mapping& mapping) {
    char* place = map_or_give_up(mapping.bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (mremap(mapping.start, mapping.bytes, mapping.bytes, MREMAP_MAYMOVE | MREMAP_FIXED, place) ==
        MAP_FAILED)
        give_up("mremap");
    mapping.start = place;
}

void unmap(Mapping& mapping) {
    if (mapping.kind == Kind::SystemV)
        shmdt(mapping.start);
    else
        munmap(mapping.start, mapping.bytes);
    mapping = {};
}

void write_cache(const Step& step) {
    const int descriptor = kFirstCache + step.slot;
    if (fcntl(descriptor, F_GETFD) >= 0) return;
    const int file = written_file(step.pages * kPage, step.kind == Kind::Segment);
    if (dup2(file, descriptor) < 0) give_up("dup2");
    close(file);
}

void drop_cache(const Step& step) {
    const int descriptor = kFirstCache + step.slot;
    if (fcntl(descriptor, F_GETFD) < 0) return;
    if (ftruncate(descriptor, 0) != 0) give_up("ftruncate");
    close(descriptor);
}

void make(Mapping& mapping, const Step& step) {
    mapping = {map(step), step.pages * kPage, step.kind};
    if (mapping.start != nullptr && step.act == Act::Threads) touch_by_threads(mapping);
}

}  // namespace

void act_on_memory(const Step& step) {
    if (step.act == Act::WriteCache) return write_cache(step);
    if (step.act == Act::DropCache) return drop_cache(step);
    Mapping& mapping = mappings[step.slot];
    const bool makes_one = step.act == Act::Map || step.act == Act::Threads;
    if (makes_one == (mapping.start != nullptr)) return;
    switch (step.act) {
        case Act::Map:
        case Act::Threads:
            return make(mapping, step);
        case Act::Write:
            if (mapping.kind != Kind::FileShared) touch(mapping, step.from, step.pages, true);
            return;
        case Act::Read:
            return touch(mapping, step.from, step.pages, false);
        case Act::DontNeed: {
            const std::size_t from = std::min(mapping.bytes, step.from * kPage);
            madvise(mapping.start + from, std::min(mapping.bytes - from, step.pages * kPage), MADV_DONTNEED);
            return;
        }
        case Act::Resize: {
            const bool grows = step.pages * kPage > mapping.bytes;
            if (mapping.kind == Kind::Private ||
                (!grows && mapping.kind != Kind::Huge && mapping.kind != Kind::SystemV))
                resize(mapping, step.pages * kPage);
            return;
        }
        case Act::Move:
            if (mapping.kind != Kind::Huge && mapping.kind != Kind::SystemV) move(mapping);
            return;
        case Act::Unmap:
            return unmap(mapping);
        default:
            give_up("an act that nobody knows");
    }
}

}  // namespace random_tree
