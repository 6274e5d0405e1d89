#pragma once

#include <string>
#include <vector>

#include <sys/types.h>

#include "warden/options.hpp"

namespace tidemark::warden {

struct StartedChild {
    pid_t pid = -1;
    int error = 0;            ///< errno of the step that failed; 0: the program runs
    std::string step;         ///< "execvp", "chdir", …
    int refused_tracing = 0;  ///< errno, where tracing was asked for and the kernel refused it
};

/// Forks and executes the command in its own session and process group, with stdout and stderr in the run
/// directory, default signal dispositions and an empty signal mask, inside the cgroups whose `cgroup.procs`
/// are given. With `traced` it stops when the program has been executed (see ExitStops::follow). It dies with
/// the warden (PR_SET_PDEATHSIG). Returns when exec has succeeded or failed; a child that failed is reaped
/// already.
StartedChild start_child(const Options& options, const std::vector<std::string>& cgroup_procs, bool traced);

}  // namespace tidemark::warden
