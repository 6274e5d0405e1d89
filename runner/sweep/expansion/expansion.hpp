#pragma once

#include <functional>
#include <vector>

#include "sweep/expansion/run_spec.hpp"
#include "sweep/expansion/sweep_parameters.hpp"
#include "sweep/expansion/value_pool.hpp"
#include "sweep/file/definition.hpp"
#include "sweep/load_options.hpp"

namespace tidemark::sweep {

/// The digest of a run that is given by the values of all columns, and its profile.
using CellDigest = std::function<Digest(RowView, const Profile&)>;

struct Expansion {
    std::vector<RunSpec> runs;
    std::size_t excluded = 0;  ///< cells of the matrix
};

/// Expands the matrix and the named runs: derives, excludes, names, and finds what is equal. `varying` are
/// the indices of the columns that each run stores; what the runs point to is kept in `values`. Problems are
/// added; then the result is of no use.
Expansion expand(const Definition& definition, const SweepParameters& columns,
                 const std::vector<std::size_t>& varying, const LoadOptions& options,
                 const CellDigest& digest, ValuePool& values, Problems& problems);

}  // namespace tidemark::sweep
