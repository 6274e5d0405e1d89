#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "sweep/expansion/run_spec.hpp"
#include "sweep/file/definition.hpp"
#include "sweep/file/problems.hpp"

namespace tidemark::sweep {

/// The whole row of a run.
using RowOf = std::function<Row(const RunSpec&)>;

/// The runs that hold the condition, by their index; all where there is none. `key` is of messages.
std::vector<std::size_t> runs_that_hold(const std::optional<GivenExpression>& where, const std::string& key,
                                        const std::vector<std::string>& columns,
                                        const std::vector<RunSpec>& runs, const RowOf& row,
                                        Problems& problems);

/// For each requirement the runs that it is about, by their index. `row` gives a run's values in the order of
/// `columns`; what is wrong with a condition is added to `problems`.
std::vector<std::vector<std::size_t>> runs_that_need(const std::vector<GivenRequirement>& requirements,
                                                     const std::vector<std::string>& columns,
                                                     const std::vector<RunSpec>& runs, const RowOf& row,
                                                     Problems& problems);

}  // namespace tidemark::sweep
