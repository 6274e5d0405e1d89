#include "run/cpu_slots.hpp"

#include <algorithm>

#include <sched.h>

namespace tidemark::run {

std::vector<int> usable_cpus() {
    cpu_set_t set;
    CPU_ZERO(&set);
    std::vector<int> cpus;
    if (sched_getaffinity(0, sizeof set, &set) != 0) return cpus;
    for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
        if (CPU_ISSET(static_cast<std::size_t>(cpu), &set)) cpus.push_back(cpu);
    }
    return cpus;
}

std::vector<int> CpuSlots::take(int count) {
    std::vector<int> out;
    for (std::size_t slot = 0; slot < cpus_.size() && static_cast<int>(out.size()) < count; ++slot) {
        if (taken_[slot]) continue;
        taken_[slot] = true;
        out.push_back(cpus_[slot]);
    }
    return out;
}

void CpuSlots::release(const std::vector<int>& cpus) {
    for (std::size_t slot = 0; slot < cpus_.size(); ++slot) {
        if (std::ranges::find(cpus, cpus_[slot]) != cpus.end()) taken_[slot] = false;
    }
}

int CpuSlots::free() const {
    return static_cast<int>(std::ranges::count(taken_, false));
}

}  // namespace tidemark::run
