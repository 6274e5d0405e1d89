#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analysis/comparison.hpp"
#include "run/disturbances.hpp"
#include "sql/connection.hpp"

namespace tidemark::results {

/// The repeats of one run with all their figures.
struct RunGroup {
    std::string sweep;
    std::string run;
    std::string cell;
    std::string key;
    std::string invocation;  ///< of its first attempt, as the next
    std::string workload;    ///< empty: a command
    std::vector<analysis::MeasuredRepeat> repeats;
    run::Disturbed disturbed{};  ///< of those that ended ok
};

/// A set of stored attempts.
struct RunSet {
    enum class Kind { Attempt, Run, Sweep, Baseline };
    Kind kind = Kind::Sweep;
    std::string name{};   ///< run_id, cell, or the baseline; of a sweep nothing
    std::string sweep{};  ///< of a baseline: of which sweep
};

/// Latest attempts of a sweep or of one run in it, those that a baseline names, or one attempt: what a side
/// of a comparison is. In the order in which they were stored. Throws sql::SqlError.
std::vector<RunGroup> load_groups(sql::Connection& connection, const RunSet& set);

/// The sweeps of which a baseline has runs, by name; without a baseline, all.
std::vector<std::string> sweep_names(sql::Connection& connection, const std::optional<std::string>& baseline);

/// A run by its name, in one of the sweeps that have it.
struct NamedRun {
    std::string sweep;
    std::string cell;
};
std::vector<NamedRun> find_named_runs(sql::Connection& connection, const std::string& run,
                                      const std::optional<std::string>& sweep);

/// Names of the parameters of the attempt, and what else it was told, with their texts: `command`,
/// `environment`, `limits`, its service.
std::vector<std::pair<std::string, std::string>> told_to(sql::Connection& connection,
                                                         const std::string& run_id);
/// What of it is about its service, which is no part of its cell.
std::vector<std::pair<std::string, std::string>> service_of(sql::Connection& connection,
                                                            const std::string& run_id);

/// What the attempt was made by, captures aside: equal for attempts that are measured alike. Empty where that
/// is not known.
std::string measured_as(sql::Connection& connection, const std::string& run_id);

}  // namespace tidemark::results
