#include <fmt/format.h>

#include "base/units.hpp"
#include "cli/interruption.hpp"
#include "cli/output.hpp"
#include "cli/sql_problem.hpp"
#include "cli/verb.hpp"
#include "sql/read_only_guard.hpp"
#include "store/database.hpp"

namespace tidemark::cli {
namespace {

struct QueryOptions {
    std::string sql;
    std::string database;
    std::string time_limit = "60 s";
    OutputOptions output;
};

report::Table read_rows(sql::Statement& statement) {
    report::Table table;
    for (int column = 0; column < statement.column_count(); ++column) {
        const std::string name = statement.column_name(column);
        table.columns.push_back({name, name, protocol::Unit::None, true});
    }
    while (statement.step()) {
        auto& row = table.rows.emplace_back();
        for (int column = 0; column < statement.column_count(); ++column)
            row.push_back({statement.value(column), {}});
    }
    return table;
}

ExitCode query(const QueryOptions& options) {
    const auto limit = parse_seconds(options.time_limit);
    if (!limit.quantity) throw UsageError("--time-limit: " + limit.problem);
    store::Database database = store::Database::open_to_read(options.database);
    sql::Connection& connection = database.connection();
    report::Table table;
    try {
        const SignalInterruption interruption;
        const sql::ReadOnlyGuard guard(connection, *limit.quantity, SignalInterruption::any);
        sql::Statement statement = connection.prepare(options.sql);
        table = read_rows(statement);
    } catch (const sql::SqlError& error) {
        if (error.is_interrupted() && SignalInterruption::any())
            throw Error(ExitCode::Interrupted, "interrupted");
        if (error.is_interrupted()) {
            throw UsageError(fmt::format("the query took longer than {}; --time-limit gives it more",
                                         to_text(*limit.quantity)));
        }
        throw UsageError(sql_problem(connection, options.sql, error));
    }
    write_table(options.output, table);
    return ExitCode::Success;
}

}  // namespace

Action add_query_verb(Options& declared) {
    auto options = std::make_shared<QueryOptions>();
    declared.required("SQL", options->sql,
                      "a statement that reads, such as \"SELECT run, peak_rss_bytes FROM results\"");
    declared.text("--db", options->database, "the database of results");
    declared.text("--time-limit", options->time_limit, "ends a query that takes longer (default: 60 s)");
    options->output.add_to(declared);
    return [options](const Context&) {
        if (options->database.empty()) options->database = default_database().string();
        return query(*options);
    };
}

}  // namespace tidemark::cli
