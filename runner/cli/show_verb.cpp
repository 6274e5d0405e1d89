#include <algorithm>

#include <unistd.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/files.hpp"
#include "cli/chosen_runs.hpp"
#include "cli/listed_runs.hpp"
#include "cli/output.hpp"
#include "cli/sweep_choice.hpp"
#include "cli/verb.hpp"
#include "report/timeline.hpp"
#include "run/run_directory.hpp"
#include "store/database.hpp"
#include "store/queries.hpp"
#include "store/sweep_ledger.hpp"
#include "sweep/workload_catalogue.hpp"
#include "tables/run_page.hpp"
#include "tables/sample_timeline.hpp"
#include "terminal/display_text.hpp"
#include "terminal/place_of_results.hpp"
#include "terminal/terminal.hpp"

namespace tidemark::cli {
namespace {

constexpr std::size_t kLogTail = 2000;  // bytes of each log that are shown
constexpr int kMostCandidates = 10;     // of an ambiguous name

struct ShowOptions {
    std::string run;
    std::string columns;
    std::string database;
    OutputOptions output;
};

void print_log(std::ostream& out, const char* name, const std::filesystem::path& file) {
    std::string tail = read_tail(file, kLogTail);
    if (tail.empty()) return;
    if (tail.back() != '\n') tail += '\n';
    out << '\n' << "the end of its " << name << "\n\n" << terminal::visible_lines(tail);
}

void print_timeline(std::ostream& out, const run::Record& record) {
    report::Timeline timeline = tables::sample_timeline(record.samples, record.measurement.wall_s.value_or(0),
                                                        tables::Texts(Language::English));
    report::tell_gaps(timeline);
    for (const auto& phase : record.phases) timeline.phases.emplace_back(phase.name, phase.start.value);
    const std::string chart = report::draw_timeline(timeline, terminal::terminal_width(STDOUT_FILENO));
    if (chart.empty()) return;
    out << "\nmemory over time" << (timeline.what.empty() ? "" : ", ") << timeline.what << '\n' << chart;
}

/// Whether they are repeats or attempts of one run, so that the newest may stand for all.
bool same_run(sql::Connection& connection, const std::vector<std::string>& run_ids) {
    const protocol::Request first = store::load_run(connection, run_ids.front()).record.request;
    return std::ranges::all_of(run_ids, [&](const std::string& id) {
        const protocol::Request other = store::load_run(connection, id).record.request;
        return other.sweep == first.sweep && other.cell == first.cell;
    });
}

std::string find_run(sql::Connection& connection, const std::string& text) {
    const std::vector<std::string> found = store::find_run_ids(connection, text, kMostCandidates);
    if (found.empty()) throw UsageError(no_such_run(connection, text));
    if (found.size() == 1 || found.front() == text || same_run(connection, found)) return found.front();
    throw UsageError(fmt::format("'{}' may be any of these runs; name one by its id:\n    {}", text,
                                 fmt::join(found, "\n    ")));
}

/// From the sweep file as it is now, if it is there and still has the run: what was measured of others says
/// nothing of another program.
std::optional<tables::AdvisedRun> advice_for(sql::Connection& connection, const store::StoredRun& stored,
                                             const ShowOptions& options,
                                             const sweep::WorkloadCatalogue& catalogue) {
    const bool is_out_of_memory = stored.status == protocol::to_text(protocol::Status::Oom) && stored.latest;
    if (!is_out_of_memory || stored.file.empty()) return std::nullopt;
    try {
        SweepChoice choice;
        choice.file = stored.file;
        choice.database = options.database;
        for (const auto& [name, value] : stored.provenance) {
            if (name.starts_with(store::kSetFact))
                choice.load.set.push_back(name.substr(store::kSetFact.size()) + "=" + value);
            if (name.starts_with(store::kLimitFact))
                choice.load.limit.push_back(name.substr(store::kLimitFact.size()) + "=" + value);
        }
        choice.prepare();
        const sweep::Sweep sweep = choice.read(catalogue);
        const auto all = results::advice_for(connection, sweep, {stored.record.request.run});
        if (all.empty()) return std::nullopt;
        const results::Advice& advice = all.front().second;
        return tables::AdvisedRun{advice, sweep.runs()[advice.run].run};
    } catch (const std::exception&) {
        return std::nullopt;  // what keeps it from being told keeps the run from nothing
    }
}

ExitCode show(const ShowOptions& options, const Context& context) {
    store::Database database = store::Database::open_to_read(options.database);
    const std::string run_id = find_run(database.connection(), options.run);
    if (!options.columns.empty()) {
        ListedRuns own;
        own.where = "run_id = " + sql::quoted_text(run_id);
        own.columns = options.columns;
        own.for_machines = options.output.for_machines();
        own.from = "attempts";
        write_table(options.output, listed_runs(database.connection(), own, context.installation.workloads));
        return ExitCode::Success;
    }
    const store::StoredRun stored = store::load_run(database.connection(), run_id);
    const sweep::WorkloadCatalogue catalogue(context.installation.workloads);
    const std::vector<report::Table> sections =
        tables::run_page(stored, catalogue, terminal::own_command(context.arguments.front()),
                         advice_for(database.connection(), stored, options, catalogue));
    if (options.output.for_machines()) {
        write_table(options.output, tables::run_page_for_machines(sections));
        return ExitCode::Success;
    }
    if (options.output.chosen() == report::Format::Html) {
        write_tables(options.output, sections);
        return ExitCode::Success;
    }
    write_output(options.output, [&](std::ostream& out) {
        for (std::size_t i = 0; i < sections.size(); ++i) {
            if (i > 0) out << '\n';
            render_table(options.output, sections[i], out);
        }
        if (options.output.chosen() != report::Format::Text) return;
        print_timeline(out, stored.record);
        const run::RunDirectory directory{std::filesystem::path(stored.record.directory)};
        print_log(out, "stdout", directory.stdout_log());
        print_log(out, "stderr", directory.stderr_log());
        if (stored.record.request.service && stored.status != protocol::to_text(protocol::Status::Ok)) {
            const run::RunDirectory service(directory.service());
            print_log(out, "service's stdout", service.stdout_log());
            print_log(out, "service's stderr", service.stderr_log());
        }
    });
    return ExitCode::Success;
}

}  // namespace

Action add_show_verb(Options& declared) {
    auto options = std::make_shared<ShowOptions>();
    declared.required("RUN", options->run,
                      "a run's id, its beginning or its end, a run's name, or its values alone: h2q,16");
    declared.text("--columns", options->columns,
                  "these columns of results alone, or SQL expressions over them");
    declared.text("--db", options->database, "the database of results");
    options->output.add_to(declared);
    return [options](const Context& context) {
        if (options->database.empty()) options->database = terminal::default_database().string();
        return show(*options, context);
    };
}

}  // namespace tidemark::cli
