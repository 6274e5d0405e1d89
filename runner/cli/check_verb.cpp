#include <filesystem>
#include <iostream>
#include <optional>

#include <fmt/format.h>

#include "cli/checks.hpp"
#include "cli/github_actions.hpp"
#include "cli/output.hpp"
#include "cli/verb.hpp"
#include "cli/workloads.hpp"
#include "store/queries.hpp"

namespace tidemark::cli {
namespace {

constexpr const char* kJunit = "junit";

struct CheckOptions {
    std::string file;
    std::string database;
    sweep::LoadOptions load;
    std::string only;
    OutputOptions output;
};

std::optional<store::Database> open_if_there(const std::string& file) {
    if (!std::filesystem::exists(file)) return std::nullopt;
    return store::Database::open_to_read(file);
}

/// The file that was given, or that of the last `tidemark run`.
std::string chosen_file(const CheckOptions& options, std::optional<store::Database>& database) {
    if (!options.file.empty()) return options.file;
    const std::string last = database ? store::last_sweep_file(database->connection()) : std::string();
    if (!last.empty()) return last;
    throw Error(ExitCode::Undecided,
                fmt::format("nothing is measured in {} yet, so there is nothing to check; "
                            "`tidemark run FILE` measures",
                            shown_path(options.database)));
}

void write(const CheckOptions& options, const sweep::Sweep& sweep, const std::vector<CheckResult>& results) {
    if (options.output.format == kJunit) {
        write_output(options.output,
                     [&](std::ostream& out) { report::render_junit(checks_as_junit(sweep, results), out); });
        return;
    }
    write_table(options.output, options.output.for_machines() ? checks_for_machines(results)
                                                              : checks_for_people(sweep, results));
}

ExitCode check(const CheckOptions& options, const Context& context) {
    std::optional<store::Database> database = open_if_there(options.database);
    const sweep::WorkloadCatalogue catalogue = load_workloads(context.installation);
    const std::string file = chosen_file(options, database);
    const sweep::Sweep sweep = sweep::Sweep::load(file, catalogue, options.load);
    if (sweep.checks().empty()) {
        throw UsageError(fmt::format("{}: there are no `checks:` in it, so nothing would be checked", file));
    }
    const std::vector<CheckResult> results =
        database ? decide_checks(sweep, *database)
                 : undecided_checks(sweep, fmt::format("nothing is measured yet: there is no database {}",
                                                       shown_path(options.database)));
    write(options, sweep, results);
    tell_github_actions(sweep, results);
    switch (worst_of(results)) {
        case analysis::Verdict::Broken:
            return ExitCode::Failure;
        case analysis::Verdict::Undecided:
            return ExitCode::Undecided;
        case analysis::Verdict::Pass:
            break;
    }
    return ExitCode::Success;
}

}  // namespace

Action add_check_verb(Options& declared) {
    auto options = std::make_shared<CheckOptions>();
    declared.text("FILE", options->file, "the sweep file (default: that of the last run)");
    declared.text("--db", options->database,
                  "the database of results (default: results/tidemark.db of the project)");
    declared.repeated("--set", options->load.set, "name=value, as the runs were made with");
    declared.text("--only", options->only, "SQL condition over parameters and `run`: only these runs");
    declared.flag("--yes", options->load.allow_many, "allows more than 100,000 runs");
    options->output.add_to(declared, {kJunit});
    return [options](const Context& context) {
        if (options->database.empty()) options->database = default_database().string();
        if (!options->only.empty()) options->load.only = options->only;
        options->load.caller_directory = std::filesystem::current_path();
        return check(*options, context);
    };
}

}  // namespace tidemark::cli
