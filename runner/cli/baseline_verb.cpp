#include <iostream>
#include <optional>

#include <fmt/format.h>

#include "base/suggestion.hpp"
#include "cli/output.hpp"
#include "cli/verb.hpp"
#include "store/baselines.hpp"
#include "sweep/file/against.hpp"
#include "terminal/place_of_results.hpp"

namespace tidemark::cli {
namespace {

using protocol::Unit;
using report::Cell;

struct BaselineOptions {
    std::string action;
    std::string name;
    std::string sweep;
    std::string database;
    int keep = 1;
    OutputOptions output;
};

std::string required_name(const BaselineOptions& options) {
    if (!options.name.empty()) return options.name;
    throw UsageError(
        fmt::format("`baseline {}` needs the name of the baseline, such as main", options.action));
}

ExitCode list(const BaselineOptions& options) {
    store::Database database = store::Database::open_to_read(options.database);
    report::Table table;
    table.columns = {{"baseline", "baseline", Unit::None, false},
                     {"sweep", "sweep", Unit::None, false},
                     {"runs", "runs", Unit::Count, false},
                     {"saved_at", "saved", Unit::None, false},
                     {"saves", "saves kept", Unit::Count, false}};
    for (const store::BaselineSummary& baseline : store::baselines(database.connection())) {
        if (!options.name.empty() && baseline.name != options.name) continue;
        table.rows.push_back({Cell{baseline.name, {}}, Cell{baseline.sweep, {}}, Cell{baseline.runs, {}},
                              Cell{baseline.saved_at, {}}, Cell{baseline.saves, {}}});
    }
    write_table(options.output, table);
    return ExitCode::Success;
}

ExitCode save(const BaselineOptions& options) {
    const std::string name = required_name(options);
    if (const std::string problem = sweep::problem_of_baseline_name(name); !problem.empty())
        throw UsageError(problem);
    store::Database::open_to_read(options.database);  // which never makes one: a baseline of nothing is none
    store::Database database = store::Database::open_or_create(options.database);
    const auto saved = store::save_baseline(
        database, name, options.sweep.empty() ? std::nullopt : std::optional(options.sweep), options.keep);
    const std::string of =
        options.sweep.empty() ? std::string() : fmt::format(" of sweep '{}'", options.sweep);
    if (saved.runs == 0) {
        throw UsageError(
            fmt::format("there is no run{} that ended ok, so baseline '{}' was not saved", of, name));
    }
    std::cerr << fmt::format("baseline '{}' {} {} run{}{}{}\n", name, saved.replaced ? "now names" : "names",
                             saved.runs, saved.runs == 1 ? "" : "s", of,
                             saved.left_out == 0
                                 ? std::string()
                                 : fmt::format("; {} that did not end ok {} left out", saved.left_out,
                                               saved.left_out == 1 ? "is" : "are"));
    return ExitCode::Success;
}

ExitCode drop(const BaselineOptions& options) {
    const std::string name = required_name(options);
    store::Database::open_to_read(options.database);
    store::Database database = store::Database::open_or_create(options.database);
    if (store::drop_baseline(database, name)) {
        std::cerr << fmt::format("baseline '{}' is dropped; its runs are kept\n", name);
        return ExitCode::Success;
    }
    std::vector<std::string> known;
    for (const store::BaselineSummary& baseline : store::baselines(database.connection()))
        known.push_back(baseline.name);
    throw UsageError(
        fmt::format("there is no baseline '{}'{}", name,
                    did_you_mean(name, std::vector<std::string_view>(known.begin(), known.end()))));
}

}  // namespace

Action add_baseline_verb(Options& declared) {
    auto options = std::make_shared<BaselineOptions>();
    declared.required_choice("ACTION", options->action, {"save", "list", "drop"},
                             "save the present results under a name, list the baselines, or drop one");
    declared.text("NAME", options->name, "the baseline, such as main");
    declared.text("--sweep", options->sweep, "save the results of this sweep only");
    declared.number("--keep", options->keep, 1, sweep::kMostSaves,
                    "how many saves are remembered, this one among them, for best-of:NAME:N (default: 1)");
    declared.text("--db", options->database, "the database of results");
    options->output.add_to(declared);
    return [options](const Context&) {
        if (options->database.empty()) options->database = terminal::default_database().string();
        if (options->action == "save") return save(*options);
        if (options->action == "drop") return drop(*options);
        return list(*options);
    };
}

}  // namespace tidemark::cli
