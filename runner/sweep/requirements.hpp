#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "base/value.hpp"
#include "sweep/definition.hpp"
#include "sweep/problems.hpp"
#include "sweep/sweep.hpp"

namespace tidemark::sweep {

/// For each requirement the runs that it is about, by their index. `row` gives a run's values in the order of
/// `columns`; what is wrong with a condition is added to `problems`.
std::vector<std::vector<std::size_t>> runs_that_need(
    const std::vector<GivenRequirement>& requirements, const std::vector<std::string>& columns,
    const std::vector<RunSpec>& runs, const std::function<std::vector<Value>(const RunSpec&)>& row,
    Problems& problems);

}  // namespace tidemark::sweep
