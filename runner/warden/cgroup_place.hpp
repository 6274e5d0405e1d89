#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace tidemark::warden {

/// Where the kernel tells of mounts and of this process's cgroups. Tests put a fake tree in their place.
struct CgroupView {
    std::string mountinfo = "/proc/self/mountinfo";
    std::string membership = "/proc/self/cgroup";
};

/// The folder of this process's own cgroup in one hierarchy, and where that hierarchy is mounted.
struct CgroupPlace {
    std::string mount;
    std::string own;

    /// The folder above the own one; empty at the mount itself.
    std::string parent() const;
};

/// The unified hierarchy (version 2).
std::optional<CgroupPlace> find_cgroup2(const CgroupView& view);

/// The hierarchy of version 1 that has the controller: `memory`, `pids`.
std::optional<CgroupPlace> find_cgroup1(const CgroupView& view, const std::string& controller);

/// `name value` lines, as memory.stat and memory.events have them; nothing where the name is missing.
std::optional<std::int64_t> value_in(const std::string& text, const std::string& name);

}  // namespace tidemark::warden
