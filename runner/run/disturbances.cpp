#include "run/disturbances.hpp"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

#include "base/units.hpp"
#include "terminal/display_text.hpp"

namespace tidemark::run {
namespace {

/// Shorter runs say nothing of the machine: /proc/stat counts in steps of 10 ms for each CPU.
constexpr double kLongEnough = 0.5;      // seconds
constexpr double kMuchForOthers = 0.1;   // of the CPU time of all CPUs
constexpr double kMuchThrottled = 0.01;  // of the run's time
constexpr double kMuchStalled = 0.01;    // of the run's time

bool was_throttled(const protocol::Measurement& measured) {
    return measured.throttled_s.value_or(0) > kMuchThrottled * measured.surroundings.observed_s;
}

bool was_beside_others(const protocol::Surroundings& around) {
    return around.observed_s >= kLongEnough && around.others_cpu_share.value_or(0) > kMuchForOthers;
}

bool was_short_of_memory(const protocol::Surroundings& around) {
    return around.observed_s >= kLongEnough && around.stall_s.value_or(0) > kMuchStalled * around.observed_s;
}

bool was_on_unsteady_cpus(const protocol::Surroundings& around) {
    return around.speed_spread.value_or(0) > kMuchSpread;
}

std::string limit_text(const std::string& limit, const protocol::Limits& limits) {
    if (limit == "memory" && limits.memory) return "memory limit of " + to_text(*limits.memory);
    if (limit == "pids" && limits.pids) return fmt::format("limit of {} processes", *limits.pids);
    return limit + " limit";
}

/// All of them, or the first few and how many more there are.
std::string list_of(const std::vector<protocol::Survivor>& survivors) {
    constexpr std::size_t kMost = 5;
    std::string text;
    for (std::size_t i = 0; i < std::min(survivors.size(), kMost); ++i) {
        const protocol::Survivor& one = survivors[i];
        text +=
            fmt::format("{}{} ({}, {})", text.empty() ? "" : ", ", one.pid, terminal::visible(one.program),
                        one.state == "frozen" ? "frozen by a cgroup" : "state " + one.state);
    }
    if (survivors.size() > kMost) text += fmt::format(" and {} more", survivors.size() - kMost);
    return text;
}

void add_what_lives_on(const protocol::Measurement& measured, std::vector<std::string>& texts) {
    const std::size_t count = measured.survivors.size();
    if (count == 0) return;
    texts.push_back(fmt::format("{} process{} of it could not be killed and live{} on: {}", count,
                                count == 1 ? "" : "es", count == 1 ? "s" : "", list_of(measured.survivors)));
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
    add_what_lives_on(measured, texts);
    for (const std::string& program : measured.lost_rights) {
        texts.push_back(
            fmt::format("{} got none of its set-user-ID, set-group-ID or file capability rights, because the "
                        "run was measured by exit stops (ptrace): make it with --memory-method sampled",
                        terminal::visible(program)));
    }
    if (measured.cpu_time_is_low) {
        texts.push_back(
            "its CPU time is a lower bound: a process of it ignored SIGCHLD, and without a cgroup nobody "
            "knows "
            "what children used that the kernel reaped itself");
    }
    const protocol::Surroundings& around = measured.surroundings;
    const Bytes in{around.swapped_in_bytes.value_or(0)}, out{around.swapped_out_bytes.value_or(0)};
    if (in.value + out.value > 0) {
        texts.push_back(fmt::format(
            "the machine swapped meanwhile ({} in, {} out): times are longer than with enough memory",
            to_text(in), to_text(out)));
    }
    if (was_short_of_memory(around)) {
        texts.push_back(fmt::format(
            "programs waited for memory for {} of {} meanwhile: times may be longer, and peaks lower, than "
            "with enough of it",
            to_text(Seconds{around.stall_s.value_or(0)}), to_text(Seconds{around.observed_s})));
    }
    if (was_throttled(measured)) {
        texts.push_back(fmt::format("a CPU quota held it back for {} of {}",
                                    to_text(Seconds{measured.throttled_s.value_or(0)}),
                                    to_text(Seconds{around.observed_s})));
    }
    if (was_beside_others(around)) {
        texts.push_back(
            fmt::format("other programs took {:.0f} % of the machine's CPU time meanwhile: times may be "
                        "longer than its own",
                        around.others_cpu_share.value_or(0) * 100));
    }
    if (was_on_unsteady_cpus(around)) {
        texts.push_back(
            fmt::format("the speed of the CPUs was spread by {:.0f} % meanwhile (the same short calculation "
                        "took so much longer at times): times scatter as much",
                        around.speed_spread.value_or(0) * 100));
    }
    return texts;
}

Disturbed disturbed_figures(const protocol::Measurement& measured) {
    const protocol::Surroundings& around = measured.surroundings;
    const bool swapped_out = around.swapped_out_bytes.value_or(0) > 0;
    const bool swapped = swapped_out || around.swapped_in_bytes.value_or(0) > 0;
    const bool was_short = was_short_of_memory(around);
    return {swapped || was_short || was_throttled(measured) || was_beside_others(around) ||
                was_on_unsteady_cpus(around),
            swapped_out || was_short || measured.memory_limit_reached.value_or(false)};
}

Disturbed stored_disturbances(const std::string& measurement) {
    try {
        return disturbed_figures(protocol::measurement_from_json_text(measurement));
    } catch (const std::invalid_argument&) {
        return {};
    }
}

}  // namespace tidemark::run
