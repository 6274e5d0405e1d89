#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "report/table.hpp"
#include "results/plan_state.hpp"

namespace tidemark::tables {

/// What a plan has found and what it expects of the rest: the answer, the others that hold, the front, and
/// the best of what was not tried. `more` shows all that was measured.
report::Table plan_table(results::PlanState& state, bool more);

/// How sure it is that there is nothing better, and what lies next to it; a sentence each.
std::vector<std::string> doubts_of_answer(results::PlanState& state, std::size_t answer);

/// Where nothing holds: by how much the closest misses, and what would have to change.
std::vector<std::string> why_nothing_holds(results::PlanState& state);

/// `maximise images_per_s with peak_rss ≤ 1.00 GiB`
std::string goal_text(const sweep::GoalDefinition& goal);

/// The run with all that differs between runs, as an entry of `runs:` of a sweep file.
std::string as_named_run(const sweep::Sweep& sweep, std::size_t run, const std::string& name);

}  // namespace tidemark::tables
