#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "warden/memory_cgroup.hpp"
#include "warden/options.hpp"
#include "warden/supervision.hpp"

namespace {

/// Says on stdout whether a memory limit can be enforced here, or else why not.
int probe() {
    constexpr std::int64_t kAnyLimit = std::int64_t{1} << 40;
    tidemark::warden::MemoryCgroup cgroup;
    if (!cgroup.create(tidemark::warden::memory_cgroup_parents({}), kAnyLimit)) {
        std::printf("%s\n", cgroup.problem().c_str());
        return EXIT_FAILURE;
    }
    std::printf("cgroup v%d\n", cgroup.version());
    return EXIT_SUCCESS;
}

}  // namespace

int main(int argc, char** argv) {
    std::string problem;
    const auto options = tidemark::warden::parse_options(argc, argv, problem);
    if (!options) {
        std::fprintf(stderr, "tidemark-warden: %s\n", problem.c_str());
        return EXIT_FAILURE;
    }
    return options->probe ? probe() : tidemark::warden::supervise(*options);
}
