#include "warden/freezer.hpp"

#include <string>

#include "warden/small_files.hpp"

namespace tidemark::warden {
namespace {

/// Found once: the kernel is slow to list its mounts.
const std::optional<CgroupPlace>& own_place() {
    static const std::optional<CgroupPlace> place = find_cgroup1({}, "freezer");
    return place;
}

/// The folder of the frozen cgroup that the process is in; empty where it is not frozen.
std::string frozen_cgroup(pid_t pid) {
    const auto& own = own_place();
    if (!own) return {};
    const std::string membership = "/proc/" + std::to_string(pid) + "/cgroup";
    const std::string folder = own->of(membership);
    if (folder.empty() || folder == own->own) return {};
    // FREEZING: not all in it are frozen yet. A cgroup below a frozen one says so too
    const std::string state = read_small_file(folder + "/freezer.state");
    return state.empty() || state.starts_with("THAWED") ? std::string() : folder;
}

}  // namespace

bool is_frozen(pid_t pid) {
    return !frozen_cgroup(pid).empty();
}

bool thaw(pid_t pid) {
    const std::string folder = frozen_cgroup(pid);
    if (folder.empty()) return true;
    // the kernel thaws what comes into a cgroup that is not frozen (freezer_attach)
    return write_small_file(own_place()->own + "/cgroup.procs", std::to_string(pid)) ||
           write_small_file(folder + "/freezer.state", "THAWED");
}

}  // namespace tidemark::warden
