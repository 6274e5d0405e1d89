#include "cluster/slurm_queue.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <ctime>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace tidemark::cluster {
namespace {

/// https://slurm.schedmd.com/squeue.html#lbAG: states of jobs that are not over.
constexpr std::array<std::string_view, 15> kToCome{
    "PENDING",   "RUNNING",      "SUSPENDED",   "COMPLETING", "CONFIGURING",
    "REQUEUED",  "REQUEUE_HOLD", "REQUEUE_FED", "RESIZING",   "RESV_DEL_HOLD",
    "SIGNALING", "SPECIAL_EXIT", "STAGE_OUT",   "STOPPED",    "POWER_UP_NODE"};

/// %j name, %K task, %T state, %r reason, %F array, %V submitted, %S started, %P partition
constexpr const char* kFormat = "%j|%K|%T|%r|%F|%V|%S|%P";
constexpr std::size_t kFields = 8;

std::vector<std::string> fields_of(std::string_view line) {
    std::vector<std::string> fields;
    for (std::size_t at = 0; at <= line.size();) {
        const std::size_t end = std::min(line.find('|', at), line.size());
        fields.emplace_back(line.substr(at, end - at));
        at = end + 1;
    }
    return fields;
}

/// `2026-11-27T20:00:00`, in the caller's time zone.
std::optional<double> seconds_of(const std::string& text) {
    std::tm time{};
    if (strptime(text.c_str(), "%Y-%m-%dT%H:%M:%S", &time) == nullptr) return std::nullopt;
    time.tm_isdst = -1;
    return static_cast<double>(std::mktime(&time));
}

std::optional<double> between(const std::string& submitted, const std::string& started) {
    const auto from = seconds_of(submitted);
    const auto until = seconds_of(started);
    return from && until && *until >= *from ? std::optional(*until - *from) : std::nullopt;
}

}  // namespace

bool QueueEntry::is_over() const {
    return std::ranges::find(kToCome, state) == kToCome.end();
}

std::vector<std::string> queue_command(const std::vector<std::string>& names) {
    return {"squeue",   "--noheader", "--array", "--states=all",
            "--format", kFormat,      "--name",  fmt::format("{}", fmt::join(names, ","))};
}

QueueAnswer queue_answer(std::string_view text) {
    QueueAnswer answer;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        const auto fields = fields_of(text.substr(at, end - at));
        at = end + 1;
        int task = 0;
        if (fields.size() != kFields) continue;
        const auto read = std::from_chars(fields[1].data(), fields[1].data() + fields[1].size(), task);
        if (read.ec != std::errc() || read.ptr != fields[1].data() + fields[1].size()) continue;
        QueueEntry entry{fields[2], fields[3], fmt::format("{}_{}", fields[4], task), fields[4], fields[7]};
        if (!entry.is_pending()) entry.wait_s = between(fields[5], fields[6]);
        const auto [known, is_new] = answer.try_emplace({fields[0], task}, entry);
        if (!is_new && known->second.is_over()) known->second = entry;
    }
    return answer;
}

run::QueueEnd meaning_of(const QueueEntry& entry, bool began) {
    using run::QueueCause;
    run::QueueEnd end{QueueCause::Lost, {}, entry.job, entry.partition, entry.state, entry.wait_s};
    const auto is = [&](std::string_view state) { return entry.state == state; };
    if (is("CANCELLED") || is("REVOKED")) {
        end.cause = QueueCause::Cancelled;
        end.said = "its Slurm job was cancelled";
    } else if (is("PREEMPTED")) {
        end.cause = QueueCause::Preempted;
        end.said = "preempted: Slurm gave its node to another job";
    } else if (is("TIMEOUT") || is("DEADLINE")) {
        end.cause = QueueCause::TimeLimit;
        end.said = "time limit of its Slurm job";
    } else if (is("OUT_OF_MEMORY")) {
        end.cause = QueueCause::MemoryLimit;
        end.said = "killed at the memory limit of its Slurm job";
    } else if (is("NODE_FAIL") || is("BOOT_FAIL")) {
        end.said = fmt::format("lost: its node failed (Slurm says {})", entry.state);
    } else if (entry.state.empty()) {
        end.said = began ? "lost: Slurm does not know its job any more, and its folder shows no life"
                         : "lost: Slurm does not know its job any more, and it was never begun";
    } else {
        end.said = fmt::format("lost: its Slurm job ended {} (Slurm says {})",
                               began ? "without a measurement" : "before it was begun", entry.state);
    }
    return end;
}

}  // namespace tidemark::cluster
