#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/units.hpp"
#include "cluster/array_job.hpp"
#include "cluster/slurm_queue.hpp"
#include "run/launcher.hpp"

namespace tidemark::cluster {

/// What squeue said last, and when it was asked for that. Nothing said of a job means that there is none only
/// where it was asked after the job was submitted.
struct QueueWord {
    QueueAnswer answer{};
    std::optional<Seconds> asked{};  ///< nothing: it has not answered yet
};

/// The runs that Slurm has, or is to have, and what becomes of them, judged by what the nodes left in the
/// folders of their batches and by what squeue said.
class QueuedRuns {
  public:
    /// `now`: the clock, which tests set.
    explicit QueuedRuns(std::function<Seconds()> now = monotonic_now) : now_(std::move(now)) {}

    void add(const run::Launch& launch, const std::string& array, std::size_t task);
    /// They are to end, by the wish of this user.
    void cancel() { are_cancelled_ = true; }
    bool empty() const { return runs_.empty(); }
    /// The tasks of an array that are not over.
    int tasks(const std::string& array) const;

    /// Reads the folder of a batch.
    void look(const ArrayJob& array);
    /// The run_ids of those that were begun since the last call.
    std::vector<std::string> newly_begun();

    /// The run_ids of those that have ended; what Slurm says of each is in its directory then.
    std::vector<std::string> judge(const std::map<std::string, ArrayJob>& arrays, const QueueWord& word);
    /// Whether an answer of squeue is waited for.
    bool waits_for_word() const;

    /// `12 pending (Resources), 4 at work`
    std::string text(const std::map<std::string, ArrayJob>& arrays, const QueueWord& word) const;

  private:
    struct QueuedRun {
        std::filesystem::path directory;
        std::string array;
        int task = 0;
        bool is_begun = false;
        bool is_told = false;                 ///< that it is begun
        std::optional<Seconds> ended_seen{};  ///< since its node said so
        std::optional<Seconds>
            over_since{};  ///< since Slurm says that its job is over, or says nothing of it
        std::string life{};
        Seconds life_seen{0};
        QueueEntry last{};
    };

    std::optional<run::QueueEnd> end_of(QueuedRun& run, const std::string& run_id, const ArrayJob& array,
                                        const QueueWord& word) const;
    std::optional<run::QueueEnd> end_by_node(const QueuedRun& run, const std::string& run_id,
                                             const ArrayJob& array, const QueueWord& word) const;
    std::optional<run::QueueEnd> end_without_node(QueuedRun& run, const std::string& run_id,
                                                  const ArrayJob& array) const;
    std::optional<run::QueueEnd> withdrawn(QueuedRun& run, const std::string& run_id, const ArrayJob& array,
                                           const run::QueueEnd& end) const;
    double since(Seconds moment) const { return now_().value - moment.value; }

    std::map<std::string, QueuedRun> runs_;  ///< by run_id
    bool are_cancelled_ = false;
    std::function<Seconds()> now_;
};

}  // namespace tidemark::cluster
