#include <cstdio>
#include <cstdlib>
#include <cstring>

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
                           {"describe", known::describe},
                           {"exit", known::exit_with},
                           {"kill", known::kill_self},
                           {"worker-oom", known::worker_oom},
                           {"flood", known::flood},
                           {"one-line", known::one_line},
                           {"events", known::events},
                           {"phases", known::phases},
                           {"phases-of-workers", known::phases_of_workers}};

}  // namespace

int main(int argc, char** argv) {
    for (const Verb& verb : kVerbs) {
        if (argc > 1 && std::strcmp(verb.name, argv[1]) == 0)
            return verb.run(known::Words(argc - 2, argv + 2));
    }
    std::fprintf(stderr, "known-program VERB…\n");
    return EXIT_FAILURE;
}
