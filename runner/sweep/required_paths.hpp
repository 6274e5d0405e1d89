#pragma once

#include "protocol/description.hpp"
#include "protocol/request.hpp"
#include "sweep/file/definition.hpp"

namespace tidemark::sweep {

/// A file or folder that a run's workload needs for one of its values, `data_dir` for `dataset: cifar10`,
/// must be there: without it every run would fail in turn. Adds a problem where it is not.
void check_required_paths(const Definition& definition, const protocol::WorkloadDescription& workload,
                          const protocol::Parameters& parameters, Problems& problems);

}  // namespace tidemark::sweep
