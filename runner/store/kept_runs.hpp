#pragma once

#include <optional>

#include "protocol/request.hpp"
#include "run/read_again.hpp"
#include "sql/connection.hpp"

namespace tidemark::store {

class CurrentSets;

/// Stored runs of which nothing has changed but the captures: their metrics can be taken from what is kept of
/// them.
class KeptRuns {
  public:
    /// `sets` know what is still current of what runs read; null: it does not matter.
    explicit KeptRuns(sql::Connection& connection, CurrentSets* sets = nullptr);

    /// The latest attempt of this sweep, cell and repeat, where it has the same measured_key and went well
    /// but for its metrics, and another key. Throws sql::SqlError.
    std::optional<run::KeptRun> find(const protocol::Request& wanted);

  private:
    sql::Connection& connection_;
    CurrentSets* sets_;
    bool knows_;  ///< a database that an earlier version made, and that is only read, does not
};

/// Replaces the metrics of a stored run, and whatever follows from them: key, status, reason, warnings. What
/// was measured stays as it is, and so do its identifier and its place among the attempts. `after.request`
/// has the new key. False, and nothing is changed, where it is not as it was found any more: another runner
/// was quicker. A transaction of its own; throws sql::SqlError.
bool replace_metrics(sql::Connection& connection, const run::KeptRun& found, const run::ReadAgain& read);

}  // namespace tidemark::store
