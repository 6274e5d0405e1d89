// tidemark estimate: what each run of a sweep will take, by what was measured of the others.
#include <algorithm>
#include <filesystem>
#include <numeric>

#include <fmt/format.h>

#include "cli/other_limits.hpp"
#include "cli/output.hpp"
#include "cli/said.hpp"
#include "cli/sweep_choice.hpp"
#include "cli/verb.hpp"
#include "cli/workloads.hpp"
#include "results/estimates.hpp"
#include "results/expected_runs.hpp"
#include "store/current_sets.hpp"
#include "store/database.hpp"
#include "tables/estimate_table.hpp"
#include "tables/interval_columns.hpp"
#include "terminal/installation.hpp"

namespace tidemark::cli {
namespace {

struct EstimateOptions {
    SweepChoice sweep;
    OutputOptions output;
};

/// The runs that --only selects, by their index in the whole sweep: all of it is what they are predicted
/// from.
std::vector<std::size_t> shown_runs(const sweep::Sweep& whole, const SweepChoice& choice,
                                    const sweep::WorkloadCatalogue& catalogue) {
    std::vector<std::size_t> shown;
    if (!choice.load.only) {
        shown.resize(whole.runs().size());
        std::iota(shown.begin(), shown.end(), std::size_t{0});
        return shown;
    }
    const sweep::Sweep some = choice.read(catalogue);
    std::size_t next = 0;
    for (std::size_t run = 0; run < whole.runs().size() && next < some.runs().size(); ++run) {
        if (whole.runs()[run].run != some.runs()[next].run) continue;
        shown.push_back(run);
        ++next;
    }
    return shown;
}

ExitCode estimate(const EstimateOptions& options, const Context& context) {
    const sweep::WorkloadCatalogue catalogue = load_workloads(context.installation);
    SweepChoice choice_of_all = options.sweep;
    choice_of_all.load.only.reset();
    const sweep::Sweep whole = choice_of_all.read(catalogue);
    const std::vector<std::size_t> shown = shown_runs(whole, options.sweep, catalogue);
    std::vector<results::Estimate> all(whole.runs().size());
    std::error_code error;
    if (std::filesystem::exists(options.sweep.database, error)) {
        store::Database database = store::Database::open_to_read(options.sweep.database);
        sql::Connection& connection = database.connection();
        const OtherLimits others(choice_of_all, catalogue, whole, connection);
        store::CurrentSets sets(connection, whole.name(), results::observing_of(whole));
        all = results::estimates(connection, sets, others.makings());
    }
    report::Table table = tables::estimate_table(whole, all, shown);
    if (options.output.for_machines()) tables::add_interval_columns(table);
    write_table(options.output, table);
    const auto known = [&](const results::Estimate& own) { return own.figures.front() || own.more_than; };
    const auto unknown = static_cast<std::size_t>(
        std::ranges::count_if(shown, [&](std::size_t run) { return !known(all[run]); }));
    if (const std::string time = tables::time_of_all(whole, all, shown); !time.empty() && !shown.empty())
        say("to make all of it: {}", time);
    if (unknown == 0) return ExitCode::Success;
    say("of {} nothing is known: {} or more runs of the sweep must be measured; `{} run {} --only …` makes "
        "some",
        plural(unknown, "run"), results::kFewestForEstimates,
        terminal::own_command(context.arguments.front()), options.sweep.file);
    return ExitCode::Undecided;
}

}  // namespace

Action add_estimate_verb(Options& declared) {
    auto options = std::make_shared<EstimateOptions>();
    declared.required("FILE", options->sweep.file, "the sweep file");
    options->sweep.declare_space(declared, "tells of these runs alone");
    options->output.add_columns_to(declared);
    options->output.add_to(declared);
    return [options](const Context& context) {
        options->sweep.prepare();
        return estimate(*options, context);
    };
}

}  // namespace tidemark::cli
