#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sql/connection.hpp"

namespace tidemark::store {

enum class ColumnKind { Parameter, Metric };

/// What ColumnRegistry answers to a name that wants a column.
enum class ColumnAnswer {
    Granted,
    Taken,   ///< the name belongs to a fixed column
    NoRoom,  ///< there are kMostOwnColumns already
};

/// SQLite holds at most 2000 columns in a table (https://www.sqlite.org/limits.html); some are left for fixed
/// ones to come.
inline constexpr std::size_t kMostOwnColumns = 1900;

/// The columns of the wide table that were added for parameters (p_NAME) and metrics (m_NAME). A name may
/// have both: what is a parameter in one sweep is a metric in another.
class ColumnRegistry {
  public:
    explicit ColumnRegistry(sql::Connection& connection);  ///< reads what `runs` has now

    /// Makes sure that the name has a column, if it can; within the caller's transaction. Where the name has
    /// one of the other kind already, attempts that an earlier version could not give theirs get it now, and
    /// lose the warning that it left. Throws sql::SqlError.
    ColumnAnswer require(const std::string& name, ColumnKind kind);

    /// Recreates the views if columns were added.
    void finish();

    /// Names of one kind, in the order in which they came.
    std::vector<std::string> names(ColumnKind kind) const;

    bool has(std::string_view name, ColumnKind kind) const;

    /// SQL for the value that an attempt has under the name of a column of `results`: that of the fixed
    /// column, of its parameter, or of its metric. `runs` is how the statement calls the wide table. NULL
    /// where no attempt has such a column.
    std::string expression(std::string_view name, std::string_view runs = "runs") const;

    /// The same for the fixed column alone, whatever parameter or metric has its name: NULL where `runs` has
    /// none.
    std::string fixed_expression(std::string_view name, std::string_view runs = "runs") const;

  private:
    void fill_what_was_refused(const std::string& name, ColumnKind kind);

    sql::Connection& connection_;
    std::map<ColumnKind, std::vector<std::string>> order_;
    std::vector<std::string> fixed_;
    bool changed_ = false;
};

/// Physical name in the wide table: `p_batch_size`, `m_accuracy`, quoted.
std::string physical_name(std::string_view name, ColumnKind kind);

/// Whose column it is that the wide table calls so; nothing for a fixed one.
struct OwnColumn {
    std::string name;
    ColumnKind kind;
};
std::optional<OwnColumn> own_column(std::string_view physical);

/// Creates the views `results`, `attempts` and `told` if there are none; as TEMP VIEW in front of a database
/// that may not be written.
void create_views(sql::Connection& connection, std::string_view kind = "VIEW");

}  // namespace tidemark::store
