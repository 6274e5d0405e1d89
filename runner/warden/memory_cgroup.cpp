#include "warden/memory_cgroup.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <ctime>

#include <sys/stat.h>
#include <unistd.h>

#include "warden/clock.hpp"
#include "warden/small_files.hpp"

namespace tidemark::warden {
namespace {

/// The part of a line behind the n-th blank.
std::string field(const std::string& line, int number) {
    std::size_t at = 0;
    for (; number > 0 && at != std::string::npos; --number) {
        at = line.find(' ', at);
        if (at != std::string::npos) ++at;
    }
    return at == std::string::npos ? std::string() : line.substr(at, line.find(' ', at) - at);
}

template <typename Use>
void for_each_line(const std::string& text, Use use) {
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = text.find('\n', at);
        use(text.substr(at, end - at));
        if (end == std::string::npos) break;
        at = end + 1;
    }
}

/// Where the hierarchy is mounted, by /proc/self/mountinfo (proc(5)): `… root mountpoint … - type source
/// options`.
struct Mount {
    std::string root;
    std::string point;
};

std::optional<Mount> find_mount(const std::string& type, const std::string& option) {
    std::optional<Mount> found;
    for_each_line(read_small_file("/proc/self/mountinfo"), [&](const std::string& line) {
        const std::size_t dash = line.find(" - ");
        if (found || dash == std::string::npos) return;
        const std::string tail = line.substr(dash + 3);
        const std::string options = "," + field(tail, 2) + ",";
        if (field(tail, 0) != type) return;
        if (!option.empty() && options.find("," + option + ",") == std::string::npos) return;
        found = Mount{field(line, 3), field(line, 4)};
    });
    return found;
}

/// The warden's own place: the path behind `selector` in /proc/self/cgroup, e.g. `0::` or `:memory:`.
std::string own_path(const std::string& selector) {
    std::string path;
    for_each_line(read_small_file("/proc/self/cgroup"), [&](const std::string& line) {
        const std::size_t at = line.find(selector);
        if (at != std::string::npos && (selector[0] == ':' || at == 0))
            path = line.substr(at + selector.size());
    });
    return path;
}

std::string own_folder(const Mount& mount, std::string path) {
    if (mount.root != "/" && path.compare(0, mount.root.size(), mount.root) == 0)
        path.erase(0, mount.root.size());
    return path == "/" ? mount.point : mount.point + path;
}

std::string because(const std::string& what) {
    return what + ": " + std::strerror(errno);
}

std::string new_name() {
    return "/tidemark-" + std::to_string(getpid()) + "-" +
           std::to_string(static_cast<long long>(monotonic_seconds() * 1e6));
}

}  // namespace

bool MemoryCgroup::create(std::int64_t limit_bytes) {
    if (const auto mount = find_mount("cgroup2", "")) {
        const std::string folder = own_folder(*mount, own_path("0::"));
        const std::size_t slash = folder.rfind('/');
        if (create_version2(folder, limit_bytes)) return true;
        if (folder.size() > mount->point.size() && create_version2(folder.substr(0, slash), limit_bytes))
            return true;
    }
    if (const auto mount = find_mount("cgroup", "memory")) {
        return create_version1(own_folder(*mount, own_path(":memory:")), limit_bytes);
    }
    if (problem_.empty()) problem_ = "no cgroup file system with a memory controller is mounted";
    return false;
}

bool MemoryCgroup::create_version1(const std::string& parent, std::int64_t limit_bytes) {
    const std::string path = parent + new_name();
    if (mkdir(path.c_str(), 0755) != 0) {
        problem_ = because("cannot make a cgroup in " + parent);
        return false;
    }
    path_ = path;
    version_ = 1;
    const std::string limit = std::to_string(limit_bytes);
    if (!write_small_file(path_ + "/memory.limit_in_bytes", limit)) {
        problem_ = because("cannot set memory.limit_in_bytes");
        remove();
        return false;
    }
    // there only with swap accounting; without it the kernel may swap beyond the limit
    write_small_file(path_ + "/memory.memsw.limit_in_bytes", limit);
    return true;
}

bool MemoryCgroup::create_version2(const std::string& parent, std::int64_t limit_bytes) {
    const std::string controllers = " " + read_small_file(parent + "/cgroup.controllers");
    if (controllers.find(" memory") == std::string::npos) {
        problem_ = "the memory controller is not available in " + parent;
        return false;
    }
    const std::string enabled = " " + read_small_file(parent + "/cgroup.subtree_control");
    if (enabled.find(" memory") == std::string::npos &&
        !write_small_file(parent + "/cgroup.subtree_control", "+memory")) {
        problem_ = because("cannot pass the memory controller on in " + parent);
        return false;
    }
    const std::string path = parent + new_name();
    if (mkdir(path.c_str(), 0755) != 0) {
        problem_ = because("cannot make a cgroup in " + parent);
        return false;
    }
    path_ = path;
    version_ = 2;
    if (!write_small_file(path_ + "/memory.max", std::to_string(limit_bytes))) {
        problem_ = because("cannot set memory.max");
        remove();
        return false;
    }
    write_small_file(path_ + "/memory.swap.max", "0");  // there only with swap accounting
    return true;
}

std::optional<std::int64_t> MemoryCgroup::peak_bytes() const {
    const std::string text =
        read_small_file(path_ + (version_ == 2 ? "/memory.peak" : "/memory.max_usage_in_bytes"));
    if (text.empty()) return std::nullopt;
    return std::atoll(text.c_str());
}

std::int64_t MemoryCgroup::oom_kills() const {
    std::int64_t kills = 0;
    for_each_line(read_small_file(path_ + (version_ == 2 ? "/memory.events" : "/memory.oom_control")),
                  [&](const std::string& line) {
                      if (line.compare(0, 9, "oom_kill ") == 0) kills = std::atoll(line.c_str() + 9);
                  });
    return kills;
}

void MemoryCgroup::remove() {
    if (path_.empty()) return;
    constexpr int kTries = 100;
    const timespec pause{0, 1'000'000};
    for (int attempt = 0; attempt < kTries && rmdir(path_.c_str()) != 0 && errno == EBUSY; ++attempt) {
        nanosleep(&pause, nullptr);
    }
    path_.clear();
}

}  // namespace tidemark::warden
