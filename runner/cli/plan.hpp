#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "run/scheduler.hpp"
#include "store/sweep_ledger.hpp"
#include "sweep/sweep.hpp"

namespace tidemark::cli {

/// What a `tidemark run` has to do.
struct Plan {
    std::vector<run::PlannedRun> runs;       ///< in the order in which they are made
    std::vector<std::string> keys;           ///< of the sweep's runs, by their index
    std::vector<std::string> measured_keys;  ///< the same without captures
    std::vector<int> repeats;                ///< that each of them has so far, done or planned
    std::size_t done_before = 0;             ///< left out, because the database holds them as ok
    std::size_t lacking = 0;                 ///< left out, because something that they need is not there
    /// Done, but something that they read has changed: what, and how many of `runs` that is about.
    std::map<std::string, std::size_t> changes;
    std::map<std::string, std::size_t> first_changed;  ///< the first run of each, by its index
    std::size_t failed_again = 0;  ///< left out, because what is kept of them has not what a capture asks for
};

/// All repeats of all runs, in the sweep's order, without those that are done. Of runs that are repeated
/// until something is known: the least number, and what is done beyond it. A shuffled order is the same each
/// time, so that an interrupted sweep goes on in it.
Plan make_plan(const sweep::Sweep& sweep, const store::DoneRuns& done, bool fresh);

/// Leaves out what is still to be made of these runs, given by their index; returns how many of the runs were
/// to be made.
std::size_t leave_out(Plan& plan, const std::vector<std::size_t>& runs);

}  // namespace tidemark::cli
