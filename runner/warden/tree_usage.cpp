#include "warden/tree_usage.hpp"

#include <algorithm>

#include <unistd.h>

#include "warden/process_tree.hpp"

namespace tidemark::warden {
namespace {

double seconds_of(const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

}  // namespace

void TreeUsage::add(const rusage& usage) {
    any_ = true;
    user_s_ += seconds_of(usage.ru_utime);
    system_s_ += seconds_of(usage.ru_stime);
    largest_process_ = std::max(largest_process_, static_cast<std::int64_t>(usage.ru_maxrss) * 1024);
    major_faults_ += usage.ru_majflt;
    minor_faults_ += usage.ru_minflt;
    voluntary_switches_ += usage.ru_nvcsw;
    involuntary_switches_ += usage.ru_nivcsw;
    read_blocks_ += usage.ru_inblock;
    written_blocks_ += usage.ru_oublock;
}

void TreeUsage::write(protocol::Measurement& measured) const {
    if (!any_) return;
    measured.user_s = user_s_;
    measured.system_s = system_s_;
    measured.major_faults = major_faults_;
    measured.minor_faults = minor_faults_;
    measured.voluntary_switches = voluntary_switches_;
    measured.involuntary_switches = involuntary_switches_;
    measured.read_blocks = read_blocks_;
    measured.written_blocks = written_blocks_;
}

double living_cpu_seconds() {
    constexpr int kTimes = 4;
    std::int64_t ticks = 0;
    for (const pid_t pid : descendants()) {
        for (int field = kUserTime; field < kUserTime + kTimes; ++field) ticks += stat_field(pid, field);
    }
    return static_cast<double>(ticks) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

}  // namespace tidemark::warden
