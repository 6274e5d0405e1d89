#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <sys/prctl.h>

#include "verbs.hpp"

namespace {

struct Verb {
    const char* name;
    int (*run)(const known::Words&);
};

constexpr Verb kVerbs[] = {{"allocate", known::allocate},
                           {"together", known::together},
                           {"in-turn", known::in_turn},
                           {"readers", known::readers},
                           {"writers", known::writers},
                           {"spike", known::spike},
                           {"shared", known::shared},
                           {"tmpfs-file", known::tmpfs_file},
                           {"read-file", known::read_file},
                           {"map-file", known::map_file},
                           {"threads", known::threads},
                           {"huge", known::huge},
                           {"untouched", known::untouched},
                           {"daemonise", known::daemonise},
                           {"stubborn", known::stubborn},
                           {"stopped", known::stopped},
                           {"zombies", known::zombies},
                           {"fork-bomb", known::fork_bomb},
                           {"ignored-children", known::ignored_children},
                           {"traced-child", known::traced_child},
                           {"forks", known::forks},
                           {"short-threads", known::short_threads},
                           {"describe", known::describe},
                           {"epochs", known::epochs},
                           {"exit", known::exit_with},
                           {"kill", known::kill_self},
                           {"worker-oom", known::worker_oom},
                           {"flood", known::flood},
                           {"one-line", known::one_line},
                           {"events", known::events},
                           {"phases", known::phases},
                           {"phases-of-workers", known::phases_of_workers},
                           {"map-file-parts", known::map_file_parts},
                           {"map-private-parts", known::map_private_parts},
                           {"with-library", known::with_library},
                           {"no-child-wait", known::no_child_wait},
                           {"cache-beside", known::cache_beside},
                           {"vfork-sleep", known::vfork_sleep},
                           {"clone-vm", known::clone_vm},
                           {"hand-on", known::hand_on},
                           {"exec-small", known::exec_small},
                           {"exec-killed", known::exec_killed},
                           {"untraced", known::untraced},
                           {"leave", known::leave},
                           {"tmpfs-file-child", known::tmpfs_file_child},
                           {"hugetlb", known::hugetlb},
                           {"exec-between", known::exec_between},
                           {"phases-ignoring", known::phases_ignoring},
                           {"phases-undumpable", known::phases_undumpable}};

}  // namespace

int main(int argc, char** argv) {
    // where they are taken always, a stack or a heap takes 2 MiB for its first byte; only `huge` asks for
    // them
    if (argc > 1 && std::strcmp(argv[1], "huge") != 0) prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
    for (const Verb& verb : kVerbs) {
        if (argc > 1 && std::strcmp(verb.name, argv[1]) == 0)
            return verb.run(known::Words(argc - 2, argv + 2));
    }
    std::fprintf(stderr, "known-program VERB…\n");
    return EXIT_FAILURE;
}
