#pragma once

#include <vector>

#include "warden/cgroup_place.hpp"

namespace tidemark::run {

/// What a warden that was killed could not remove. Its processes must be gone.
void remove_cgroups_of(pid_t warden, const std::vector<warden::CgroupParent>& parents);

/// What runners that were killed together with their wardens have left, with the processes in it. Where the
/// name does not tell that its maker is gone, not what is new: the maker may count processes in another
/// namespace than ours and be about to use it; and not what holds a process.
void remove_stale_cgroups(const std::vector<warden::CgroupParent>& parents);

}  // namespace tidemark::run
