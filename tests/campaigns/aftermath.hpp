#pragma once

#include <string>
#include <vector>

#include "kill_sweeps.hpp"
#include "support/workspace.hpp"

namespace tidemark::test {

/// The arguments of tidemark that make the sweep.
std::vector<std::string> command_of(const KillSweep& sweep);

/// Marks all processes that a command with these options starts as those of one trial.
void mark(StartOptions& options, unsigned trial);

/// Looks at what a trial has left in its folder, after it has given the same command again: it must end well,
/// with just the expected results in a database that is whole, and leave no process, no cgroup and no claim.
/// What is wrong, if anything.
std::vector<std::string> problems_after(const KillSweep& sweep, Workspace& folder,
                                        const StartOptions& options);

}  // namespace tidemark::test
