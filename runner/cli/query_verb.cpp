#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/suggestion.hpp"
#include "base/units.hpp"
#include "cli/interruption.hpp"
#include "cli/output.hpp"
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

/// `no such column: acuracy` gets the columns that may have been meant.
std::string explanation(sql::Connection& connection, const sql::SqlError& error) {
    const std::string message = error.what();
    constexpr std::string_view kNoColumn = "no such column: ";
    constexpr std::string_view kNoTable = "no such table: ";
    const bool no_column = message.starts_with(kNoColumn);
    if (!no_column && !message.starts_with(kNoTable)) return message;
    std::vector<std::string> known;
    sql::Statement names =
        connection.prepare(no_column ? "SELECT name FROM pragma_table_info('results')"
                                     : "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view')");
    while (names.step()) known.push_back(names.text(0));
    const std::string word = message.substr(no_column ? kNoColumn.size() : kNoTable.size());
    return message + did_you_mean(word, std::vector<std::string_view>(known.begin(), known.end()));
}

/// The statement with a mark below the place of the error.
std::string with_place(const std::string& sql, const sql::SqlError& error) {
    if (!error.offset() || sql.find('\n') != std::string::npos) return {};
    return fmt::format("\n    {}\n    {:>{}}", sql, "^", *error.offset() + 1);
}

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
        throw UsageError(explanation(connection, error) + with_place(options.sql, error));
    }
    write_table(options.output, table);
    return ExitCode::Success;
}

}  // namespace

Action add_query_verb(CLI::App& app) {
    auto options = std::make_shared<QueryOptions>();
    app.add_option("SQL", options->sql,
                   "a statement that reads, such as \"SELECT run, peak_rss_bytes FROM results\"")
        ->required();
    app.add_option("--db", options->database, "the database of results");
    app.add_option("--time-limit", options->time_limit, "ends a query that takes longer (default: 60 s)");
    options->output.add_to(app);
    return [options](const Context&) {
        if (options->database.empty()) options->database = default_database().string();
        return query(*options);
    };
}

}  // namespace tidemark::cli
