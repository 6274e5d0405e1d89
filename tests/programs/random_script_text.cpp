#include <cstdio>

#include "random_script.hpp"

namespace random_tree {
namespace {

constexpr const char* kActNames[kActs] = {"fork",
                                          "fork, untraced",
                                          "vfork",
                                          "clone with CLONE_VM",
                                          "exec",
                                          "exec by a thread",
                                          "map",
                                          "write",
                                          "read",
                                          "madvise(DONTNEED)",
                                          "mremap to another size",
                                          "mremap to another place",
                                          "munmap",
                                          "map by three threads",
                                          "write a file",
                                          "truncate and close it",
                                          "exit",
                                          "kill",
                                          "SIGCHLD by default",
                                          "SIGCHLD ignored",
                                          "SA_NOCLDWAIT",
                                          "wait for all that have ended",
                                          "first thread ends"};
constexpr const char* kKindNames[kKinds] = {"private",      "huge",          "shared",
                                            "file, shared", "file, private", "memfd",
                                            "System V",     "tmpfs file",    "own file"};

}  // namespace

void print_script(const Script& script) {
    for (int i = 0; i < script.count; ++i) {
        const Step& step = script.steps[i];
        if (step.left_out) continue;
        std::printf("%3d  P%-2d %s", i, step.player, kActNames[static_cast<int>(step.act)]);
        const bool has_other = step.act <= Act::CloneVm || step.act == Act::Kill;
        if (has_other) std::printf(" P%d", step.other);
        const bool has_slot = (step.act >= Act::Map && step.act <= Act::DropCache);
        if (has_slot) std::printf(" [%d]", step.slot);
        if (step.act == Act::Map || step.act == Act::WriteCache || step.act == Act::Threads) {
            std::printf(" %s", kKindNames[static_cast<int>(step.kind)]);
            if (step.kind == Kind::Segment || step.kind == Kind::SystemV) std::printf(" %d", step.object);
        }
        if (step.pages != 0) std::printf(" %u pages (%.1f MiB)", step.pages, step.pages / 256.0);
        if (step.from != 0) std::printf(" from %u", step.from);
        if (step.delay_ms != 0) std::printf(", then %d ms", step.delay_ms);
        std::printf("\n");
    }
}

}  // namespace random_tree
