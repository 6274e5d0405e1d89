#include "run/disturbances.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/units.hpp"

namespace tidemark::run {
namespace {

/// Shorter runs say nothing of the machine: /proc/stat counts in steps of 10 ms for each CPU.
constexpr double kLongEnough = 0.5;      // seconds
constexpr double kMuchForOthers = 0.1;   // of the CPU time of all CPUs
constexpr double kMuchThrottled = 0.01;  // of the run's time

std::string limit_text(const std::string& limit, const protocol::Limits& limits) {
    if (limit == "memory" && limits.memory) return "memory limit of " + to_text(*limits.memory);
    if (limit == "pids" && limits.pids) return fmt::format("limit of {} processes", *limits.pids);
    return limit + " limit";
}

}  // namespace

std::vector<std::string> disturbances(const protocol::Measurement& measured, const protocol::Limits& limits) {
    std::vector<std::string> texts;
    for (const auto& [limit, why] : measured.unenforced)
        texts.push_back(fmt::format("the {} was not enforced: {}", limit_text(limit, limits), why));
    if (measured.memory_limit_reached.value_or(false)) {
        texts.push_back(fmt::format("the memory limit of {} was reached: without it the peak may be higher",
                                    to_text(limits.memory.value_or(Bytes{}))));
    }
    const protocol::Surroundings& around = measured.surroundings;
    const Bytes in{around.swapped_in_bytes.value_or(0)}, out{around.swapped_out_bytes.value_or(0)};
    if (in.value + out.value > 0) {
        texts.push_back(fmt::format(
            "the machine swapped meanwhile ({} in, {} out): times are longer than with enough memory",
            to_text(in), to_text(out)));
    }
    const double throttled = around.throttled_s.value_or(0);
    if (throttled > kMuchThrottled * around.observed_s) {
        texts.push_back(fmt::format("a CPU quota held it back for {} of {}", to_text(Seconds{throttled}),
                                    to_text(Seconds{around.observed_s})));
    }
    const double others = around.others_cpu_share.value_or(0);
    if (around.observed_s >= kLongEnough && others > kMuchForOthers) {
        texts.push_back(
            fmt::format("other programs took {:.0f} % of the machine's CPU time meanwhile: times may be "
                        "longer than its own",
                        others * 100));
    }
    return texts;
}

}  // namespace tidemark::run
