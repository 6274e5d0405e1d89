#pragma once

#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "cli/plan_steps.hpp"
#include "cli/sweep_choice.hpp"
#include "cli/verb.hpp"
#include "cli/workloads.hpp"
#include "results/known_runs.hpp"
#include "results/plan_state.hpp"
#include "run/scheduler.hpp"
#include "store/database.hpp"

namespace tidemark::cli {

/// The sweep of a plan in all ways in which its runs are or were made: under the ceiling, as probes, as the
/// file says, and under other ceilings of earlier plans.
class PlanSweeps {
  public:
    /// `ceiling`: the limit of memory that runs get; none where nothing bounds them or it cannot be enforced.
    PlanSweeps(const SweepChoice& choice, const sweep::WorkloadCatalogue& catalogue, const sweep::Sweep& base,
               std::optional<Bytes> ceiling, const std::vector<std::string>& stored_limits);

    const std::vector<results::Making>& makings() const { return makings_; }
    /// What the answer is measured by, and what the search is made by.
    static constexpr std::size_t kAnswer = 0;
    std::size_t probe() const { return probe_; }
    const sweep::Sweep& sweep(std::size_t making) const { return *makings_[making].sweep; }
    const sweep::LoadOptions& load(std::size_t making) const { return loads_[making]; }

  private:
    void add_limit(const std::string& limit, bool is_base);

    const SweepChoice& choice_;
    const sweep::WorkloadCatalogue& catalogue_;
    const sweep::Sweep& base_;
    std::deque<sweep::Sweep> own_;
    std::vector<results::Making> makings_;
    std::vector<sweep::LoadOptions> loads_;
    std::size_t probe_ = kAnswer;
};

/// Reads what the database holds into the state.
void take_known(results::PlanState& state, sql::Connection& connection, store::CurrentSets& sets,
                const PlanSweeps& sweeps, const std::string& goal_text, const std::string& since);

/// Makes the runs of a plan, one after the other, until there is nothing more to do.
class PlanSession {
  public:
    PlanSession(const Context& context, const SweepChoice& choice, store::Database& database,
                const PlanSweeps& sweeps, results::PlanState& state, PlanBudget budget);

    struct Ended {
        NextStep step;
        bool interrupted = false;
    };
    Ended make_runs(const std::string& goal_text, bool quiet);

  private:
    NextStep look();
    run::Tally make_chain(const NextStep& first, const std::string& goal_text, bool quiet);

    const Context& context_;
    const SweepChoice& choice_;
    store::Database& database_;
    const PlanSweeps& sweeps_;
    results::PlanState& state_;
    PlanBudget budget_;
    std::string goal_text_;
    std::string since_;  ///< this command began
};

}  // namespace tidemark::cli
