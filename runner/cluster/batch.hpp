#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/units.hpp"

namespace tidemark::cluster {

/// A run of a batch, as the runner knows it.
struct BatchRun {
    std::filesystem::path directory;  ///< of the run; its last part is the run_id
    std::string program{};            ///< the file of its program where the runner is; empty: none was found
    std::string digest{};             ///< of that file's content
    std::string run_id() const { return directory.filename().string(); }
};

/// What a batch is made of. Written before Slurm is told anything, so that whoever comes later knows it.
struct BatchPlan {
    std::string memory_method;
    int at_once = 1;                             ///< of its tasks
    std::vector<std::vector<BatchRun>> tasks{};  ///< each is made by one job, its runs one after the other
};

/// A folder that the runner and the nodes share, for runs that are handed to Slurm together. It bears the
/// name of their job.
///   plan.json     which runs there are
///   submitted     Slurm's number of the job, once it has said that
///   begun/RUN_ID  a folder that whoever begins the run has made: nobody else will
///   ended/RUN_ID  its node has nothing to do with the run any more
///   runner        touched by the runner that waits for it, as long as it lives
class Batch {
  public:
    explicit Batch(std::filesystem::path folder) : folder_(std::move(folder)) {}

    /// A new one, with a name that no other has. Each of its runs is told which batch it is of.
    static Batch create(const std::filesystem::path& parent, const BatchPlan& plan);
    /// That the run of this directory is part of; nothing where it is of none.
    static std::optional<Batch> of_run(const std::filesystem::path& run_directory);

    const std::filesystem::path& folder() const { return folder_; }
    std::string name() const { return folder_.filename().string(); }
    std::filesystem::path script() const { return folder_ / "job.sh"; }
    std::filesystem::path log_of_task(std::size_t task) const;

    /// Throws CannotGoOn where it cannot be read.
    BatchPlan plan() const;

    void note_submitted(const std::string& job) const;
    std::optional<std::string> submitted() const;

    enum class Beginning { Ours, OfAnother, Impossible };
    /// Begins the run, or keeps everybody else from beginning it. `problem` says why it is impossible.
    Beginning begin(const std::string& run_id, std::string* problem = nullptr) const;
    /// `signalled`: the job was told to end while the run was at work, by whomever.
    void note_ended(const std::string& run_id, bool signalled) const;
    bool has_begun(const std::string& run_id) const;
    bool has_ended(const std::string& run_id) const;
    bool was_signalled(const std::string& run_id) const;

    /// Listed anew at each call: what a file system of a network remembers of single files may be seconds
    /// old.
    std::set<std::string> begun() const;
    std::set<std::string> ended() const;

    /// A word of life of the node that makes the run, another one at each call; and the last one.
    void note_life(const std::string& run_id, int count) const;
    std::string life(const std::string& run_id) const;

    void note_runner() const;
    void forget_runner() const;
    /// How long the runner has been silent; nothing where there is none.
    std::optional<Seconds> silence_of_runner() const;

    /// Whether all of its runs have ended on their nodes.
    bool is_over() const;
    void remove() const;

  private:
    std::filesystem::path begun_place(const std::string& run_id) const { return folder_ / "begun" / run_id; }

    std::filesystem::path folder_;
};

}  // namespace tidemark::cluster
