#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

#include "warden/cgroup_place.hpp"

namespace tidemark::warden {

/// How a peak is to be measured.
enum class MemoryMethod {
    Automatic,  ///< the best that can be had: a cgroup, else exit stops, else samples
    Cgroup,
    ExitStop,  ///< by ptrace
    Sampled,
    Wait4,  ///< nothing but what the kernel tells of each process that was waited for
};

/// What the runner tells the warden on its command line. What is put into the program's environment comes
/// through stdin instead, because everybody on the machine can read a command line.
struct Options {
    bool probe = false;            ///< only say whether a memory limit can be enforced
    std::string directory;         ///< the run directory
    pid_t runner = 0;              ///< whose death ends the run
    std::optional<double> wall_s;  ///< wall time limit
    double grace_s = 2;            ///< between SIGTERM and SIGKILL
    std::optional<double> cpu_time_s;
    std::optional<std::int64_t> memory_bytes;
    std::optional<std::int64_t> swap_bytes;
    std::optional<std::int64_t> pids;
    bool best_effort = false;  ///< run without a limit that cannot be enforced, rather than not at all
    MemoryMethod method = MemoryMethod::Automatic;
    std::vector<CgroupParent> cgroups;  ///< where a cgroup for the run is tried, in this order; none: nowhere
    std::vector<CgroupParent> pids_cgroups;  ///< where one that counts processes is tried, of version 1
    std::vector<CgroupParent> cpu_cgroups;   ///< where one that counts CPU time is tried
    std::vector<int> cpus;
    std::int64_t open_files = 0;  ///< the program's soft limit of open files; 0: the warden's own
    bool clean_environment =
        false;  ///< the program gets what comes through stdin, and nothing of the warden's
    std::string working_directory;
    std::string stdin_file = "/dev/null";
    std::string phase_socket;    ///< the name that TIDEMARK_PHASE has; empty: none
    std::vector<char*> command;  ///< ends with a null pointer, as execvp wants it
};

/// Nothing where the command line is wrong; `problem` says how. Only the runner calls the warden, so this is
/// for its developers.
std::optional<Options> parse_options(int argc, char** argv, std::string& problem);

}  // namespace tidemark::warden
