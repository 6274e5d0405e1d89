#include "cli/listed_runs.hpp"

#include <algorithm>
#include <iostream>
#include <limits>
#include <set>

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/suggestion.hpp"
#include "cli/sql_problem.hpp"
#include "protocol/database_schema.hpp"
#include "protocol/peak_memory.hpp"
#include "protocol/result_columns.hpp"
#include "results/stored_runs.hpp"
#include "results/units.hpp"
#include "sql/read_only_guard.hpp"
#include "store/annotations.hpp"
#include "store/column_registry.hpp"
#include "store/disturbed_attempts.hpp"
#include "store/queries.hpp"
#include "store/stored_request.hpp"
#include "tables/caveats.hpp"
#include "terminal/signals.hpp"

namespace tidemark::cli {
namespace {

using protocol::Unit;
using report::Cell;

/// What people say of runs: for machines always, for people where anybody has said something.
std::vector<std::string_view> annotation_columns(sql::Connection& connection, bool for_machines) {
    std::vector<std::string_view> columns;
    if (for_machines || store::has_tags(connection)) columns.push_back(protocol::kTags);
    if (for_machines || store::has_notes(connection)) columns.push_back(protocol::kNote);
    return columns;
}

/// A database that has not been written to since an earlier version has none of the later ones.
std::string default_columns(sql::Connection& connection, bool for_machines) {
    const store::ColumnRegistry registry(connection);
    std::string columns = "run_id, run, repeat, status, peak_rss_bytes, wall_s, reason";
    std::vector<std::string_view> later = annotation_columns(connection, for_machines);
    later.insert(later.begin(), protocol::kLastWords);
    for (const std::string_view name : later) {
        columns += fmt::format(", (SELECT {0} FROM runs AS r WHERE r.run_id = results.run_id) AS {1}",
                               registry.fixed_expression(name, "r"), name);
    }
    return columns;
}

/// What started within one millisecond is in the order in which it was stored.
constexpr const char* kNewestFirst =
    "results.started_at DESC, (SELECT r.rowid FROM runs AS r WHERE r.run_id = results.run_id) DESC";

constexpr Seconds kTimeLimit{60};
void require_sweep(sql::Connection& connection, const std::string& name) {
    const std::vector<std::string> known = results::sweep_names(connection, std::nullopt);
    if (std::ranges::find(known, name) != known.end()) return;
    const std::vector<std::string_view> names(known.begin(), known.end());
    throw UsageError(
        fmt::format("there is no sweep '{}' in the database{}", name, did_you_mean(name, names)));
}

/// The select over `results`, put together of what the user gave. It remembers where each part lies, so that
/// an error is shown in the part that it is in.
class RunsQuery {
  public:
    RunsQuery(const ListedRuns& options, sql::Connection& connection) {
        add("SELECT run_id, ");
        add_part("--columns", options.columns.empty() ? default_columns(connection, options.for_machines)
                                                      : options.columns);
        add(fmt::format(" FROM {} AS results", options.from));
        std::string joint = " WHERE ";
        if (!options.sweep.empty()) {
            add(joint + "sweep = " + sql::quoted_text(options.sweep));
            joint = " AND ";
        }
        if (!options.where.empty()) {
            add(joint + "(");
            add_part("--where", options.where);
            add("\n)");
        }
        add(" ORDER BY ");
        if (!options.sort.empty()) {
            add_part("--sort", options.sort);
            add(", ");
        }
        add(kNewestFirst);
        if (options.limit > 0) add(fmt::format("\n LIMIT {}", options.limit));
    }

    const std::string& text() const { return text_; }

    std::string problem(sql::Connection& connection, const sql::SqlError& error) const {
        for (const Part& part : parts_) {
            const auto place = error.offset();
            if (place && (*place < part.begin || *place > part.begin + part.text.size())) continue;
            return fmt::format("{}: {}", part.option,
                               sql_problem_in_part(connection, part.text, part.begin, error));
        }
        return error.what();
    }

  private:
    struct Part {
        std::string option;
        std::string text;
        std::size_t begin;
    };
    void add(const std::string& text) { text_ += text; }
    void add_part(const std::string& option, const std::string& text) {
        parts_.push_back({option, text, text_.size()});
        text_ += text;
    }

