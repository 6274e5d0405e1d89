#pragma once

#include <sys/types.h>

#include "warden/cgroup_place.hpp"

namespace tidemark::warden {

/// A process in a frozen cgroup of version 1 acts on no signal, not even on SIGKILL, until it is thawed
/// (https://docs.kernel.org/admin-guide/cgroup-v1/freezer-subsystem.html). A frozen one of version 2 can be
/// killed (`cgroup.freeze` of https://docs.kernel.org/admin-guide/cgroup-v2.html).
bool is_frozen(pid_t pid);

/// Lets a frozen process go on, by moving it into this process's own freezer cgroup, so that all others in
/// its cgroup stay as they are; where that is not allowed, by thawing its cgroup. Does nothing to one that is
/// not frozen. False: it stays frozen.
bool thaw(pid_t pid);

}  // namespace tidemark::warden
