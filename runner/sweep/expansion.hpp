#pragma once

#include <functional>
#include <span>
#include <vector>

#include "sweep/columns.hpp"
#include "sweep/definition.hpp"
#include "sweep/sweep.hpp"

namespace tidemark::sweep {

/// The digest of a run that is given by the values of all columns.
using CellDigest = std::function<Digest(std::span<const Value>)>;

/// Expands the matrix and the named runs: derives, excludes, names, and finds what is equal. `varying` are
/// the indices of the columns that each run stores. Problems are added; then the result is of no use.
std::vector<RunSpec> expand(const Definition& definition, const Columns& columns,
                            const std::vector<std::size_t>& varying, const LoadOptions& options,
                            const CellDigest& digest, Problems& problems);

}  // namespace tidemark::sweep