    std::string text_;
    std::vector<Part> parts_;
};

/// What the rows say, before anybody knows in which unit each column is.
struct StoredRows {
    std::vector<std::string> columns;
    std::vector<std::vector<Cell>> rows;
    std::vector<std::string> run_ids;
};

StoredRows read_rows(sql::Connection& connection, const RunsQuery& query) {
    StoredRows read;
    sql::Statement rows = connection.prepare(query.text());
    sql::Statement missing =
        connection.prepare("SELECT reason FROM missing WHERE run_id = ? AND \"column\" = ?");
    for (int column = 1; column < rows.column_count(); ++column)
        read.columns.push_back(rows.column_name(column));
    while (rows.step()) {
        read.run_ids.push_back(rows.text(0));
        auto& row = read.rows.emplace_back();
        for (int column = 1; column < rows.column_count(); ++column) {
            Cell& cell = row.emplace_back(Cell{rows.value(column), {}});
            if (!is_null(cell.value)) continue;
            missing.bind(0, std::string_view(read.run_ids.back()));
            missing.bind(1, std::string_view(read.columns[static_cast<std::size_t>(column - 1)]));
            if (missing.step()) cell.missing = missing.text(0);
            if (cell.missing == protocol::kNotANumber) cell = {std::numeric_limits<double>::quiet_NaN(), {}};
            missing.reset();
        }
    }
    return read;
}

/// Peaks show where they may lie. A column that is called so and is another one's has other figures.
void tell_doubts(sql::Connection& connection, StoredRows& read) {
    const auto column = std::ranges::find(read.columns, protocol::kPeakMemory.name);
    if (column == read.columns.end()) return;
    const auto index = static_cast<std::size_t>(column - read.columns.begin());
    sql::Statement bounds = connection.prepare(
        fmt::format("SELECT {}, {} FROM runs WHERE run_id = ? AND {} = ?", protocol::kPeakMemory.low,
                    protocol::kPeakMemory.high, protocol::kPeakMemory.name));
    for (std::size_t row = 0; row < read.rows.size(); ++row) {
        const auto peak = number_of(read.rows[row][index].value);
        if (!peak) continue;
        bounds.bind(0, std::string_view(read.run_ids[row]));
        bounds.bind(1, *peak);
        if (bounds.step()) {
            const auto number_at = [&](int at) {
                return bounds.is_null(at) ? std::nullopt : std::optional(bounds.real(at));
            };
            read.rows[row][index].doubt = protocol::doubt_of_peak(number_at(0), number_at(1));
        }
        bounds.reset();
    }
}

/// Marks what something else had a part in.
void mark_disturbed(sql::Connection& connection, StoredRows& read, results::StoredUnits& units) {
    for (std::size_t row = 0; row < read.rows.size(); ++row) {
        const run::Disturbed disturbed = store::disturbed_figures(connection, read.run_ids[row]);
        if (!disturbed.any()) continue;
        const auto own = units.of_attempt(read.run_ids[row]);
        for (std::size_t column = 0; column < read.columns.size(); ++column) {
            const std::string& name = read.columns[column];
            Cell& cell = read.rows[row][column];
            cell.disturbed = is_number(cell.value) && tables::is_disturbed(disturbed, name, own->noise(name));
        }
    }
}

/// What an expression of the same name has made of a parameter is no value of it any more.
bool is_value(const Cell& cell, const Value& parameter) {
    const auto* flag = std::get_if<bool>(&parameter);
    const auto number = flag != nullptr ? std::optional(*flag ? 1.0 : 0.0) : number_of(parameter);
    return number && number_of(cell.value) == number;
}

/// Parameters are shown as the commands were told them: SQL knows numbers alone.
void tell_as_told(sql::Connection& connection, const std::vector<std::string>& parameters, StoredRows& read) {
    std::vector<std::size_t> columns;
    for (std::size_t column = 0; column < read.columns.size(); ++column) {
        if (std::ranges::find(parameters, read.columns[column]) != parameters.end())
            columns.push_back(column);
    }
    if (columns.empty()) return;
    sql::Statement stored = connection.prepare("SELECT request FROM runs WHERE run_id = ?");
    for (std::size_t row = 0; row < read.rows.size(); ++row) {
        stored.bind(0, std::string_view(read.run_ids[row]));
        const std::string text = stored.step() ? stored.text(0) : std::string();
        stored.reset();
        const auto request = store::readable_request(text);
        if (!request) continue;
        for (const std::size_t column : columns) {
            Cell& cell = read.rows[row][column];
            const auto own = std::ranges::find(request->parameters, read.columns[column],
                                               &std::pair<std::string, Value>::first);
            if (own == request->parameters.end() || !is_value(cell, own->second)) continue;
            const auto told = request->told.find(own->first);
            const std::string shown = told == request->told.end() ? to_text(own->second) : told->second;
            if (shown != to_text(cell.value)) cell.told = shown;
        }
    }
}

/// For machines: in a column of its own. Who has said which columns there shall be gets just those.
void tell_disturbed(report::Table& table, const ListedRuns& options) {
    if (!options.for_machines) {
        if (std::string note = tables::note_on_disturbed({&table, 1}, tables::Texts(Language::English));
            !note.empty())
            table.notes.push_back(std::move(note));
        return;
    }
    if (options.columns.empty()) {
        tables::add_disturbed_column(table);
        return;
    }
    const auto rows = std::ranges::count_if(
        table.rows, [](const auto& row) { return std::ranges::any_of(row, &Cell::disturbed); });
    if (rows == 0) return;
    std::cerr << fmt::format(
        "note: {} row{} figures that were disturbed while they were measured; the column `disturbed`, which "
        "the list has without --columns, names them\n",
        rows, rows == 1 ? " has" : "s have");
}

/// Gives the table its columns, each in the unit that its figures have. Where those of several sweeps have
/// several, each field says its own.
class ColumnUnits {
  public:
    ColumnUnits(const StoredRows& read, results::StoredUnits& units) : read_(read), units_(units) {}

