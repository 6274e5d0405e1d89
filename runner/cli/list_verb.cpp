#include <fmt/format.h>

#include "cli/listed_runs.hpp"
#include "cli/output.hpp"
#include "cli/verb.hpp"
#include "store/database.hpp"
#include "store/queries.hpp"
#include "terminal/place_of_results.hpp"

namespace tidemark::cli {
namespace {

using protocol::Unit;
using report::Cell;

constexpr int kMostRows = 1'000'000'000;

struct ListOptions {
    std::string database;
    ListedRuns runs;
    OutputOptions output;

    bool lists_runs() const {
        return !runs.sweep.empty() || !runs.where.empty() || !runs.columns.empty() || !runs.sort.empty();
    }
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

}  // namespace

Action add_list_verb(Options& declared) {
    auto options = std::make_shared<ListOptions>();
    declared.text("--db", options->database, "the database of results");
    declared.text("--sweep", options->runs.sweep, "list the runs of this sweep");
    declared.text("--where", options->runs.where,
                  "list the runs for which this SQL condition over results holds");
    declared.text("--columns", options->runs.columns, "columns of results, or SQL expressions over them");
    declared.text(
        "--sort", options->runs.sort,
        "columns to sort by, as after ORDER BY: \"peak_rss_bytes DESC\"; what is equal, and without it "
        "all, the newest first");
    declared.number("--limit", options->runs.limit, 1, kMostRows, "how many rows at most");
    options->output.add_to(declared);
    return [options](const Context& context) {
        if (options->database.empty()) options->database = terminal::default_database().string();
        store::Database database = store::Database::open_to_read(options->database);
        sql::Connection& connection = database.connection();
        options->runs.for_machines = options->output.for_machines();
        write_table(options->output, options->lists_runs() ? listed_runs(connection, options->runs,
                                                                         context.installation.workloads)
                                                           : sweeps_table(connection, options->runs.limit));
        return ExitCode::Success;
    };
}

}  // namespace tidemark::cli
