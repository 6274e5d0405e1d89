// What a run's measurement, and what it said, tell of how it ended.
#include "run/classify.hpp"

#include <algorithm>
#include <array>
#include <csignal>
#include <string_view>

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/files.hpp"
#include "run/made_elsewhere.hpp"
#include "warden/memory_cgroup.hpp"

namespace tidemark::run {
namespace {

using protocol::EndCause;
using protocol::EndKind;

/// How programs say that an allocation failed: C++, LibTorch and PyTorch, libc's perror, Python.
constexpr std::array<std::string_view, 4> kAllocationFailures{"std::bad_alloc", "can't allocate memory",
                                                              "Cannot allocate memory", "MemoryError"};
constexpr const char* kOutOfMemoryFact = "out_of_memory";

/// The failed allocation that a program told of, if it did.
std::optional<std::string> failed_allocation(const RunDirectory& directory, const Record& record) {
    if (const auto fact = record.facts.find(kOutOfMemoryFact); fact != record.facts.end())
        return fact->second;
    const std::string tail = read_tail(directory.stderr_log(), kTailToSearch);
    for (const std::string_view phrase : kAllocationFailures) {
        const std::size_t at = tail.find(phrase);
        if (at == std::string::npos) continue;
        const std::size_t begin = tail.rfind('\n', at) + 1;  // npos + 1 is 0: the first line
        return tail.substr(begin, tail.find('\n', at) - begin);
    }
    return std::nullopt;
}

/// Whether the limit of the run itself was reached, as far as is known.
bool reached_own_limit(const protocol::Measurement& measured, const protocol::Limits& limits) {
    if (!limits.memory) return false;
    const auto& peak = measured.peak_cgroup_bytes;
    return !peak || *peak > limits.memory->value - warden::MemoryCgroup::kChargedAhead;
}

/// SIGKILL, also where a shell tells it of its child.
bool was_killed(const protocol::Measurement& measured) {
    constexpr int kToldByShells = 128 + SIGKILL;
    return measured.end == EndKind::Signalled ? measured.signal == SIGKILL
                                              : measured.exit_code == kToldByShells;
}

/// Who ended a run whose job was ended around it, which its warden cannot know.
std::optional<Outcome> by_queue(const RunDirectory& directory) {
    const auto end = read_queue_end(directory);
    return end ? outcome_by(*end) : std::nullopt;
}

std::string killed_by_kernel(const protocol::Measurement& measured) {
    const bool was_a_worker = measured.oom_kills == 0 && !was_killed(measured);
    const std::string killed = was_a_worker ? "a process of it was killed" : "killed";
    if (!measured.enclosing.limit_bytes) return killed + " by the kernel, which had no memory left";
    return fmt::format("{} at the limit of the enclosing cgroup, {}", killed,
                       to_text(Bytes{*measured.enclosing.limit_bytes}));
}

}  // namespace

Outcome classify(const RunDirectory& directory, const Record& record) {
    const protocol::Measurement& measured = record.measurement;
    const protocol::Limits& limits = record.request.limits;
    if (measured.end == EndKind::CouldNotStart) {
        return CouldNotStart{fmt::format("{}: {}", measured.start_step, errno_text(measured.start_errno))};
    }
    if (measured.oom_kills > 0) {
        const bool from_outside = measured.enclosing.limit_bytes && !reached_own_limit(measured, limits);
        if (!limits.memory || from_outside) return OutOfMemory{killed_by_kernel(measured)};
        return OutOfMemory{fmt::format("killed at the memory limit of {}", to_text(*limits.memory))};
    }
    if (measured.enclosing.of_run > 0) return OutOfMemory{killed_by_kernel(measured)};
    switch (measured.cause) {
        case EndCause::WallLimit:
            return TimedOut{fmt::format("wall time limit of {}", to_text(limits.wall.value_or(Seconds{})))};
        case EndCause::CpuLimit:
            return TimedOut{
                fmt::format("CPU time limit of {}", to_text(limits.cpu_time.value_or(Seconds{})))};
        case EndCause::MemoryLimit:
            return OutOfMemory{fmt::format("ended when a sample exceeded the memory limit of {}",
                                           to_text(limits.memory.value_or(Bytes{})))};
        case EndCause::Cancelled:
            return by_queue(directory).value_or(Cancelled{"interrupted by the user"});
        case EndCause::RunnerLost:
            return by_queue(directory).value_or(Cancelled{"its runner was killed"});
        case EndCause::Itself:
            break;
    }
    // without a cgroup of its own nobody counted whose the kill was, but the two together tell
    if (measured.enclosing.oom_kills > 0 && was_killed(measured))
        return OutOfMemory{killed_by_kernel(measured)};
    const bool went_wrong = measured.end == EndKind::Signalled || measured.exit_code != 0;
    if (went_wrong) {
        if (const auto told = failed_allocation(directory, record))
            return OutOfMemory{protocol::concealed(*told, record.request.secrets)};
    }
    if (measured.end == EndKind::Signalled) return Signalled{measured.signal};
    const auto& accepted = record.request.accept_exit;
    return Exited{measured.exit_code, std::ranges::find(accepted, measured.exit_code) != accepted.end()};
}

// Where the run has no cgroup of its own, nobody counted whose a kill around it was: one of its workers may
// be gone, and the run have gone on, or told of it in a way of its own.
void warn_of_kills_around(Record& record) {
    const protocol::Measurement& measured = record.measurement;
    const std::int64_t kills = measured.enclosing.oom_kills;
    const bool are_known_not_to_be_its_own = measured.peak_cgroup_bytes.has_value();
    if (kills == 0 || are_known_not_to_be_its_own || status_of(record.outcome) == protocol::Status::Oom)
        return;
    record.warnings.push_back(
        fmt::format("the kernel killed {} in the cgroup around this run meanwhile, for want of "
                    "memory; it may have been {}",
                    kills == 1 ? "a process" : fmt::format("{} processes", kills),
                    kills == 1 ? "one of this run's" : "some of this run's"));
}

}  // namespace tidemark::run
