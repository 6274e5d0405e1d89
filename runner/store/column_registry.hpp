#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "sql/connection.hpp"

namespace tidemark::store {

enum class ColumnKind { Parameter, Metric };

/// The columns of the wide table that were added for parameters and metrics. A name belongs to the kind that
/// came first.
class ColumnRegistry {
  public:
    explicit ColumnRegistry(sql::Connection& connection);  ///< reads what is registered now

    /// Makes sure that the name has a column; within the caller's transaction. False: the name belongs to the
    /// other kind or to a fixed column. Throws sql::SqlError (SQLite holds at most 2000 columns).
    bool require(const std::string& name, ColumnKind kind);

    /// Recreates the views if columns were added.
    void finish();

    /// Names of one kind, in the order in which they came.
    std::vector<std::string> names(ColumnKind kind) const;

    bool has(std::string_view name, ColumnKind kind) const;

  private:
    sql::Connection& connection_;
    std::map<std::string, ColumnKind, std::less<>> kinds_;
    std::vector<std::string> order_;
    bool changed_ = false;
};

/// Physical name in the wide table: `p_batch_size`, `m_accuracy`, quoted.
std::string physical_name(std::string_view name, ColumnKind kind);

/// Creates the views `results` and `attempts` if there are none.
void create_views(sql::Connection& connection);

}  // namespace tidemark::store
