#pragma once

#include <cstddef>
#include <filesystem>

namespace tidemark::run {

/// Ends what still lives of a run whose runner and warden are gone, and returns how many processes that were.
/// They are known by their environment, which names a request in the run's directory or below it, and by a
/// session that one of them leads or that has lost its leader. What can be known by neither lives on, unless
/// it is in a cgroup of the run's (cgroup_leftovers.hpp); so do processes of other users, where this one is
/// not root.
std::size_t end_processes_of(const std::filesystem::path& run_directory);

}  // namespace tidemark::run
