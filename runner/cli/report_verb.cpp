#include <filesystem>

#include <fmt/format.h>

#include "cli/output.hpp"
#include "cli/report_document.hpp"
#include "cli/verb.hpp"
#include "cli/workloads.hpp"
#include "report/document.hpp"
#include "report/svg.hpp"
#include "store/database.hpp"
#include "store/sweep_results.hpp"
#include "sweep/sweep.hpp"
#include "sweep/workload_catalogue.hpp"

namespace tidemark::cli {
namespace {

constexpr const char* kSvg = "svg";

struct ReportOptions {
    std::string file;
    std::string database;
    std::string only;
    std::string language = "en";
    int table = 0;  ///< counted from 1; 0: all
    bool any_program = false;
    sweep::LoadOptions load;
    OutputOptions output;
};

/// Without a file: the sweep that was run last, as it was run.
void take_last(ReportOptions& options, sql::Connection& connection) {
    const auto last = store::last_invocation(connection);
    if (!last) {
        throw UsageError(fmt::format("{} holds no sweep yet; `tidemark run FILE` makes one",
                                     shown_path(options.database)));
    }
    if (!std::filesystem::exists(last->file)) {
        throw UsageError(fmt::format(
            "the file of the sweep that was run last, {}, is not there any more; name the sweep file",
            last->file));
    }
    options.file = shown_path(last->file);
    if (options.load.set.empty()) {
        options.load.set = last->set;
        options.load.caller_directory = last->working_directory;
    }
}

/// The names of the parameters that have their workload's default.
std::vector<std::string> defaults_of(const protocol::Parameters& parameters,
                                     const protocol::WorkloadDescription* workload) {
    std::vector<std::string> names;
    for (const auto& [name, value] : parameters) {
        const auto* described = workload == nullptr ? nullptr : workload->parameter(name);
        if (described != nullptr && described->default_value == value) names.push_back(name);
    }
    return names;
}

std::vector<store::ExpectedRun> expected_runs(const sweep::Sweep& sweep, bool any_program) {
    std::vector<store::ExpectedRun> runs;
    runs.reserve(sweep.runs().size());
    for (const sweep::RunSpec& run : sweep.runs()) {
        store::ExpectedRun expected{run.run, to_text(run.cell), {}, sweep.parameters(run)};
        if (any_program)
            expected.defaults = defaults_of(expected.parameters, sweep.workload(run));
        else
            expected.key = to_text(sweep.key(run));
        runs.push_back(std::move(expected));
    }
    return runs;
}

/// The names of the metrics that the sweep's workloads describe.
std::vector<std::string> described_metrics(const sweep::Sweep& sweep) {
    std::vector<std::string> names;
    const protocol::WorkloadDescription* last = nullptr;
    for (const sweep::RunSpec& run : sweep.runs()) {
        const auto* workload = sweep.workload(run);
        if (workload == nullptr || workload == last) continue;
        last = workload;
        for (const auto& metric : workload->metrics) names.push_back(metric.name);
    }
    return names;
}

void write(const ReportOptions& options, const report::Document& document) {
    const bool is_picture = options.output.format == kSvg;
    if (is_picture && options.table == 0)
        throw UsageError("--format svg draws one table; say which with --table N, counted from 1");
    if (options.table == 0) {
        write_output(options.output,
                     [&](std::ostream& out) { report::render(document, options.output.chosen(), out); });
        return;
    }
    const std::size_t count = document.tables.size();
    if (static_cast<std::size_t>(options.table) > count) {
        throw UsageError(fmt::format("--table {}: the report has {} table{}", options.table, count,
                                     count == 1 ? "" : "s"));
    }
    const report::Table& table = document.tables[static_cast<std::size_t>(options.table) - 1];
    if (is_picture)
        write_output(options.output, [&](std::ostream& out) { report::render_svg(table, out); });
    else
        write_table(options.output, table);
}

ExitCode make_report(ReportOptions& options, const Context& context) {
    store::Database database = store::Database::open_to_read(options.database);
    if (options.file.empty()) take_last(options, database.connection());
    const sweep::WorkloadCatalogue catalogue = load_workloads(context.installation);
    const sweep::Sweep sweep = sweep::Sweep::load(options.file, catalogue, options.load);
    store::SweepResults results(database.connection(), sweep.name(),
                                expected_runs(sweep, options.any_program), sweep.repeat(),
                                described_metrics(sweep));
    write(options, report_document(sweep, results, report::language_from_name(options.language)));
    return ExitCode::Success;
}

}  // namespace

Action add_report_verb(Options& declared) {
    auto options = std::make_shared<ReportOptions>();
    constexpr int kMostTables = 1000;
    declared.text("FILE", options->file, "the sweep file (default: that of the sweep that was run last)");
    declared.text("--db", options->database, "the database of results");
    declared.repeated("--set", options->load.set, "name=value, as it was given to `run`");
    declared.text("--only", options->only,
                  "SQL condition over parameters and `run`: reports only these runs");
    declared.choice("--lang", options->language, report::language_names(),
                    "en or zh: the language of the headings");
    declared.flag("--any-program", options->any_program,
                  "also results of a program, or of input, that has changed since");
    declared.number("--table", options->table, 1, kMostTables, "this table alone, counted from 1");
    declared.flag("--yes", options->load.allow_many, "allows more than 100,000 runs");
    options->output.add_to(declared, {kSvg});
    return [options](const Context& context) {
        if (options->database.empty()) options->database = default_database().string();
        if (!options->only.empty()) options->load.only = options->only;
        if (options->load.caller_directory.empty())
            options->load.caller_directory = std::filesystem::current_path();
        return make_report(*options, context);
    };
}

}  // namespace tidemark::cli
