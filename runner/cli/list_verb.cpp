#include <algorithm>

#include <fmt/format.h>

#include "base/suggestion.hpp"
#include "cli/figure_text.hpp"
#include "cli/interruption.hpp"
#include "cli/output.hpp"
#include "cli/sql_problem.hpp"
#include "cli/verb.hpp"
#include "sql/read_only_guard.hpp"
#include "store/database.hpp"
#include "store/queries.hpp"
#include "store/run_groups.hpp"

namespace tidemark::cli {
namespace {

using protocol::Unit;
using report::Cell;

constexpr const char* kDefaultColumns = "run_id, run, repeat, status, peak_rss_bytes, wall_s, reason";
constexpr Seconds kTimeLimit{60};
constexpr int kMostRows = 1'000'000'000;

struct ListOptions {
    std::string database;
    std::string sweep;
    std::string where;
    std::string columns;
    std::string sort;
    int limit = 0;  ///< 0: all
    OutputOptions output;

    bool lists_runs() const { return !sweep.empty() || !where.empty() || !columns.empty() || !sort.empty(); }
};

report::Table sweeps_table(sql::Connection& connection, int limit) {
    report::Table table;
    table.columns = {{"sweep", "sweep", Unit::None, false},
                     {"runs", "runs", Unit::Count, false},
                     {"ok", "ok", Unit::Count, false},
                     {"failed", "failed", Unit::Count, false},
                     {"wall_s", "time in all", Unit::Seconds, false},
                     {"last_started_at", "last started", Unit::None, false}};
    for (const store::SweepSummary& sweep : store::sweeps(connection)) {
        if (limit > 0 && table.rows.size() >= static_cast<std::size_t>(limit)) break;
        table.rows.push_back({Cell{sweep.sweep, {}}, Cell{sweep.runs, {}}, Cell{sweep.ok, {}},
                              Cell{sweep.failed, {}}, Cell{sweep.wall_s, {}},
                              Cell{sweep.last_started_at, {}}});
    }
    return table;
}

void require_sweep(sql::Connection& connection, const std::string& name) {
    const std::vector<std::string> known = store::sweep_names(connection, std::nullopt);
    if (std::ranges::find(known, name) != known.end()) return;
    const std::vector<std::string_view> names(known.begin(), known.end());
    throw UsageError(
        fmt::format("there is no sweep '{}' in the database{}", name, did_you_mean(name, names)));
}

/// The select over `results`, put together of what the user gave. It remembers where each part lies, so that
/// an error is shown in the part that it is in.
class RunsQuery {
  public:
    explicit RunsQuery(const ListOptions& options) {
        add("SELECT run_id, ");
        add_part("--columns", options.columns.empty() ? kDefaultColumns : options.columns);
        add(" FROM results");
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
        if (!options.sort.empty()) {
            add(" ORDER BY ");
            add_part("--sort", options.sort);
        }
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

report::Table read_runs(sql::Connection& connection, const RunsQuery& query) {
    report::Table table;
    sql::Statement rows = connection.prepare(query.text());
    sql::Statement missing =
        connection.prepare("SELECT reason FROM missing WHERE run_id = ? AND \"column\" = ?");
    for (int column = 1; column < rows.column_count(); ++column) {
        const std::string name = rows.column_name(column);
        const Unit unit = unit_of_column(name);
        const std::string heading = name == "peak_rss_bytes" ? "peak memory"
                                    : name == "wall_s"       ? "time"
                                                             : heading_of(name, unit);
        table.columns.push_back({name, heading, unit, unit == Unit::None});
    }
    while (rows.step()) {
        auto& row = table.rows.emplace_back();
        for (int column = 1; column < rows.column_count(); ++column) {
            Cell& cell = row.emplace_back(Cell{rows.value(column), {}});
            if (!is_null(cell.value)) continue;
            missing.bind(0, std::string_view(rows.text(0)));
            missing.bind(1, std::string_view(table.columns[static_cast<std::size_t>(column - 1)].name));
            if (missing.step()) cell.missing = missing.text(0);
            missing.reset();
        }
    }
    return table;
}

report::Table runs_table(sql::Connection& connection, const ListOptions& options) {
    if (!options.sweep.empty()) require_sweep(connection, options.sweep);
    const RunsQuery query(options);
    try {
        const SignalInterruption interruption;
        const sql::ReadOnlyGuard guard(connection, kTimeLimit, SignalInterruption::any);
        report::Table table = read_runs(connection, query);
        table.title = options.sweep;
        return table;
    } catch (const sql::SqlError& error) {
        if (error.is_interrupted() && SignalInterruption::any())
            throw Error(ExitCode::Interrupted, "interrupted");
        if (error.is_interrupted())
            throw UsageError(fmt::format("the list took longer than {}", to_text(kTimeLimit)));
        throw UsageError(query.problem(connection, error));
    }
}

}  // namespace

Action add_list_verb(Options& declared) {
    auto options = std::make_shared<ListOptions>();
    declared.text("--db", options->database, "the database of results");
    declared.text("--sweep", options->sweep, "list the runs of this sweep");
    declared.text("--where", options->where, "list the runs for which this SQL condition over results holds");
    declared.text("--columns", options->columns, "columns of results, or SQL expressions over them");
    declared.text("--sort", options->sort, "columns to sort by, as after ORDER BY: \"peak_rss_bytes DESC\"");
    declared.number("--limit", options->limit, 1, kMostRows, "list at most so many");
    options->output.add_to(declared);
    return [options](const Context&) {
        if (options->database.empty()) options->database = default_database().string();
        store::Database database = store::Database::open_to_read(options->database);
        sql::Connection& connection = database.connection();
        write_table(options->output, options->lists_runs() ? runs_table(connection, *options)
                                                           : sweeps_table(connection, options->limit));
        return ExitCode::Success;
    };
}

}  // namespace tidemark::cli
