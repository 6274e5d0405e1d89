#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/suggestion.hpp"
#include "cli/output.hpp"
#include "cli/sweep_choice.hpp"
#include "cli/verb.hpp"
#include "cli/workloads.hpp"
#include "results/units.hpp"
#include "sql/connection.hpp"
#include "store/database.hpp"
#include "sweep/file/definition.hpp"
#include "tables/history_table.hpp"
#include "terminal/installation.hpp"

namespace tidemark::cli {
namespace {

struct HistoryOptions {
    SweepChoice sweep;
    std::string metric = "peak_rss";
    OutputOptions output;
};

void require_column(sql::Connection& connection, const std::string& metric, const std::string& column) {
    std::vector<std::string> names;
    sql::Statement rows = connection.prepare("SELECT name FROM pragma_table_info('attempts')");
    while (rows.step()) names.push_back(rows.text(0));
    if (std::ranges::find(names, column) != names.end()) return;
    throw UsageError(fmt::format("--metric {}: the results have no such figure{}", metric,
                                 did_you_mean(metric, {names.begin(), names.end()})));
}

/// Of the sweep's runs, by what they are called now: a commit changes what they are made by.
std::vector<tables::History> read_histories(sql::Connection& connection, const sweep::Sweep& sweep,
                                            const std::string& column) {
    std::vector<tables::History> histories;
    std::map<std::string, std::size_t> places;
    for (const sweep::RunSpec& run : sweep.runs()) {
        places[run.run] = histories.size();
        histories.push_back({run.run, {}});
    }
    sql::Statement rows = connection.prepare(fmt::format(
        "SELECT run, revision, started_at, {} FROM attempts WHERE sweep = ? AND status = 'ok' AND "
        "revision IS NOT NULL AND revision <> '' ORDER BY started_at",
        sql::quoted_name(column)));
    rows.bind_all(std::string_view(sweep.name()));
    while (rows.step()) {
        const auto place = places.find(rows.text(0));
        const auto value = number_of(rows.value(3));
        if (place == places.end() || !value || !std::isfinite(*value)) continue;
        auto& revisions = histories[place->second].revisions;
        const std::string revision = rows.text(1);
        auto own = std::ranges::find(revisions, revision, &tables::Revision::revision);
        if (own == revisions.end()) own = revisions.insert(own, {revision, rows.text(2), {}});
        own->values.push_back(*value);
    }
    std::erase_if(histories, [](const tables::History& history) { return history.revisions.empty(); });
    return histories;
}

ExitCode show_history(HistoryOptions& options, const Context& context) {
    options.sweep.prepare();
    store::Database database = store::Database::open_to_read(options.sweep.database);
    sql::Connection& connection = database.connection();
    if (!options.sweep.take_last(connection))
        throw UsageError(fmt::format("{} holds no sweep yet; `tidemark run FILE` makes one",
                                     terminal::shown_path(options.sweep.database)));
    const sweep::WorkloadCatalogue catalogue = load_workloads(context.installation);
    const sweep::Sweep sweep = options.sweep.read(catalogue);
    const std::string column = sweep::column_of_metric(options.metric);
    require_column(connection, options.metric, column);
    const std::vector<tables::History> histories = read_histories(connection, sweep, column);
    if (histories.empty())
        throw Error(
            ExitCode::Undecided,
            fmt::format("no run of '{}' that ended ok has a commit and {}: runs have one where the sweep "
                        "file lies in a git repository",
                        sweep.name(), options.metric));
    const results::Units units = results::units_of(sweep);
    if (options.output.for_machines())
        write_table(options.output, tables::history_for_machines(histories, column, units));
    else
        write_tables(options.output, tables::history_for_people(histories, column, units));
    return ExitCode::Success;
}

}  // namespace

Action add_history_verb(Options& declared) {
    auto options = std::make_shared<HistoryOptions>();
    options->sweep.declare_for_results(declared, "shows only these runs");
    declared.text("--metric", options->metric, "the figure, as checks name it (default: peak_rss)");
    options->output.add_columns_to(declared);
    options->output.add_to(declared);
    return [options](const Context& context) { return show_history(*options, context); };
}

}  // namespace tidemark::cli
