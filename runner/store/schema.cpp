#include "store/schema.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include <fmt/format.h>

#include "protocol/database_schema.hpp"
#include "protocol/result_columns.hpp"
#include "store/column_registry.hpp"

namespace tidemark::store {
namespace {

/// A fixed column of `runs` that the steps of the schema do not make.
struct LaterColumn {
    std::string_view name;
    std::string_view type;
};

std::vector<LaterColumn> later_columns() {
    constexpr std::array<std::string_view, 4> kTypes{"INTEGER", "REAL", "INTEGER", "TEXT"};
    static_assert(std::variant_size_v<protocol::Figure::Member> == kTypes.size());
    std::vector<LaterColumn> columns;
    for (const protocol::Figure& figure : protocol::kFigures)
        columns.push_back({figure.name, kTypes[figure.member.index()]});
    columns.push_back({protocol::kLastWords, "TEXT"});
    columns.push_back({protocol::kRevision, "TEXT"});
    columns.push_back({protocol::kTags, "TEXT"});
    columns.push_back({protocol::kNote, "TEXT"});
    return columns;
}

}  // namespace

std::span<const Migration> migrations() {
    static const std::vector<Migration> steps = [] {
        std::vector<Migration> all;
        for (const std::string_view sql : protocol::schema_steps()) all.push_back({sql});
        return all;
    }();
    return steps;
}

int schema_version(sql::Connection& connection) {
    return static_cast<int>(std::get<std::int64_t>(connection.value_of("PRAGMA user_version")));
}

void migrate(sql::Connection& connection, std::span<const Migration> steps) {
    while (schema_version(connection) < static_cast<int>(steps.size())) {
        sql::Transaction transaction(connection);
        const int version = schema_version(connection);  // again: another process may have been quicker
        if (version >= static_cast<int>(steps.size())) return;
        connection.execute(std::string(steps[static_cast<std::size_t>(version)].sql));
        connection.execute(fmt::format("PRAGMA user_version = {}", version + 1));
        if (version == 0) connection.execute(fmt::format("PRAGMA application_id = {}", kApplicationId));
        transaction.commit();
    }
}

std::vector<std::string> columns_of_runs(sql::Connection& connection) {
    std::vector<std::string> names;
    const auto columns = connection.reuse("SELECT name FROM pragma_table_info('runs', 'main')");
    while (columns->step()) names.push_back(columns->text(0));
    return names;
}

void add_later_columns(sql::Connection& connection) {
    const auto lacking = [&connection] {
        const std::vector<std::string> there = columns_of_runs(connection);
        std::vector<LaterColumn> columns = later_columns();
        std::erase_if(columns, [&](const LaterColumn& column) {
            return std::ranges::find(there, column.name) != there.end();
        });
        return columns;
    };
    if (lacking().empty()) return;
    sql::Transaction transaction(connection);
    for (const LaterColumn& column : lacking()) {  // again: another process may have been quicker
        connection.execute(
            fmt::format("ALTER TABLE runs ADD COLUMN {} {}", sql::quoted_name(column.name), column.type));
    }
    // within the transaction, so that no reader finds the database without them
    connection.execute("DROP VIEW IF EXISTS results; DROP VIEW IF EXISTS attempts");
    create_views(connection);
    transaction.commit();
}

}  // namespace tidemark::store
