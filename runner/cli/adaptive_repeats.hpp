#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "cli/plan.hpp"
#include "run/scheduler.hpp"
#include "sql/connection.hpp"
#include "store/column_registry.hpp"
#include "sweep/sweep.hpp"

namespace tidemark::cli {

/// `3`, `1 to 5`, `5 to 50, until the median of wall is known to 2 %`; empty: all runs are made once.
std::string described_repeats(const sweep::Sweep& sweep);

/// Makes runs whose `repeat` says `until` again and again, until the median of their figure is known well
/// enough: both ends of its interval (analysis::median_interval) lie within the wanted share of it. A run of
/// which a repeat did not end well, or did not report the figure, is made no more often than at the least.
class AdaptiveRepeats {
  public:
    /// Both must outlive this.
    AdaptiveRepeats(const sweep::Sweep& sweep, sql::Connection& connection);

    /// Whether there is any such run.
    bool any() const { return any_; }

    /// Takes what the plan has no more as done, and adds the next repeat of each run that is not known well
    /// enough by it.
    void extend(Plan& plan);

    /// The next repeat, now that this one is stored as ok; none where the run is known well enough, or others
    /// of its repeats are still to come.
    std::vector<run::PlannedRun> after(const run::PlannedRun& done);

    /// A sentence for each of the first runs that are done, and not known as well as wanted.
    std::vector<std::string> shortfalls() const;

  private:
    struct Known {
        int planned = 0;  ///< repeats, from 1
        int done = 0;
        std::vector<double> values;
    };
    void take(const store::ColumnRegistry& registry, std::size_t spec, int repeat);
    std::optional<run::PlannedRun> next(std::size_t spec);
    std::string shortfall(std::size_t spec) const;

    const sweep::Sweep& sweep_;
    sql::Connection& connection_;
    bool any_ = false;
    std::vector<Known> known_;  ///< by the run's index; empty: there is no such run
};

}  // namespace tidemark::cli
