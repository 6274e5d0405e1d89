#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "run/observed_states.hpp"
#include "sql/connection.hpp"

namespace tidemark::store {

/// Files of tidemark's own that may lie below a sweep's folder: the database and the runs beside it.
std::vector<std::filesystem::path> own_files(sql::Connection& connection);

/// What is observed for this database.
run::ObservedStates observed_states(sql::Connection& connection, const run::Observing& observing);

/// Whether what runs of a sweep read is as it was. Each file and each set is looked at once.
class CurrentSets {
  public:
    CurrentSets(sql::Connection& connection, std::string sweep, const run::Observing& observing);

    /// What changed since the runs of this set (the column `observed`) were made: "helper.py changed". Empty:
    /// nothing.
    const std::string& change(const std::string& observed);

    /// Puts all sets of the sweep that are no longer current into the table temp.outdated_sets(observed,
    /// change). Throws sql::SqlError.
    void publish();

    /// How many files were looked at until now.
    std::size_t files() const { return files_.size(); }

  private:
    std::string find_change(const std::string& observed);
    const std::string& change_of_file(std::int64_t file);

    sql::Connection& connection_;
    std::string sweep_;
    std::optional<run::ObservedStates> states_;  ///< absent: nothing is observed
    std::set<std::string> outputs_;
    std::unordered_map<std::int64_t, std::string> files_;
    std::unordered_map<std::string, std::string> sets_;
};

/// Whether the database knows what runs read: one that an earlier version made does not.
bool knows_observed(sql::Connection& connection);

}  // namespace tidemark::store