    void apply(report::Table& table) {
        for (std::size_t column = 0; column < read_.columns.size(); ++column) {
            const std::string& name = read_.columns[column];
            const std::set<Unit> all = units_of(column);
            const Unit unit = all.size() == 1 ? *all.begin() : Unit::None;
            const bool exact = unit == Unit::None && all.size() <= 1;
            table.columns.push_back({name, protocol::heading_of(name, unit), unit, exact});
            if (all.size() > 1) give_each_its_own(table, column);
        }
    }

  private:
    /// Those of the attempts that have the figure.
    std::set<Unit> units_of(std::size_t column) const {
        const std::string& name = read_.columns[column];
        if (protocol::is_fixed_column(name) || read_.rows.empty()) return {protocol::unit_of(name)};
        std::set<Unit> all;
        for (std::size_t row = 0; row < read_.rows.size(); ++row) {
            if (is_number(read_.rows[row][column].value))
                all.insert(units_.of_attempt(read_.run_ids[row])->of(name));
        }
        return all.empty() ? std::set<Unit>{protocol::unit_of(name)} : all;
    }

    void give_each_its_own(report::Table& table, std::size_t column) const {
        for (std::size_t row = 0; row < table.rows.size(); ++row) {
            if (is_number(table.rows[row][column].value))
                table.rows[row][column].unit =
                    units_.of_attempt(read_.run_ids[row])->of(read_.columns[column]);
        }
    }

    const StoredRows& read_;
    results::StoredUnits& units_;
};

/// For people, who read why a run failed in one place: `exit code 1: no such file`.
void join_last_words(StoredRows& read) {
    const auto column = std::ranges::find(read.columns, protocol::kLastWords);
    const auto words = column - read.columns.begin();
    for (auto& row : read.rows) {
        const auto own = row.begin() + words;
        if (!is_null(own->value)) {
            Cell& reason = *(own - 1);
            reason = Cell{protocol::told_reason(to_text(reason.value), to_text(own->value)), {}};
        }
        row.erase(own);
    }
    read.columns.erase(column);
}

}  // namespace

report::Table listed_runs(sql::Connection& connection, const ListedRuns& options,
                          const std::filesystem::path& workloads) {
    if (!options.sweep.empty()) require_sweep(connection, options.sweep);
    const RunsQuery query(options, connection);
    const std::vector<std::string> parameters =
        store::ColumnRegistry(connection).names(store::ColumnKind::Parameter);
    try {
        const terminal::SignalInterruption interruption;
        const sql::ReadOnlyGuard guard(connection, kTimeLimit, terminal::SignalInterruption::any);
        StoredRows read = read_rows(connection, query);
        tell_doubts(connection, read);
        tell_as_told(connection, parameters, read);
        results::StoredUnits units(connection, workloads);
        mark_disturbed(connection, read, units);
        if (options.columns.empty() && !options.for_machines) join_last_words(read);
        report::Table table;
        table.title = options.sweep;
        table.rows = read.rows;
        ColumnUnits(read, units).apply(table);
        tell_disturbed(table, options);
        return table;
    } catch (const sql::SqlError& error) {
        if (error.is_interrupted() && terminal::SignalInterruption::any())
            throw Error(ExitCode::Interrupted, "interrupted");
        if (error.is_interrupted())
            throw UsageError(fmt::format("the list took longer than {}", to_text(kTimeLimit)));
        throw UsageError(query.problem(connection, error));
    }
}

}  // namespace tidemark::cli
