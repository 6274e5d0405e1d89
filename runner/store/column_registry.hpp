#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "sql/connection.hpp"

namespace tidemark::store {

enum class ColumnKind { Parameter, Metric };

/// What ColumnRegistry answers to a name that wants a column.
enum class ColumnAnswer {
    Granted,
    Taken,   ///< the name belongs to the other kind or to a fixed column
    NoRoom,  ///< there are kMostOwnColumns already
};

/// SQLite holds at most 2000 columns in a table (https://www.sqlite.org/limits.html); some are left for fixed
/// ones to come.
inline constexpr std::size_t kMostOwnColumns = 1900;

/// The columns of the wide table that were added for parameters and metrics. A name belongs to the kind that
/// came first.
class ColumnRegistry {
  public:
    explicit ColumnRegistry(sql::Connection& connection);  ///< reads what is registered now

    /// Makes sure that the name has a column, if it can; within the caller's transaction. Throws
    /// sql::SqlError.
    ColumnAnswer require(const std::string& name, ColumnKind kind);

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
