#include <filesystem>
#include <memory>
#include <vector>

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/units.hpp"
#include "cli/output.hpp"
#include "cli/verb.hpp"
#include "results/compared_side.hpp"
#include "tables/side_summary.hpp"
#include "tables/side_tables.hpp"
#include "terminal/place_of_results.hpp"

namespace tidemark::cli {
namespace {

struct CompareOptions {
    std::string first;
    std::string second;
    std::string against;
    std::string threshold = "3 %";
    bool all = false;
    std::string database;
    OutputOptions output;
};

tables::SideComparison compare(const CompareOptions& options,
                               const std::shared_ptr<store::Database>& database, const Context& context,
                               double threshold) {
    const std::filesystem::path& workloads = context.installation.workloads;
    const results::ComparedSide first = results::resolve_side(database, options.first);
    if (options.against.empty())
        return tables::compare_sides(first, results::resolve_side(database, options.second), workloads,
                                     threshold);
    if (first.kind != results::ComparedSide::Kind::Sweep)
        throw UsageError(
            fmt::format("--against takes a run of a sweep, and '{}' is none: compare SWEEP --against RUN",
                        options.first));
    const results::ComparedSide reference =
        results::resolve_side(database, fmt::format("run:{}/{}", first.sweep, options.against));
    return tables::compare_against(first, reference, workloads, threshold);
}

ExitCode compare(const CompareOptions& options, const Context& context) {
    const auto threshold = parse_share(options.threshold);
    if (!threshold.quantity) throw UsageError("--threshold: " + threshold.problem);
    if (options.second.empty() == options.against.empty())
        throw UsageError(
            "compare takes two sides: compare A B, or a sweep and a run of it: compare A --against RUN");
    const auto database = std::make_shared<store::Database>(store::Database::open_to_read(options.database));
    const tables::SideComparison comparison = compare(options, database, context, *threshold.quantity);
    if (options.output.for_machines() || !options.output.columns.empty()) {
        write_table(options.output, tables::sides_for_machines(comparison));
        return ExitCode::Success;
    }
    if (!options.against.empty() && !options.all) {
        write_table(options.output, tables::against_table(comparison));
        return ExitCode::Success;
    }
    std::vector<report::Table> all = tables::sides_for_people(comparison);
    if (options.output.on_screen() && !options.all) all.back() = tables::side_summary(comparison);
    write_tables(options.output, all);
    return ExitCode::Success;
}

}  // namespace

Action add_compare_verb(Options& declared) {
    auto options = std::make_shared<CompareOptions>();
    const std::string what =
        "a run (id, its beginning or its end, or name), a sweep, a baseline, or another database";
    declared.required("A", options->first, what);
    declared.text("B", options->second, "the same, to compare A with");
    declared.text("--against", options->against,
                  "instead of B: each run of the sweep A against this one of it");
    declared.flag("--all", options->all, "shows every figure of every run, even in a terminal");
    declared.text("--threshold", options->threshold, "ignores changes below this (default: 3 %)");
    declared.text("--db", options->database, "the database of results");
    options->output.add_columns_to(declared);
    options->output.add_to(declared);
    return [options](const Context& context) {
        if (options->database.empty()) options->database = terminal::default_database().string();
        return compare(*options, context);
    };
}

}  // namespace tidemark::cli
