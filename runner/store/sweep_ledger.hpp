#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "run/scheduler.hpp"
#include "store/claims.hpp"
#include "store/database.hpp"
#include "store/invocations.hpp"

namespace tidemark::store {

class CurrentSets;

/// What `provenance` calls a parameter that `--set` gave: this, and its name.
inline constexpr std::string_view kSetFact = "set ";

/// The same of a limit that `--limit` gave, and what it calls the number that `--repeat` gave.
inline constexpr std::string_view kLimitFact = "limit ";
inline constexpr std::string_view kRepeatFact = "repeats";

/// What it calls the way by which runs are made on other machines, and that way; absent where they are made
/// on this one. Claims are known by it to be in a queue.
inline constexpr std::string_view kLauncherFact = "launcher";
inline constexpr std::string_view kSlurm = "slurm";

/// What it calls the verb that makes the runs on its way to something else: `fit`.
inline constexpr std::string_view kPartOfFact = "part of";

/// What `provenance` calls the version of something that a workload was built with: `train_libtorch`.
inline std::string version_fact(std::string_view workload, std::string_view name) {
    return std::string(workload) + "_" + std::string(name);
}

/// The scheduler's ledger in the database, where runners that share it agree who does what.
class SweepLedger : public run::Ledger {
  public:
    /// Stores the invocation. With `fresh`, results from before it do not count as done.
    /// `sets` know what is still current of what others made meanwhile; null: they do not matter.
    SweepLedger(Database& database, const Invocation& invocation, bool fresh, CurrentSets* sets = nullptr);

    run::Claim claim(const protocol::Request& request, const std::filesystem::path& directory) override;
    void record(const run::Record& record) override;
    std::optional<run::Launch> adopt(const protocol::Request& request) override;

    /// The invocation as JSON, for the directories of its runs.
    const std::string& made_by() const { return made_by_; }

    /// So many more runs are to be made than the invocation said. Throws CannotGoOn.
    void plan_more(std::size_t runs);

    /// Marks the invocation as ended.
    void finish();

  private:
    bool is_done(const protocol::Request& request);

    Database& database_;
    std::string invocation_id_;
    std::string started_at_;
    std::string made_by_;
    bool fresh_;
    CurrentSets* sets_;
};

/// Stores what abandoned runs of any sweep left behind (their runner was killed), and releases their claims.
/// Returns how many there were, and tells how many of them left nothing that could be stored: they were not
/// started yet, or their program changed what says which run it is.
std::size_t recover_abandoned(Database& database, std::size_t* not_stored = nullptr);

/// Which repeats of a sweep the database already holds as ok and current.
class DoneRuns {
  public:
    /// Without `sets` by the declared key alone.
    DoneRuns(sql::Connection& connection, const std::string& sweep, CurrentSets* sets = nullptr);

    /// `key` is the declared one.
    bool contains(const std::string& key, int repeat) const;
    /// The greatest number of one with that key; 0 where there is none.
    int last_repeat(const std::string& key) const;
    /// What changed since a repeat that is no longer current was made: "helper.py changed". Empty where there
    /// is none, or something else changed.
    std::string change(const std::string& key, int repeat) const;

    /// How many of them are not known in all that they read, and why the first is not.
    std::size_t unobserved() const { return unobserved_; }
    const std::string& why_unobserved() const { return why_unobserved_; }

  private:
    using Repeat = std::pair<std::string, int>;
    std::vector<Repeat> done_;  ///< sorted
    std::map<Repeat, std::string> changes_;
    std::size_t unobserved_ = 0;
    std::string why_unobserved_;
};

}  // namespace tidemark::store
