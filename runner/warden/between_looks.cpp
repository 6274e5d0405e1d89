#include "warden/between_looks.hpp"

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <utility>

namespace tidemark::warden {
namespace {

constexpr std::int64_t kNone = 0;
/// Of programs that hold no more than a trifle, as a shell starts many, only so much is not mapped by others
/// of the tree, too.
constexpr std::int64_t kOfTrifles = std::int64_t{1} << 20;
/// Where the kernel did not count.
constexpr std::int64_t kMany = std::int64_t{1} << 20;

std::vector<std::int64_t> largest_of(const std::map<pid_t, std::int64_t>& marks, std::size_t count) {
    std::vector<std::int64_t> largest;
    for (const auto& mark : marks) largest.push_back(mark.second);
    std::ranges::sort(largest, std::greater());
    largest.resize(std::min(largest.size(), count));
    return largest;
}

}  // namespace

/// Of the ended that are of the tree, the mark of each: those that were seen, the children of such, and the
/// children of those.
BetweenLooks::Marks BetweenLooks::marks_of_tree(const TreeLook& tree, const std::vector<EndedTask>& ended,
                                                pid_t own) const {
    std::set<pid_t> members{own};
    for (const auto& process : before_) members.insert(process.first);
    for (const LivingProcess& process : tree.processes) members.insert(process.pid);
    Marks marks;
    for (std::size_t known = 0; known != members.size();) {
        known = members.size();
        for (const EndedTask& task : ended) {
            if (!members.contains(task.process) && !members.contains(task.parent)) continue;
            members.insert(task.process);
            std::int64_t& mark = marks[task.process];
            mark = std::max(mark, task.mark);
        }
    }
    return marks;
}

void BetweenLooks::ends_now(pid_t process) {
    const auto held = before_.find(process);
    if (held != before_.end()) held->second.ends = true;
}

/// One that ends may be found once more, before the kernel has taken its memory. It has taken nothing since,
/// but for what was counted late; another process that has its number by now has a mark of its own.
bool BetweenLooks::still_ends(const LivingProcess& process) const {
    const auto held = before_.find(process.pid);
    if (held == before_.end() || !held->second.ends) return false;
    const std::int64_t doubt = counters_.below(1);
    return std::abs(process.status.high_water_mark - held->second.mark) <= doubt &&
           process.status.resident <= held->second.resident + doubt;
}

void BetweenLooks::add(std::int64_t above_former, std::int64_t above_both) {
    missed_.above_former += std::max(kNone, above_former);
    missed_.above_both += std::max(kNone, above_both);
}

void BetweenLooks::add_living(const TreeLook& tree) {
    for (const LivingProcess& process : tree.processes) {
        if (!process.has_own_memory) continue;
        const auto found = before_.find(process.pid);
        const Held before = found == before_.end() ? Held{} : found->second;
        const std::int64_t resident = process.status.resident;
        const std::int64_t mark = process.status.high_water_mark;
        // one that is lower has begun anew, by exec or because it was reset
        const bool tells_of_now = mark != before.mark;
        if (tells_of_now) add(mark - before.resident, mark - std::max(before.resident, resident));
        const std::int64_t most = std::max(before.resident, tells_of_now ? mark : kNone);
        missed_.above_latter += std::max(kNone, most - resident);
    }
}

/// Those that the look before has seen and this one has not. Their marks are taken out of `marks`.
void BetweenLooks::add_ended(Marks& marks) {
    for (const auto& [pid, held] : before_) {
        if (held.ends) {
            missed_.above_latter += held.resident;
            marks.erase(pid);
            continue;
        }
        const auto mark = marks.find(pid);
        missed_an_end_ = missed_an_end_ || mark == marks.end();
        if (mark == marks.end()) continue;
        add(mark->second - held.resident, mark->second - held.resident);
        missed_.above_latter += std::max(mark->second, held.resident);
        marks.erase(mark);
    }
}

/// What files and shared memory the two looks saw together, each process at its larger size, beyond the
/// larger look: one of a tree may have grown, and another shrunk or ended, and both may have had it at the
/// same time.
std::int64_t BetweenLooks::seen_by_either(const TreeLook& tree) const {
    std::int64_t former = 0, latter = 0, either = 0, largest = 0;
    for (const auto& process : before_) {
        former += process.second.files;
        either += process.second.files;
    }
    for (const LivingProcess& process : tree.processes) {
        if (!process.has_own_memory) continue;
        const std::int64_t files = process.status.file + process.status.shared;
        const auto before = before_.find(process.pid);
        const std::int64_t more = files - (before == before_.end() ? kNone : before->second.files);
        latter += files;
        either += std::max(kNone, more);
        largest = std::max(largest, more);
    }
    const std::int64_t beyond = either - std::max(former, latter);
    return std::min(largest, beyond) <= kTrifle ? std::min(beyond, kOfTrifles) : beyond;
}

/// Those that came and went between two looks.
void BetweenLooks::add_unseen(const Marks& marks, std::size_t at_once) {
    std::int64_t sum = 0;
    std::int64_t largest = 0;
    for (const std::int64_t mark : largest_of(marks, at_once)) {
        sum += mark;
        largest = std::max(largest, mark);
    }
    add(sum, largest <= kTrifle ? std::min(sum, kOfTrifles) : sum);
    missed_.above_latter += sum;
}

/// Who was there at both looks was there all the time; the others shared what room they left.
std::int64_t BetweenLooks::together(const TreeLook& tree, const Marks& ended, std::size_t at_once) const {
    Marks marks;  // of each process, the most of all its memories
    for (const auto& [name, mark] : ended) {
        std::int64_t& most = marks[process_of_memory(name)];
        most = std::max(most, mark);
    }
    for (const auto& [pid, held] : before_)
        if (held.ends) marks[pid] = std::max(marks[pid], held.resident);
    for (const LivingProcess& process : tree.processes) {
        std::int64_t& most = marks[process.pid];
        if (process.has_own_memory) most = std::max(most, process.status.high_water_mark);
    }
    std::int64_t sum = 0;
    std::size_t room = at_once;
    for (const LivingProcess& process : tree.processes) {
        const auto before = before_.find(process.pid);
        if (before == before_.end()) continue;
        const auto mark = marks.find(process.pid);
        sum += std::max(mark->second, before->second.mark);
        marks.erase(mark);
        room -= std::min(room, std::size_t{1});
    }
    for (const std::int64_t mark : largest_of(marks, room)) sum += mark;
    return sum + counters_.below(1);
}

MissedGrowth BetweenLooks::look(const TreeLook& tree, const Ended& ended,
                                std::optional<std::int64_t> most_tasks, pid_t own) {
    std::vector<EndedTask> all = std::move(during_);
    all.insert(all.end(), ended.before.begin(), ended.before.end());
    all.insert(all.end(), ended.during.begin(), ended.during.end());
    Marks marks = marks_of_tree(tree, all, own);
    during_.clear();
    for (const EndedTask& task : ended.during)
        if (marks.contains(task.process)) during_.push_back({task.process, own, task.mark});
    missed_ = {};
    missed_.above_both = seen_by_either(tree);
    add_living(tree);
    // no more lived at once than the kernel counted
    const auto at_once = static_cast<std::size_t>(std::max(std::int64_t{1}, most_tasks.value_or(kMany)));
    missed_.marks_together = together(tree, marks, at_once);
    std::map<pid_t, Held> now;
    for (const LivingProcess& process : tree.processes) {
        const std::int64_t files =
            process.has_own_memory ? process.status.file + process.status.shared : kNone;
        now[process.pid] = {process.status.resident, process.status.high_water_mark, still_ends(process),
                            files};
        before_.erase(process.pid);
        marks.erase(process.pid);
    }
    add_ended(marks);
    add_unseen(marks, at_once);
    before_ = std::move(now);
    for (std::int64_t* above : {&missed_.above_former, &missed_.above_latter})
        if (*above > kNone) *above += counters_.below(1);
    return missed_;
}

}  // namespace tidemark::warden
