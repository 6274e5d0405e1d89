#include <algorithm>

#include <fmt/format.h>

#include "base/suggestion.hpp"
#include "cli/output.hpp"
#include "cli/verb.hpp"
#include "store/database.hpp"
#include "store/queries.hpp"

namespace tidemark::cli {
namespace {

using protocol::Unit;
using report::Cell;

struct ListOptions {
    std::string database;
    std::string sweep;
    OutputOptions output;
};

report::Table sweeps_table(sql::Connection& connection) {
    report::Table table;
    table.columns = {{"sweep", "sweep", Unit::None, false},
                     {"runs", "runs", Unit::Count, false},
                     {"ok", "ok", Unit::Count, false},
                     {"failed", "failed", Unit::Count, false},
                     {"wall_s", "time in all", Unit::Seconds, false},
                     {"last_started_at", "last started", Unit::None, false}};
    for (const store::SweepSummary& sweep : store::sweeps(connection)) {
        table.rows.push_back({Cell{sweep.sweep, {}}, Cell{sweep.runs, {}}, Cell{sweep.ok, {}},
                              Cell{sweep.failed, {}}, Cell{sweep.wall_s, {}},
                              Cell{sweep.last_started_at, {}}});
    }
    return table;
}

template <typename Number>
Cell figure(const std::optional<Number>& value, const store::ResultRow& row, std::string_view column) {
    if (value) return {Value(*value), {}};
    const auto why = row.missing.find(column);
    return {Value(), why == row.missing.end() ? std::string() : why->second};
}

void require_sweep(sql::Connection& connection, const std::string& name) {
    std::vector<std::string> known;
    for (const store::SweepSummary& sweep : store::sweeps(connection)) known.push_back(sweep.sweep);
    if (std::ranges::find(known, name) != known.end()) return;
    const std::vector<std::string_view> names(known.begin(), known.end());
    throw UsageError(
        fmt::format("there is no sweep '{}' in the database{}", name, did_you_mean(name, names)));
}

report::Table runs_table(sql::Connection& connection, const std::string& sweep) {
    require_sweep(connection, sweep);
    report::Table table;
    table.title = sweep;
    table.columns = {{"run_id", "run id", Unit::None, false},
                     {"run", "run", Unit::None, false},
                     {"repeat", "repeat", Unit::None, false},
                     {"status", "status", Unit::None, false},
                     {"peak_rss_bytes", "peak memory", Unit::Bytes, false},
                     {"wall_s", "time", Unit::Seconds, false},
                     {"reason", "reason", Unit::None, false}};
    for (const store::ResultRow& row : store::results_of(connection, sweep)) {
        table.rows.push_back({Cell{row.run_id, {}}, Cell{row.run, {}}, Cell{std::int64_t{row.repeat}, {}},
                              Cell{row.status, {}}, figure(row.peak_rss_bytes, row, "peak_rss_bytes"),
                              figure(row.wall_s, row, "wall_s"), Cell{row.reason, {}}});
    }
    return table;
}

}  // namespace

Action add_list_verb(Options& declared) {
    auto options = std::make_shared<ListOptions>();
    declared.text("--db", options->database, "the database of results");
    declared.text("--sweep", options->sweep, "list the runs of this sweep");
    options->output.add_to(declared);
    return [options](const Context&) {
        if (options->database.empty()) options->database = default_database().string();
        store::Database database = store::Database::open_to_read(options->database);
        write_table(options->output, options->sweep.empty()
                                         ? sweeps_table(database.connection())
                                         : runs_table(database.connection(), options->sweep));
        return ExitCode::Success;
    };
}

}  // namespace tidemark::cli
