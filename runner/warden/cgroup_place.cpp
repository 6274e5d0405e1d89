#include "warden/cgroup_place.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <string_view>

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include "warden/process_tree.hpp"
#include "warden/small_files.hpp"

namespace tidemark::warden {
namespace {

constexpr std::string_view kNamePrefix = "tidemark-";
constexpr const char* kMakerMark = "-by-";  // behind it: the PID namespace of the maker, and when it started

/// The number of this process's PID namespace (pid_namespaces(7)); 0 where it cannot be had.
std::uint64_t pid_namespace() {
    struct stat file {};
    return stat("/proc/self/ns/pid", &file) == 0 ? file.st_ino : 0;
}

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

struct Mount {
    std::string root;
    std::string point;
};

/// By /proc/self/mountinfo (proc(5)): `… root mountpoint … - type source options`.
std::optional<Mount> find_mount(const CgroupTexts& texts, const std::string& type,
                                const std::string& option) {
    std::optional<Mount> found;
    for_each_line(texts.mountinfo, [&](const std::string& line) {
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

/// The path behind `hierarchy:controllers:`: version 2 is `0::`, version 1 lists its controllers between the
/// colons. Nothing where there is no such line.
std::optional<std::string> path_in(const std::string& membership, const std::string& controller) {
    std::optional<std::string> path;
    for_each_line(membership, [&](const std::string& line) {
        const std::size_t first = line.find(':');
        const std::size_t second = line.find(':', first + 1);
        if (first == std::string::npos || second == std::string::npos) return;
        const std::string controllers = "," + line.substr(first + 1, second - first - 1) + ",";
        const bool matches = controller.empty()
                                 ? controllers == ",,"
                                 : controllers.find("," + controller + ",") != std::string::npos;
        if (matches) path = line.substr(second + 1);
    });
    return path;
}

/// In a container the mount shows a part of the hierarchy only, and the membership may be told from its root.
std::string folder_of(const std::string& mount, const std::string& root, std::string path) {
    if (root != "/" && path.compare(0, root.size(), root) == 0) path.erase(0, root.size());
    if (path == "/") path.clear();
    return mount + path;
}

std::optional<CgroupPlace> find_place(const CgroupTexts& texts, const std::string& type,
                                      const std::string& controller) {
    const auto mount = find_mount(texts, type, controller);
    if (!mount) return std::nullopt;
    const std::string path = path_in(texts.membership, controller).value_or("");
    return CgroupPlace{mount->point, folder_of(mount->point, mount->root, path), mount->root, controller};
}

}  // namespace

std::string CgroupPlace::of(const std::string& membership) const {
    const auto path = path_in(read_small_file(membership), controller);
    return path ? folder_of(mount, root, *path) : std::string();
}

std::string CgroupPlace::parent() const {
    return own.size() > mount.size() ? own.substr(0, own.rfind('/')) : std::string();
}

CgroupTexts::CgroupTexts(const CgroupView& view)
    : mountinfo(read_small_file(view.mountinfo)), membership(read_small_file(view.membership)) {}

std::optional<CgroupPlace> find_cgroup2(const CgroupTexts& texts) {
    return find_place(texts, "cgroup2", "");
}

std::optional<CgroupPlace> find_cgroup2(const CgroupView& view) {
    return find_cgroup2(CgroupTexts(view));
}

std::optional<CgroupPlace> find_cgroup1(const CgroupTexts& texts, const std::string& controller) {
    return find_place(texts, "cgroup", controller);
}

std::optional<CgroupPlace> find_cgroup1(const CgroupView& view, const std::string& controller) {
    return find_cgroup1(CgroupTexts(view), controller);
}

std::vector<CgroupParent> memory_cgroup_parents(const CgroupView& view) {
    const CgroupTexts texts(view);
    std::vector<CgroupParent> parents;
    if (const auto place = find_cgroup2(texts)) {
        parents.push_back({2, place->own});
        if (!place->parent().empty()) parents.push_back({2, place->parent()});
    }
    if (const auto place = find_cgroup1(texts, "memory")) parents.push_back({1, place->own});
    return parents;
}

std::vector<CgroupParent> pids_cgroup_parents(const CgroupView& view) {
    std::vector<CgroupParent> parents;
    if (const auto place = find_cgroup1(view, "pids")) parents.push_back({1, place->own});
    return parents;
}

std::vector<CgroupParent> cpu_cgroup_parents(const CgroupView& view) {
    const CgroupTexts texts(view);
    std::vector<CgroupParent> parents;
    const auto accounting = find_cgroup1(texts, "cpuacct");
    const auto shares = find_cgroup1(texts, "cpu");
    const bool only_counts = accounting && (!shares || shares->mount != accounting->mount);
    if (only_counts) parents.push_back({1, accounting->own});
    if (const auto place = find_cgroup2(texts)) parents.push_back({2, place->own});
    // often the hierarchy of `cpu` too: then the run has one share of the CPUs beside its siblings there,
    // which are the runner and other runs, as it has by autogroup (sched(7)), being a session of its own
    if (accounting && !only_counts) parents.push_back({1, accounting->own});
    return parents;
}

std::vector<CgroupParent> CgroupParents::all() const {
    std::vector<CgroupParent> found;
    for (const auto* some : {&memory, &pids, &cpu}) {
        for (const CgroupParent& parent : *some) {
            const auto same = [&](const CgroupParent& other) { return other.folder == parent.folder; };
            if (std::ranges::none_of(found, same)) found.push_back(parent);
        }
    }
    return found;
}

std::string entry_of_cgroup(const std::string& folder, int version) {
    return folder + (version == 1 ? "/tasks" : "/cgroup.procs");
}

std::string own_cgroup_name() {
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    const auto times = process_times(getpid());
    return std::string(kNamePrefix) + std::to_string(getpid()) + "-" + std::to_string(now.tv_sec) + "." +
           std::to_string(now.tv_nsec) + kMakerMark + std::to_string(pid_namespace()) + "." +
           std::to_string(times ? times->start : 0);
}

pid_t maker_of_cgroup(const std::string& name) {
    if (name.compare(0, kNamePrefix.size(), kNamePrefix) != 0) return 0;
    return static_cast<pid_t>(std::atol(name.c_str() + kNamePrefix.size()));
}

bool maker_is_gone(const std::string& name) {
    const pid_t maker = maker_of_cgroup(name);
    const std::size_t mark = name.find(kMakerMark);
    if (maker == 0 || mark == std::string::npos) return false;
    char* end = nullptr;
    const std::uint64_t in = std::strtoull(name.c_str() + mark + std::strlen(kMakerMark), &end, 10);
    if (in == 0 || in != pid_namespace() || *end != '.') return false;
    const std::int64_t started = std::atoll(end + 1);
    const auto times = process_times(maker);
    return !times || is_zombie(maker) || (started != 0 && times->start != started);
}

void remove_cgroup(const std::string& folder) {
    if (DIR* inner = opendir(folder.c_str())) {
        while (const dirent* entry = readdir(inner)) {
            if (entry->d_type == DT_DIR && entry->d_name[0] != '.')
                remove_cgroup(folder + "/" + entry->d_name);
        }
        closedir(inner);
    }
    constexpr int kTries = 100;
    const timespec pause{0, 1'000'000};
    for (int attempt = 0; attempt < kTries && rmdir(folder.c_str()) != 0 && errno == EBUSY; ++attempt) {
        nanosleep(&pause, nullptr);
    }
}

std::optional<std::int64_t> value_in(const std::string& text, const std::string& name) {
    std::optional<std::int64_t> value;
    for_each_line(text, [&](const std::string& line) {
        if (line.compare(0, name.size(), name) == 0 && line.size() > name.size() &&
            line[name.size()] == ' ') {
            value = std::atoll(line.c_str() + name.size());
        }
    });
    return value;
}

}  // namespace tidemark::warden
