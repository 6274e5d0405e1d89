#include "warden/held_between.hpp"

#include <algorithm>
#include <utility>

namespace tidemark::warden {

/// Back to the last look that surely saw the process with the memory of before: one with a mark that the
/// memory after it had not reached yet, or one at which there was no such process.
void HeldBetween::add_to_earlier(const EndedTask& memory) {
    const pid_t process = process_of_memory(memory.process);
    for (auto time = times_.rbegin(); time != times_.rend(); ++time) {
        const auto mark = time->marks.find(process);
        if (mark == time->marks.end() || mark->second > memory.mark_of_next) return;
        time->most += memory.mark + std::min(memory.mark, counters_.below(1));
        most_ = std::max(most_, time->most);
    }
}

void HeldBetween::add(const TreeLook& tree, const std::vector<EndedTask>& ended, std::int64_t most) {
    for (const EndedTask& task : ended)
        if (is_memory_before_exec(task.process)) add_to_earlier(task);
    Time time;
    time.most = most;
    for (const LivingProcess& process : tree.processes)
        time.marks[process.pid] = process.status.high_water_mark;
    most_ = std::max(most_, most);
    times_.push_back(std::move(time));
    if (times_.size() <= kMostTimes) return;
    times_[1].most = std::max(times_[0].most, times_[1].most);
    times_.pop_front();
}

}  // namespace tidemark::warden
