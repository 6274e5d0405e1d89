#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <sys/types.h>

#include "warden/options.hpp"

namespace tidemark::warden {

struct CgroupToJoin {
    std::string entry;      ///< see entry_of_cgroup()
    bool is_needed = true;  ///< the program is not started outside of it
};

struct StartedChild {
    pid_t pid = -1;
    int error = 0;             ///< errno of the step that failed; 0: the program runs
    std::string step;          ///< "execvp", "chdir", …
    int refused_tracing = 0;   ///< errno, where tracing was asked for and the kernel refused it
    bool kept_rights = false;  ///< not traced, though asked for: the program would lose rights by it
};

/// Forks and executes the command in its own session and process group, with stdout and stderr in the run
/// directory, default signal dispositions and an empty signal mask, inside the cgroups that are given. With
/// `traced` it stops when the program has been executed (see ExitStops::follow), unless the program gives
/// rights that a traced one does not get. It dies with the warden (PR_SET_PDEATHSIG). Returns when exec has
/// succeeded or failed; a child that failed is reaped already.
StartedChild start_child(const Options& options, const std::vector<CgroupToJoin>& cgroups, bool traced);

/// The ru_maxrss that a child starts with, in bytes: what the kernel takes for the high-water mark of this
/// process. Its own ru_maxrss may be that of who started it.
std::int64_t mark_left_to_children();

}  // namespace tidemark::warden
