#include "cluster/queued_runs.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/files.hpp"
#include "run/made_elsewhere.hpp"
#include "terminal/display_text.hpp"

namespace tidemark::cluster {
namespace {

using run::QueueCause;
using run::QueueEnd;

/// What a node wrote may be seen this much later here: NFS remembers folders for up to a minute, but opens
/// them anew where they are listed; 5 s is what it remembers of files at least (nfs(5): acregmin, acdirmin).
constexpr double kSettleSeconds = 12;
/// Without a sign of life, of which a node gives one each five seconds.
constexpr double kSilenceSeconds = 30;
/// How long it is waited for Slurm's last word on a run that has ended, where Slurm is slow or silent.
constexpr double kLastWordSeconds = 10;
/// And where that alone says who has ended it.
constexpr double kCauseSeconds = 60;

QueueEnd interrupted(const QueueEntry& entry) {
    return {QueueCause::Interrupted,
            "interrupted by the user",
            entry.job,
            entry.partition,
            entry.state,
            entry.wait_s};
}

/// What the job wrote last, such as why its shell could not start what it should.
std::string last_words(const ArrayJob& array, int task) {
    constexpr std::size_t kTail = 4096;
    constexpr std::size_t kLongest = 200;
    const std::string tail = read_tail(array.batch.log_of_task(static_cast<std::size_t>(task)), kTail);
    const std::size_t end = tail.find_last_not_of("\n\r\t ");
    if (end == std::string::npos) return {};
    const std::size_t begin = tail.find_last_of('\n', end) + 1;
    return terminal::shortened(terminal::visible(tail.substr(begin, end + 1 - begin)), kLongest);
}

}  // namespace

void QueuedRuns::add(const run::Launch& launch, const std::string& array, std::size_t task) {
    runs_[launch.request.run_id] = QueuedRun{launch.directory, array, static_cast<int>(task)};
}

int QueuedRuns::tasks(const std::string& array) const {
    std::set<int> tasks;
    for (const auto& [run_id, run] : runs_)
        if (run.array == array) tasks.insert(run.task);
    return static_cast<int>(tasks.size());
}

void QueuedRuns::look(const ArrayJob& array) {
    const std::set<std::string> ended = array.batch.ended();
    const std::set<std::string> begun = array.batch.begun();
    const Seconds now = now_();
    for (auto& [run_id, run] : runs_) {
        if (run.array != array.batch.name()) continue;
        run.is_begun = run.is_begun || begun.contains(run_id);
        if (!run.ended_seen && ended.contains(run_id)) run.ended_seen = now;
        if (!run.over_since || !run.is_begun || run.ended_seen) continue;
        if (std::string life = array.batch.life(run_id); life != run.life) {
            run.life = std::move(life);
            run.life_seen = now;
        }
    }
}

std::vector<std::string> QueuedRuns::newly_begun() {
    std::vector<std::string> found;
    for (auto& [run_id, run] : runs_) {
        if (run.is_begun && !run.is_told) found.push_back(run_id);
        run.is_told = run.is_begun;
    }
    return found;
}

std::vector<std::string> QueuedRuns::judge(const std::map<std::string, ArrayJob>& arrays,
                                           const QueueWord& word) {
    std::vector<std::string> ended;
    for (auto run = runs_.begin(); run != runs_.end();) {
        const auto end = end_of(run->second, run->first, arrays.at(run->second.array), word);
        if (!end) {
            ++run;
            continue;
        }
        run::write_queue_end(run::RunDirectory(run->second.directory), *end);
        ended.push_back(run->first);
        run = runs_.erase(run);
    }
    return ended;
}

std::optional<QueueEnd> QueuedRuns::end_of(QueuedRun& run, const std::string& run_id, const ArrayJob& array,
                                           const QueueWord& word) const {
    const auto entry = word.answer.find({array.batch.name(), run.task});
    if (entry != word.answer.end()) run.last = entry->second;
    if (run.ended_seen) return end_by_node(run, run_id, array, word);
    if (!run.is_begun && array.state == ArrayJob::State::Refused)
        return withdrawn(run, run_id, array,
                         {QueueCause::Refused, "Slurm refused its job: " + array.problem});
    if (!run.is_begun && are_cancelled_) return withdrawn(run, run_id, array, interrupted(run.last));
    const bool is_told = array.is_with_slurm() && word.asked && word.asked->value > array.submitted.value;
    if (!is_told) return std::nullopt;
    const bool is_over = entry == word.answer.end() || entry->second.is_over();
    if (!is_over)
        run.over_since.reset();
    else if (!run.over_since)
        run.over_since = now_();
    return is_over ? end_without_node(run, run_id, array) : std::nullopt;
}

std::optional<QueueEnd> QueuedRuns::end_by_node(const QueuedRun& run, const std::string& run_id,
                                                const ArrayJob& array, const QueueWord& word) const {
    if (are_cancelled_) return interrupted(run.last);
    const bool has_last_word = word.asked && word.asked->value > run.ended_seen->value && run.last.is_over();
    const double waited = since(*run.ended_seen);
    QueueEnd end{QueueCause::None, {}, run.last.job, run.last.partition, run.last.state, run.last.wait_s};
    if (!array.batch.was_signalled(run_id)) {
        const bool is_one_of_several = array.plan.tasks[static_cast<std::size_t>(run.task)].size() > 1;
        if (!has_last_word && waited < kLastWordSeconds && !is_one_of_several) return std::nullopt;
        if (!run.last.is_over()) end.state.clear();
        return end;
    }
    if (has_last_word) return meaning_of(run.last, true);
    if (waited < kCauseSeconds) return std::nullopt;
    end.cause = QueueCause::Cancelled;
    end.said = "its Slurm job was told to end; Slurm does not say why";
    return end;
}

std::optional<QueueEnd> QueuedRuns::end_without_node(QueuedRun& run, const std::string& run_id,
                                                     const ArrayJob& array) const {
    if (!run.is_begun) {
        if (since(*run.over_since) < kSettleSeconds) return std::nullopt;
        QueueEnd end = meaning_of(run.last.is_over() ? run.last : QueueEntry{}, false);
        if (const std::string words = last_words(array, run.task);
            end.cause == QueueCause::Lost && !words.empty())
            end.said += ": " + words;
        return withdrawn(run, run_id, array, end);
    }
    if (since({std::max(run.over_since->value, run.life_seen.value)}) < kSilenceSeconds) return std::nullopt;
    if (are_cancelled_) return interrupted(run.last);
    return meaning_of(run.last.is_over() ? run.last : QueueEntry{}, true);
}

/// Nothing where its node was quicker after all.
std::optional<QueueEnd> QueuedRuns::withdrawn(QueuedRun& run, const std::string& run_id,
                                              const ArrayJob& array, const QueueEnd& end) const {
    switch (array.batch.begin(run_id)) {
        case Batch::Beginning::Ours:
            return end;
        case Batch::Beginning::OfAnother:
            run.is_begun = true;
            return std::nullopt;
        case Batch::Beginning::Impossible:
            return std::nullopt;
    }
    return std::nullopt;
}

bool QueuedRuns::waits_for_word() const {
    return std::ranges::any_of(
        runs_, [](const auto& run) { return run.second.ended_seen || run.second.over_since; });
}

std::string QueuedRuns::text(const std::map<std::string, ArrayJob>& arrays, const QueueWord& word) const {
    std::size_t pending = 0;
    std::map<std::string, std::size_t> reasons;
    for (const auto& [run_id, run] : runs_) {
        if (run.is_begun || run.ended_seen) continue;
        ++pending;
        const bool is_submitted = arrays.at(run.array).is_with_slurm();
        const auto entry = word.answer.find({run.array, run.task});
        if (!is_submitted)
            ++reasons["not submitted yet"];
        else if (entry != word.answer.end() && entry->second.is_pending())
            ++reasons[entry->second.reason];
    }
    if (pending == 0) return {};
    std::vector<std::string> shown;
    for (const auto& [reason, count] : reasons)
        shown.push_back(reasons.size() == 1 ? reason : fmt::format("{}: {}", reason, count));
    return shown.empty() ? fmt::format("{} pending", pending)
                         : fmt::format("{} pending ({})", pending, fmt::join(shown, ", "));
}

}  // namespace tidemark::cluster
