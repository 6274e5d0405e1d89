#include <memory>
#include <utility>

#include <fmt/format.h>

#include "base/units.hpp"
#include "cli/output.hpp"
#include "cli/sql_problem.hpp"
#include "cli/verb.hpp"
#include "report/row_stream.hpp"
#include "sql/median.hpp"
#include "sql/read_only_guard.hpp"
#include "store/database.hpp"
#include "terminal/place_of_results.hpp"
#include "terminal/signals.hpp"

namespace tidemark::cli {
namespace {

struct QueryOptions {
    std::string sql;
    std::string database;
    std::string time_limit = "60 s";
    OutputOptions output;
};

std::vector<report::Column> columns_of(const sql::Statement& statement) {
    std::vector<report::Column> columns;
    for (int column = 0; column < statement.column_count(); ++column) {
        const std::string name = statement.column_name(column);
        columns.push_back({name, name, protocol::Unit::None, true});
    }
    return columns;
}

/// Calls `use` with each row.
template <typename Use>
void for_each_row(sql::Statement& statement, Use use) {
    std::vector<report::Cell> row;
    while (statement.step()) {
        row.clear();
        for (int column = 0; column < statement.column_count(); ++column)
            row.push_back({statement.value(column), {}});
        use(row);
    }
}

std::unique_ptr<report::RowStream> stream_for(report::Format format, std::vector<report::Column> columns,
                                              std::ostream& out) {
    if (format == report::Format::Json) return std::make_unique<report::JsonStream>(std::move(columns), out);
    const auto texts = format == report::Format::SpreadsheetCsv ? report::CsvTexts::SafeInSpreadsheets
                                                                : report::CsvTexts::AsTheyAre;
    return std::make_unique<report::CsvStream>(std::move(columns), out, texts);
}

/// For machines row by row, however many there are; people's tables need all rows for their widths.
void write_rows(const OutputOptions& options, sql::Statement& statement) {
    if (!options.for_machines()) {
        report::Table table;
        table.columns = columns_of(statement);
        for_each_row(statement, [&](const auto& row) { table.rows.push_back(row); });
        write_table(options, std::move(table));
        return;
    }
    write_output(options, [&](std::ostream& out) {
        const auto stream = stream_for(options.chosen(), columns_of(statement), out);
        for_each_row(statement, [&](const auto& row) {
            if (out) stream->add(row);
        });
        stream->finish();
    });
}

ExitCode query(const QueryOptions& options) {
    const auto limit = parse_seconds(options.time_limit);
    if (!limit.quantity) throw UsageError("--time-limit: " + limit.problem);
    store::Database database = store::Database::open_to_read(options.database);
    sql::register_median(database.connection());  // what a table of a sweep file may say works here, too
    sql::Connection& connection = database.connection();
    try {
        const terminal::SignalInterruption interruption;
        const sql::ReadOnlyGuard guard(connection, *limit.quantity, terminal::SignalInterruption::any);
        sql::Statement statement = connection.prepare(options.sql);
        write_rows(options.output, statement);
    } catch (const sql::SqlError& error) {
        if (error.is_interrupted() && terminal::SignalInterruption::any())
            throw Error(ExitCode::Interrupted, "interrupted");
        if (error.is_interrupted()) {
            throw UsageError(fmt::format("the query took longer than {}; --time-limit gives it more",
                                         to_text(*limit.quantity)));
        }
        throw UsageError(sql_problem(connection, options.sql, error));
    }
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
        if (options->database.empty()) options->database = terminal::default_database().string();
        return query(*options);
    };
}

}  // namespace tidemark::cli
