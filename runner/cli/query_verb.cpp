#include <fmt/format.h>

#include "base/suggestion.hpp"
#include "base/units.hpp"
#include "cli/interruption.hpp"
#include "cli/output.hpp"
#include "cli/verb.hpp"
#include "report/display_text.hpp"
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

/// What SQLite says of a name that it does not know, taken apart.
struct UnknownName {
    bool is_column = false;
    std::string name;
};

std::optional<UnknownName> unknown_name(const std::string& message) {
    constexpr std::string_view kNoColumn = "no such column: ";
    constexpr std::string_view kNoTable = "no such table: ";
    if (message.starts_with(kNoColumn)) return UnknownName{true, message.substr(kNoColumn.size())};
    if (message.starts_with(kNoTable)) return UnknownName{false, message.substr(kNoTable.size())};
    return std::nullopt;
}

/// An unknown name gets the one that may have been meant.
std::string suggestion(sql::Connection& connection, const UnknownName& unknown) {
    std::vector<std::string> known;
    sql::Statement names = connection.prepare(
        unknown.is_column ? "SELECT name FROM pragma_table_info('results')"
                          : "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view')");
    while (names.step()) known.push_back(names.text(0));
    return did_you_mean(unknown.name, std::vector<std::string_view>(known.begin(), known.end()));
}

/// The statement with a mark below the place of the error.
std::string with_mark(const std::string& sql, std::size_t at) {
    if (sql.find('\n') != std::string::npos) return {};
    const std::size_t column = report::display_width(std::string_view(sql).substr(0, at));
    return fmt::format("\n    {}\n    {:>{}}", sql, "^", column + 1);
}

std::string explanation(sql::Connection& connection, const std::string& sql, const sql::SqlError& error) {
    std::string text = error.what();
    auto place = error.offset();
    if (const auto unknown = unknown_name(text)) {
        text += suggestion(connection, *unknown);
        // of a table SQLite does not tell the place
        if (const std::size_t at = sql.find(unknown->name); !place && at != std::string::npos) place = at;
    }
    return place ? text + with_mark(sql, *place) : text;
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
        throw UsageError(explanation(connection, options.sql, error));
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
