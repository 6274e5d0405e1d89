#include "sweep/expansion/axis_query.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "sql/connection.hpp"
#include "sql/median.hpp"
#include "sql/read_only_guard.hpp"
#include "sql/statement.hpp"
#include "sweep/file/scalar.hpp"

namespace tidemark::sweep {
namespace {

constexpr Seconds kTimeLimit{60};
constexpr std::size_t kMostRows = 1'000'000;

bool is_set(const Axis& axis, const LoadOptions& options) {
    return axis.names.size() == 1 && std::ranges::any_of(options.set, [&](const std::string& set) {
               return set.starts_with(axis.names.front().name + "=");
           });
}

/// Also where nothing may be written beside it.
sql::Connection open(const std::filesystem::path& database) {
    try {
        sql::Connection connection(database, sql::Access::Read);
        connection.value_of("SELECT count(*) FROM sqlite_schema");
        return connection;
    } catch (const sql::SqlError&) {
        return {database, sql::Access::ReadUnchanging};
    }
}

/// What is wrong with the rows, or nothing.
std::string add_rows(sql::Statement& rows, Axis& axis) {
    const auto columns = static_cast<std::size_t>(rows.column_count());
    if (columns != axis.names.size())
        return fmt::format("selects {} column{}, and {} {} wanted", columns, columns == 1 ? "" : "s",
                           axis.names.size(), axis.names.size() == 1 ? "is" : "are");
    while (rows.step()) {
        if (axis.points.size() == kMostRows) return fmt::format("gives more than {} rows", kMostRows);
        AxisPoint& point = axis.points.emplace_back(AxisPoint{{}, axis.query->position});
        for (std::size_t i = 0; i < columns; ++i) {
            const Value value = rows.value(static_cast<int>(i));
            if (!is_finite(value)) return fmt::format("gives {}, which no parameter may be", to_text(value));
            point.values.push_back({value, to_text(value), to_text(value), axis.query->position, {}});
        }
    }
    return axis.points.empty() ? "gives no row, so there would be no runs" : "";
}

std::string ask(Axis& axis, const std::filesystem::path& database) {
    std::error_code error;
    if (database.empty() || !std::filesystem::exists(database, error)) {
        return fmt::format(
            "asks for earlier results, and there is no database {}; first make the runs that it "
            "asks for, or name their database by --db",
            database.string());
    }
    try {
        sql::Connection connection = open(database);
        sql::register_median(connection);
        const sql::ReadOnlyGuard guard(connection, kTimeLimit);
        sql::Statement rows = connection.prepare(axis.query->sql);
        return rows.column_count() == 0 ? "must be a SELECT, which only reads" : add_rows(rows, axis);
    } catch (const sql::SqlError& problem) {
        if (problem.is_interrupted()) return fmt::format("takes longer than {:.0f} s", kTimeLimit.value);
        return fmt::format("SQLite says of {}: {}", database.string(), problem.what());
    }
}

}  // namespace

void ask_queries(Definition& definition, const LoadOptions& options, Problems& problems) {
    for (Axis& axis : definition.matrix) {
        if (!axis.query || is_set(axis, options)) continue;
        if (const std::string problem = ask(axis, options.database); !problem.empty())
            problems.add(axis.query->position, fmt::format("matrix.{}.sql", axis.key), problem);
    }
}

}  // namespace tidemark::sweep
