#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "cli/plan.hpp"
#include "store/current_sets.hpp"
#include "sweep/sweep.hpp"

namespace tidemark::cli {

/// What became of runs that were made with other captures than the file has now.
struct Recaptured {
    std::size_t read = 0;    ///< their metrics come from what is kept of them
    std::size_t failed = 0;  ///< of those: they have not what the captures ask for
    std::string first_failure;
    std::size_t not_kept = 0;  ///< to be made again
    std::string first_not_kept;
    bool interrupted = false;

    /// To be said before the sweep, or of a dry run.
    std::vector<std::string> sentences(bool dry) const;
};

/// Takes the metrics of planned runs from what is kept of them, where their captures alone have changed, and
/// leaves those runs out of the plan.
Recaptured recapture(Plan& plan, const sweep::Sweep& sweep, sql::Connection& connection,
                     store::CurrentSets& sets);

/// What recapture would do. Nothing is read but the plan's own runs, and nothing is written.
Recaptured would_recapture(const Plan& plan, const sweep::Sweep& sweep, sql::Connection& connection,
                           store::CurrentSets& sets);

}  // namespace tidemark::cli
