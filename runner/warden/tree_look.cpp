#include "warden/tree_look.hpp"

#include <algorithm>
#include <cstdio>
#include <map>
#include <string>
#include <utility>

#include <unistd.h>

#include "warden/address_spaces.hpp"
#include "warden/cgroup_place.hpp"
#include "warden/process_tree.hpp"
#include "warden/small_files.hpp"

namespace tidemark::warden {
namespace {

void mark_own_memories(std::vector<LivingProcess>& processes) {
    std::vector<pid_t> pids;
    std::vector<std::int64_t> sizes;
    for (const LivingProcess& process : processes) {
        pids.push_back(process.pid);
        sizes.push_back(process.status.virtual_size);
    }
    const std::vector<bool> first = first_of_each_memory(pids, sizes);
    for (std::size_t i = 0; i < processes.size(); ++i) processes[i].has_own_memory = first[i];
}

/// Line by line, because smaps of a process with many mappings takes megabytes.
void read_pages(pid_t process, ResidentPages& pages) {
    pages.begin_process(process);
    const std::string path = "/proc/" + std::to_string(process) + "/smaps";
    if (FILE* file = std::fopen(path.c_str(), "re")) {
        std::string line;
        char piece[4096];
        while (std::fgets(piece, sizeof piece, file) != nullptr) {
            line += piece;
            if (line.back() != '\n') continue;
            line.pop_back();
            pages.take_line(line);
            line.clear();
        }
        std::fclose(file);
    }
    pages.end_process();
}

bool holds_what_it_held(const LivingProcess& before, std::int64_t faults_before) {
    const auto now = process_status(before.pid);
    return now && now->resident == before.status.resident &&
           now->virtual_size == before.status.virtual_size && page_faults(before.pid) == faults_before;
}

}  // namespace

TreeLook look_at(const std::vector<pid_t>& tree) {
    TreeLook look;
    for (const pid_t pid : tree) {
        if (const auto status = process_status(pid)) look.processes.push_back({pid, *status, true});
    }
    if (look.processes.size() > 1) mark_own_memories(look.processes);
    for (const LivingProcess& process : look.processes) {
        if (!process.has_own_memory) continue;
        ++look.memories;
        look.resident += process.status.resident;
        look.anonymous += process.status.anonymous;
        look.file += process.status.file;
        look.shared += process.status.shared;
        look.swap += process.status.swap;
        look.huge_pages += process.status.huge_pages;
    }
    return look;
}

const LivingProcess* TreeLook::nearly_all() const {
    constexpr std::int64_t kFiftieth = 50;
    for (const LivingProcess& process : processes) {
        if (process.has_own_memory && resident - process.status.resident <= resident / kFiftieth)
            return &process;
    }
    return nullptr;
}

PageLook look_at_pages(const TreeLook& tree, const MemoryFileSystems& memory_file_systems) {
    std::vector<std::int64_t> faults;
    for (const LivingProcess& process : tree.processes) faults.push_back(page_faults(process.pid));
    ResidentPages pages(memory_file_systems);
    for (const LivingProcess& process : tree.processes) {
        if (process.has_own_memory) read_pages(process.pid, pages);
    }
    PageLook look;
    look.pages = pages.totals();
    look.is_still = true;
    for (const LivingProcess& process : tree.processes) {
        if (!process.has_own_memory) continue;
        const ResidentPages::Held held = pages.held_by(process.pid);
        look.gone_anonymous += std::max(std::int64_t{0}, process.status.anonymous - held.anonymous);
        look.gone_file += std::max(std::int64_t{0}, process.status.file - held.file);
        look.gone_shared += std::max(std::int64_t{0}, process.status.shared - held.shared);
    }
    std::vector<pid_t> pids;
    for (std::size_t i = 0; i < tree.processes.size(); ++i) {
        look.is_still = look.is_still && holds_what_it_held(tree.processes[i], faults[i]);
        pids.push_back(tree.processes[i].pid);
    }
    std::vector<pid_t> now;
    for (const pid_t pid : descendants()) {
        if (process_status(pid)) now.push_back(pid);
    }
    look.is_still = look.is_still && now == pids;
    return look;
}

MachinePages pages_of_machine() {
    // what each CPU has not yet added up: MAX_THRESHOLD of calculate_normal_threshold, mm/vmstat.c
    constexpr std::int64_t kCpuKeeps = 125;
    const std::string text = read_small_file("/proc/vmstat");
    const std::int64_t page = sysconf(_SC_PAGESIZE);
    const std::int64_t doubt = kCpuKeeps * sysconf(_SC_NPROCESSORS_ONLN);
    MachinePages pages;
    if (const auto mapped = value_in(text, "nr_mapped")) pages.mapped = (*mapped + doubt) * page;
    if (const auto shared = value_in(text, "nr_shmem")) pages.shared = (*shared + doubt) * page;
    return pages;
}

MachinePages settled(const MachinePages& before, const MachinePages& after) {
    constexpr std::int64_t kTrifle = std::int64_t{1} << 20;
    const auto is_settled = [](std::int64_t one, std::int64_t other) {
        return std::max(one, other) - std::min(one, other) <= kTrifle;
    };
    MachinePages pages;
    if (is_settled(before.mapped, after.mapped)) pages.mapped = std::max(before.mapped, after.mapped);
    if (is_settled(before.shared, after.shared)) pages.shared = std::max(before.shared, after.shared);
    return pages;
}

std::int64_t parts_mapped_twice(pid_t process) {
    std::map<std::string, std::vector<std::pair<unsigned long long, unsigned long long>>> parts;
    const std::string maps = read_small_file("/proc/" + std::to_string(process) + "/maps");
    for (std::size_t at = 0; at < maps.size();) {
        unsigned long long begin = 0, end = 0, offset = 0, inode = 0;
        char device[32] = {};
        if (std::sscanf(maps.c_str() + at, "%llx-%llx %*s %llx %31s %llu", &begin, &end, &offset, device,
                        &inode) == 5 &&
            inode != 0)
            parts[std::string(device) + " " + std::to_string(inode)].emplace_back(offset,
                                                                                  offset + (end - begin));
        at = maps.find('\n', at);
        if (at == std::string::npos) break;
        ++at;
    }
    unsigned long long twice = 0;
    for (auto& [file, ranges] : parts) {
        std::ranges::sort(ranges);
        unsigned long long reach = 0;
        for (const auto& [begin, end] : ranges) {
            const unsigned long long again = std::min(reach, end);
            if (again > begin) twice += again - begin;
            reach = std::max(reach, end);
        }
    }
    return static_cast<std::int64_t>(twice);
}

}  // namespace tidemark::warden
