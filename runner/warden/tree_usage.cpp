#include "warden/tree_usage.hpp"

#include <algorithm>

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
    measured.major_faults = major_faults_;
    measured.minor_faults = minor_faults_;
    measured.voluntary_switches = voluntary_switches_;
    measured.involuntary_switches = involuntary_switches_;
    // ru_inblock and ru_oublock count blocks of 512 bytes (getrusage(2))
    constexpr std::int64_t kBlock = 512;
    measured.read_bytes = read_blocks_ * kBlock;
    measured.written_bytes = written_blocks_ * kBlock;
}

}  // namespace tidemark::warden
