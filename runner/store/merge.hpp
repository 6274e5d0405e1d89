#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include "store/database.hpp"

namespace tidemark::store {

/// Which runs are moved from one database to another.
struct MergeOptions {
    std::string sweep;  ///< of this sweep; empty: all
    std::string where;  ///< SQL condition over `attempts` of the source; empty: all
};

struct Merged {
    std::int64_t added = 0;
    std::int64_t known = 0;      ///< were in the target already
    std::int64_t annotated = 0;  ///< of the known: got tags or a note
    std::int64_t claimed = 0;    ///< are in the hands of a runner, which stores them itself
};

/// Adds the runs of `source` to `target` with all that belongs to them, but for those that are there already,
/// by run_id. What people say of those that are there is joined.
/// Which attempt of a run is the latest is decided anew. It is done in batches, each in a
/// transaction of its own, so that memory stays small and an interrupted merge can be repeated; `proceed` is
/// called after each with the number added so far, and ends the merge where it says false. Throws CannotGoOn,
/// and sql::SqlError for a wrong `where`.
Merged merge(Database& target, Database& source, const MergeOptions& options,
             const std::function<bool(std::int64_t)>& proceed);

/// The same from a file.
Merged merge(Database& target, const std::filesystem::path& source, const MergeOptions& options,
             const std::function<bool(std::int64_t)>& proceed);

}  // namespace tidemark::store
