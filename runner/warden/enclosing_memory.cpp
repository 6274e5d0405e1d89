#include "warden/enclosing_memory.hpp"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "warden/memory_cgroup.hpp"
#include "warden/small_files.hpp"

namespace tidemark::warden {
namespace {

/// Version 1 writes "no limit" as the largest number of whole pages, 9223372036854771712 with pages of 4 KiB.
constexpr std::int64_t kNoLimit = std::int64_t{1} << 62;

/// Nothing where the file is missing or has a word, as `max`.
std::optional<std::int64_t> number_in(const std::string& file) {
    const std::string text = read_small_file(file);
    char* end = nullptr;
    const std::int64_t number = std::strtoll(text.c_str(), &end, 10);
    return end == text.c_str() ? std::nullopt : std::optional(number);
}

std::string events_of(int version, const std::string& folder) {
    return read_small_file(folder + (version == 2 ? "/memory.events" : "/memory.oom_control"));
}

/// How often the limit of this very cgroup of version 2 was the cause; since Linux 5.2, and before that the
/// limits below it are counted with it.
std::int64_t ooms_of(const std::string& folder) {
    const std::string local = read_small_file(folder + "/memory.events.local");
    return value_in(local.empty() ? events_of(2, folder) : local, "oom").value_or(0);
}

/// Of processes that are in this very cgroup; version 1 counts no others.
std::int64_t own_kills_of(int version, const std::string& folder) {
    const std::string local = version == 2 ? read_small_file(folder + "/memory.events.local") : std::string();
    return value_in(local.empty() ? events_of(version, folder) : local, "oom_kill").value_or(0);
}

/// Version 1 could be told to leave a cgroup's children alone.
bool holds_children(int version, const std::string& folder) {
    return version == 2 || number_in(folder + "/memory.use_hierarchy").value_or(1) != 0;
}

}  // namespace

EnclosingMemory::EnclosingMemory(const CgroupView& view) {
    const CgroupTexts texts(view);
    add_levels(2, find_cgroup2(texts));
    add_levels(1, find_cgroup1(texts, "memory"));
}

void EnclosingMemory::add_levels(int version, const std::optional<CgroupPlace>& place) {
    if (!place) return;
    CgroupPlace at = *place;
    for (bool is_own = true; !at.own.empty(); at.own = at.parent(), is_own = false) {
        if (!is_own && !holds_children(version, at.own)) return;
        const std::string events = events_of(version, at.own);
        levels_.push_back({version, at.own, value_in(events, "oom_kill").value_or(0),
                           version == 2 ? ooms_of(at.own) : 0, is_own, own_kills_of(version, at.own)});
    }
}

std::optional<std::int64_t> EnclosingMemory::limit_of(const Level& level) {
    const auto limit =
        number_in(level.folder + (level.version == 2 ? "/memory.max" : "/memory.limit_in_bytes"));
    return limit && *limit >= 0 && *limit < kNoLimit ? limit : std::nullopt;
}

/// Version 2 counts it; of version 1 there is the mark alone.
bool EnclosingMemory::was_reached(const Level& level, std::int64_t limit) {
    if (level.version == 2) return ooms_of(level.folder) > level.ooms;
    const auto mark = number_in(level.folder + "/memory.max_usage_in_bytes");
    return mark && *mark > limit - MemoryCgroup::kChargedAhead;
}

/// In the cgroup that this process and those of the run are in, unless the run has one of its own.
std::int64_t EnclosingMemory::kills_beside_the_run() const {
    std::int64_t most = 0;
    for (const Level& level : levels_) {
        if (level.is_innermost)
            most = std::max(most, own_kills_of(level.version, level.folder) - level.own_kills);
    }
    return most;
}

void EnclosingMemory::look(double now) {
    constexpr double kAWhile = 1;  // seconds in which a process that was killed ends
    if (now < looked_at_ + kAWhile) return;
    looked_at_ = now;
    before_ = std::exchange(lately_, kills_beside_the_run());
}

void EnclosingMemory::saw_a_kill() {
    if (kills_beside_the_run() > std::max(before_, of_run_)) ++of_run_;
}

protocol::EnclosingKills EnclosingMemory::kills_since(std::int64_t oom_kills_of_run) const {
    protocol::EnclosingKills found;
    for (const Level& level : levels_) {
        const auto now = value_in(events_of(level.version, level.folder), "oom_kill").value_or(0);
        found.oom_kills = std::max(found.oom_kills, now - level.oom_kills);
    }
    found.of_run = of_run_;
    if (found.oom_kills + oom_kills_of_run == 0) return found;
    for (const Level& level : levels_) {  // the innermost first
        const auto limit = limit_of(level);
        if (found.limit_bytes || !limit || !was_reached(level, *limit)) continue;
        found.limit_bytes = limit;
    }
    return found;
}

std::optional<EnclosingLimit> EnclosingMemory::tightest() const {
    std::optional<EnclosingLimit> found;
    for (const Level& level : levels_) {
        const auto limit = limit_of(level);
        if (!limit) continue;
        const bool v2 = level.version == 2;
        const auto used = number_in(level.folder + (v2 ? "/memory.current" : "/memory.usage_in_bytes"));
        const auto cache = value_in(read_small_file(level.folder + "/memory.stat"),
                                    v2 ? "inactive_file" : "total_inactive_file");
        const std::int64_t taken = std::max<std::int64_t>(0, used.value_or(0) - cache.value_or(0));
        const EnclosingLimit here{*limit, std::max<std::int64_t>(0, *limit - taken)};
        if (!found || here.left_bytes < found->left_bytes) found = here;
    }
    return found;
}

}  // namespace tidemark::warden
