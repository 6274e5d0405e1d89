#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sql/connection.hpp"
#include "store/current_sets.hpp"
#include "sweep/sweep.hpp"

namespace tidemark::results {

/// One way in which the runs of a sweep may have been made: as its file says, under another limit, as probes.
struct Making {
    const sweep::Sweep* sweep = nullptr;
    bool is_probe = false;  ///< with other parameters, under which runs are said to show the same
};

/// One stored repeat of a run that is current: its program and what it read are as they are now.
struct KnownRepeat {
    std::size_t run = 0;  ///< index into the sweep's runs
    int repeat = 1;
    std::size_t making = 0;  ///< index of the making
    bool ok = false;
    bool out_of_memory = false;
    std::string started_at;
    std::string reason;                          ///< where it did not end ok
    std::vector<std::optional<double>> figures;  ///< in the order in which they were asked for
    std::optional<double> peak_low;
    std::optional<double> peak_high;
    std::optional<double> memory_limit;
    std::string plan;  ///< the goal of the plan that made it; empty: none did
};

/// What `provenance` calls the goal of a plan.
inline constexpr const char* kPlanFact = "plan";

/// What is stored and current of the runs, whichever way they were made. All makings have the same runs under
/// the same names. Throws sql::SqlError.
std::vector<KnownRepeat> known_repeats(sql::Connection& connection, store::CurrentSets& sets,
                                       const std::vector<Making>& makings,
                                       const std::vector<std::string>& columns);

/// Under which limits of memory runs of the sweep were made, as `--limit` takes them; at most `most`.
std::vector<std::string> stored_memory_limits(sql::Connection& connection, const std::string& sweep,
                                              std::size_t most);

}  // namespace tidemark::results
