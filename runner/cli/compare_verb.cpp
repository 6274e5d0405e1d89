#include "base/error.hpp"
#include "base/units.hpp"
#include "cli/output.hpp"
#include "cli/verb.hpp"
#include "results/compared_side.hpp"
#include "tables/side_tables.hpp"

namespace tidemark::cli {
namespace {

struct CompareOptions {
    std::string first;
    std::string second;
    std::string threshold = "3 %";
    std::string database;
    OutputOptions output;
};

ExitCode compare(const CompareOptions& options, const Context& context) {
    const auto threshold = parse_share(options.threshold);
    if (!threshold.quantity) throw UsageError("--threshold: " + threshold.problem);
    const auto database = std::make_shared<store::Database>(store::Database::open_to_read(options.database));
    const results::ComparedSide first = results::resolve_side(database, options.first);
    const results::ComparedSide second = results::resolve_side(database, options.second);
    const tables::SideComparison comparison =
        tables::compare_sides(first, second, context.installation.workloads, *threshold.quantity);
    if (options.output.for_machines()) {
        write_table(options.output, tables::sides_for_machines(comparison));
        return ExitCode::Success;
    }
    write_tables(options.output, tables::sides_for_people(comparison));
    return ExitCode::Success;
}

}  // namespace

Action add_compare_verb(Options& declared) {
    auto options = std::make_shared<CompareOptions>();
    const std::string what =
        "a run (id, beginning of an id, or name), a sweep, a baseline, or another database";
    declared.required("A", options->first, what);
    declared.required("B", options->second, "the same; what became of A");
    declared.text("--threshold", options->threshold, "changes below this do not matter (default: 3 %)");
    declared.text("--db", options->database, "the database of results");
    options->output.add_to(declared);
    return [options](const Context& context) {
        if (options->database.empty()) options->database = terminal::default_database().string();
        return compare(*options, context);
    };
}

}  // namespace tidemark::cli
