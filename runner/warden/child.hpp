#pragma once

#include <string>

#include <sys/types.h>

#include "warden/options.hpp"

namespace tidemark::warden {

struct StartedChild {
    pid_t pid = -1;
    int error = 0;     ///< errno of the step that failed; 0: the program runs
    std::string step;  ///< "execvp", "chdir", …
};

/// Forks and executes the command in its own session and process group, with stdout and stderr in the run
/// directory, default signal dispositions and an empty signal mask, inside the cgroup whose `cgroup.procs` is
/// given (empty: none). It dies with the warden (PR_SET_PDEATHSIG). Returns when exec has succeeded or
/// failed; a child that failed is reaped already.
StartedChild start_child(const Options& options, const std::string& cgroup_procs);

}  // namespace tidemark::warden
