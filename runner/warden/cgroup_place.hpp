#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

namespace tidemark::warden {

/// Where the kernel tells of mounts and of this process's cgroups. Tests put a fake tree in their place.
struct CgroupView {
    std::string mountinfo = "/proc/self/mountinfo";
    std::string membership = "/proc/self/cgroup";
};

/// What the kernel tells there. It is slow to list its mounts, so who asks for several places reads it once.
struct CgroupTexts {
    explicit CgroupTexts(const CgroupView& view);
    std::string mountinfo;
    std::string membership;
};

/// The folder of this process's own cgroup in one hierarchy, and where that hierarchy is mounted.
struct CgroupPlace {
    std::string mount;
    std::string own;
    std::string root;        ///< what the mount shows of the hierarchy: `/`, or a part of it in a container
    std::string controller;  ///< empty in version 2

    /// The folder in which another process is, by its /proc/PID/cgroup; empty where that cannot be read.
    std::string of(const std::string& membership) const;

    /// The folder above the own one; empty at the mount itself.
    std::string parent() const;
};

/// The unified hierarchy (version 2).
std::optional<CgroupPlace> find_cgroup2(const CgroupTexts& texts);
std::optional<CgroupPlace> find_cgroup2(const CgroupView& view);

/// The hierarchy of version 1 that has the controller: `memory`, `pids`.
std::optional<CgroupPlace> find_cgroup1(const CgroupTexts& texts, const std::string& controller);
std::optional<CgroupPlace> find_cgroup1(const CgroupView& view, const std::string& controller);

/// A cgroup in which another one may perhaps be made, and of which version it is.
struct CgroupParent {
    int version = 0;
    std::string folder;
};

/// Where a memory cgroup for a run can be tried, best first. Version 2 wants the memory controller in a
/// delegated cgroup: a cgroup that holds processes cannot pass controllers on to its children
/// (https://docs.kernel.org/admin-guide/cgroup-v2.html#no-internal-process-constraint), so the one above is
/// tried too.
std::vector<CgroupParent> memory_cgroup_parents(const CgroupView& view);

/// Where a cgroup of version 1 that counts and limits processes can be tried. In version 2 the memory cgroup
/// does both.
std::vector<CgroupParent> pids_cgroup_parents(const CgroupView& view);

/// Where a cgroup that counts CPU time can be tried, best first. Version 2 counts it in every cgroup,
/// whatever controllers there are (since Linux 4.15), also where the others are of version 1; but a hierarchy
/// of version 1 that does nothing else is cheaper to join.
std::vector<CgroupParent> cpu_cgroup_parents(const CgroupView& view);

/// Every place in which a run may get a cgroup, each once: where to look for what a killed warden left.
struct CgroupParents {
    explicit CgroupParents(const CgroupView& view)
        : memory(memory_cgroup_parents(view)),
          pids(pids_cgroup_parents(view)),
          cpu(cpu_cgroup_parents(view)) {}
    std::vector<CgroupParent> all() const;

    std::vector<CgroupParent> memory, pids, cpu;
};

/// The name of a new cgroup of this process, and whose cgroup has such a name (0: nobody's).
std::string own_cgroup_name();
pid_t maker_of_cgroup(const std::string& name);

/// Whether the process that made it is surely gone: its pid is one of our PID namespace, and there it is
/// free, or another process has it. Names that earlier versions gave tell no namespace, and so nothing sure.
bool maker_is_gone(const std::string& name);

/// The file of a cgroup by which a process of one thread joins it, writing "0". In version 1 that is `tasks`,
/// which moves the thread that writes and no other: to move a process by cgroup.procs, the kernel holds up
/// all forks of the machine and waits until each CPU knows it, some 8 ms where that was not so just before
/// (cgroup_procs_write_start(), kernel/cgroup/cgroup.c, since Linux 5.5). Version 2 has cgroup.procs alone.
std::string entry_of_cgroup(const std::string& folder, int version);

/// With those that the run made below it. The kernel may need a moment after the last process was reaped;
/// tried for at most 100 ms.
void remove_cgroup(const std::string& folder);

/// `name value` lines, as memory.stat and memory.events have them; nothing where the name is missing.
std::optional<std::int64_t> value_in(const std::string& text, const std::string& name);

}  // namespace tidemark::warden
