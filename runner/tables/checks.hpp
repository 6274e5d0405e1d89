#pragma once

#include <string>
#include <vector>

#include "analysis/check.hpp"
#include "report/junit.hpp"
#include "report/table.hpp"
#include "results/current_results.hpp"
#include "sweep/sweep.hpp"

namespace tidemark::tables {

/// What one bound of a check says of one run.
struct CheckResult {
    std::string check;  ///< its name
    sweep::Position position;
    std::string run;     ///< empty where the check is about no run at all
    std::string metric;  ///< as the sweep file has it
    protocol::Unit unit = protocol::Unit::None;
    std::string requirement;  ///< `at most 1.00 GiB`
    analysis::BoundKind bound_kind = analysis::BoundKind::Maximum;
    double bound = 0;
    std::string against{};  ///< of a drift: `main`, `best-of:main:10`
    analysis::Finding finding;
    bool disturbed = false;  ///< the run's figure, or that of the baseline
};

/// Decides all checks of the sweep file, in its order, each for every run that its `where` holds for. Throws
/// UsageError where a `where` is wrong in a way that only the results could tell. `results` must be of the
/// same sweep. `against`: what every drift is held against instead of what the file says.
std::vector<CheckResult> decide_checks(const sweep::Sweep& sweep, results::CurrentResults& results,
                                       const std::vector<sweep::Against>& against = {});

/// The same without any database: nothing is decided.
std::vector<CheckResult> undecided_checks(const sweep::Sweep& sweep, const std::string& reason,
                                          const std::vector<sweep::Against>& against = {});

analysis::Verdict worst_of(const std::vector<CheckResult>& results);

/// `3 checks of 5 runs: 4 pass, 1 broken`
std::string summary_of(const sweep::Sweep& sweep, const std::vector<CheckResult>& results);

/// Whether one of the checks holds peak memory to a `max`.
bool bounds_a_peak(const std::vector<CheckResult>& results);

/// What is unlike in how the present results and the baselines were measured, a table for each baseline that
/// has something so; to be shown before all else.
std::vector<report::Table> unlike_baselines(const sweep::Sweep& sweep,
                                            const std::vector<CheckResult>& results);

/// Why it is decided so, and that the figure was disturbed: for formats that can mark none.
std::string told_finding(const CheckResult& result);

/// Every result a row, without a title and a word about all of them.
report::Table rows_of_checks(const std::vector<CheckResult>& results);
/// For people: what did not pass, and what did as long as it is not too much to read.
report::Table checks_for_people(const sweep::Sweep& sweep, const std::vector<CheckResult>& results);
/// For machines: everything, unrounded.
report::Table checks_for_machines(const std::vector<CheckResult>& results);
report::JunitSuite checks_as_junit(const sweep::Sweep& sweep, const std::vector<CheckResult>& results);

}  // namespace tidemark::tables
