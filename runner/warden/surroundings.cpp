#include "warden/surroundings.hpp"

#include <algorithm>
#include <cstdlib>

#include <unistd.h>

#include "warden/calculation.hpp"
#include "warden/cgroup_place.hpp"
#include "warden/small_files.hpp"

namespace tidemark::warden {
namespace {

/// The first line of /proc/stat (proc(5)): user nice system idle iowait irq softirq steal, in clock ticks.
/// `steal` is what a hypervisor gave to others.
std::optional<double> busy_cpu_seconds() {
    const std::string stat = read_small_file("/proc/stat");
    if (stat.compare(0, 4, "cpu ") != 0) return std::nullopt;
    constexpr int kFields = 8, kIdle = 3, kWaitingForDisk = 4;
    double ticks = 0;
    const char* at = stat.c_str() + 4;
    for (int field = 0; field < kFields; ++field) {
        char* end = nullptr;
        const double value = std::strtod(at, &end);
        if (end == at) break;
        if (field != kIdle && field != kWaitingForDisk) ticks += value;
        at = end;
    }
    return ticks / static_cast<double>(sysconf(_SC_CLK_TCK));
}

/// cpu.stat of the cgroup of this process: it tells of a quota there, and of those above it only by what they
/// cost here. Empty where there is none.
std::string own_cpu_stat() {
    const CgroupTexts texts{CgroupView()};
    for (const auto& place : {find_cgroup2(texts), find_cgroup1(texts, "cpu")}) {
        if (!place) continue;
        std::string file = place->own + "/cpu.stat";
        if (read_small_file(file).find("nr_throttled") != std::string::npos) return file;
    }
    return {};
}

/// Version 2 tells microseconds (throttled_usec), version 1 nanoseconds (throttled_time).
std::optional<double> throttled_seconds(const std::string& cpu_stat) {
    if (cpu_stat.empty()) return std::nullopt;
    const std::string text = read_small_file(cpu_stat);
    if (const auto microseconds = value_in(text, "throttled_usec"))
        return static_cast<double>(*microseconds) * 1e-6;
    if (const auto nanoseconds = value_in(text, "throttled_time"))
        return static_cast<double>(*nanoseconds) * 1e-9;
    return std::nullopt;
}

template <typename Number>
std::optional<Number> increase(const std::optional<Number>& before, const std::optional<Number>& after) {
    if (!before || !after) return std::nullopt;
    return std::max(Number{0}, *after - *before);
}

}  // namespace

std::optional<double> stalled_seconds(const std::string& file) {
    const std::string text = read_small_file(file);
    const std::size_t total = text.find("total=");  // that of `some`, which stands first
    if (text.compare(0, 5, "some ") != 0 || total == std::string::npos) return std::nullopt;
    return std::atof(text.c_str() + total + 6) * 1e-6;
}

Surroundings::Reading Surroundings::read_all(double now, double own_cpu_s) const {
    const std::string vmstat = read_small_file("/proc/vmstat");
    return {now,
            own_cpu_s,
            busy_cpu_seconds(),
            value_in(vmstat, "pswpin"),
            value_in(vmstat, "pswpout"),
            stalled_seconds("/proc/pressure/memory"),
            throttled_seconds(cpu_stat_)};
}

void Surroundings::begin(double now, double own_cpu_s) {
    begun_ = true;
    cpu_stat_ = own_cpu_stat();
    before_ = read_all(now, own_cpu_s);
}

void Surroundings::time_a_calculation(double now) {
    constexpr double kShare = 0.05, kLeast = 0.05, kMost = 0.5;  // seconds: at most 0.3 % of one CPU
    if (now < calculation_due_) return;
    calculation_due_ = now + std::clamp(kShare * (now - before_.at), kLeast, kMost);
    calculations_.push_back(timed_calculation());
}

void Surroundings::write_speed(protocol::Surroundings& out) const {
    const auto speed = speed_of(calculations_);
    if (!speed) return;
    out.calculation_s = speed->calculation_s;
    out.speed_spread = speed->spread;
}

void Surroundings::end(double now, double own_cpu_s, protocol::Measurement& measured) const {
    if (!begun_) return;
    protocol::Surroundings& out = measured.surroundings;
    const Reading after = read_all(now, own_cpu_s);
    const std::int64_t page = sysconf(_SC_PAGESIZE);
    const auto bytes = [page](const std::optional<std::int64_t>& pages) {
        return pages ? std::optional(*pages * page) : std::nullopt;
    };
    out.observed_s = now - before_.at;
    out.swapped_in_bytes = bytes(increase(before_.swapped_in_pages, after.swapped_in_pages));
    out.swapped_out_bytes = bytes(increase(before_.swapped_out_pages, after.swapped_out_pages));
    out.stall_s = increase(before_.stall_s, after.stall_s);
    measured.throttled_s = increase(before_.throttled_s, after.throttled_s);
    write_speed(out);
    const auto busy = increase(before_.busy_cpu_s, after.busy_cpu_s);
    const double could = out.observed_s * static_cast<double>(sysconf(_SC_NPROCESSORS_ONLN));
    if (busy && could > 0)
        out.others_cpu_share = std::clamp((*busy - (own_cpu_s - before_.own_cpu_s)) / could, 0.0, 1.0);
}

}  // namespace tidemark::warden
