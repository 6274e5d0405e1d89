#pragma once

#include "sweep/expansion/sweep_parameters.hpp"
#include "sweep/file/definition.hpp"
#include "sweep/file/problems.hpp"

namespace tidemark::sweep {

/// Checks what parts of a sweep file say of each other: that each placeholder names a parameter, that what is
/// done once for the sweep uses none that varies, that no captured metric is called like a parameter.
/// Problems are added.
void check_across(const Definition& definition, const SweepParameters& columns, Problems& problems);

}  // namespace tidemark::sweep
