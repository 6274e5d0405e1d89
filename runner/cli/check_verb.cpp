#include <algorithm>
#include <filesystem>
#include <iostream>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "cli/check_comment.hpp"
#include "cli/github_actions.hpp"
#include "cli/output.hpp"
#include "cli/sweep_choice.hpp"
#include "cli/verb.hpp"
#include "cli/workloads.hpp"
#include "results/changed_variables.hpp"
#include "results/last_invocation.hpp"
#include "store/database.hpp"
#include "tables/caveats.hpp"
#include "tables/checks.hpp"
#include "tables/texts.hpp"

namespace tidemark::cli {
namespace {

using tables::CheckResult;

constexpr const char* kJunit = "junit";
constexpr const char* kComment = "comment";

struct CheckOptions {
    SweepChoice sweep;
    std::vector<std::string> against;
    OutputOptions output;
};

std::optional<store::Database> open_if_there(const std::string& file) {
    if (!std::filesystem::exists(file)) return std::nullopt;
    return store::Database::open_to_read(file);
}

bool holds_a_drift(const sweep::CheckDefinition& check) {
    return check.max_increase.has_value();
}

void choose_sweep(SweepChoice& choice, std::optional<store::Database>& database) {
    if (!choice.file.empty() || (database && choice.take_last(database->connection()))) return;
    throw Error(ExitCode::Undecided,
                fmt::format("nothing is measured in {} yet, so there is nothing to check; "
                            "`tidemark run FILE` measures",
                            terminal::shown_path(choice.database)));
}

/// What the checks found, and for whom none of what the database holds is current, how that was made.
struct Decided {
    std::vector<CheckResult> results;
    std::string hint;
    std::string note{};                  ///< how to read a peak beside a limit, where both meet
    std::vector<std::string> changes{};  ///< of the caller's variables, for which runs are not current
};

std::vector<sweep::Against> read_sides(const std::vector<std::string>& texts) {
    std::vector<sweep::Against> sides;
    for (const std::string& text : texts) {
        std::string problem;
        const auto side = sweep::read_against(text, problem);
        if (!side) throw UsageError("--against: " + problem);
        const bool is_known =
            std::ranges::find(sides, side->written(), &sweep::Against::written) != sides.end();
        if (!is_known) sides.push_back(*side);
    }
    return sides;
}

Decided decide(const sweep::Sweep& sweep, std::optional<store::Database>& database,
               const std::string& file_of_database, const std::vector<sweep::Against>& against) {
    if (!database) {
        return {tables::undecided_checks(sweep,
                                         fmt::format("nothing is measured yet: there is no database {}",
                                                     terminal::shown_path(file_of_database)),
                                         against),
                {}};
    }
    results::CurrentResults current(database->connection(),
                                    results::expectation_of(sweep, results::Program::Present));
    Decided decided{tables::decide_checks(sweep, current, against), {}};
    if (tables::bounds_a_peak(decided.results))
        decided.note = tables::note_on_limits(current, tables::Texts(Language::English));
    if (current.made() < current.expected())
        decided.changes = results::changed_variables(database->connection(), sweep);
    if (current.made() > 0) return decided;
    if (const auto last = results::made_otherwise(database->connection(), sweep.name()))
        decided.hint = tables::Texts(Language::English).made_otherwise(last->command_line);
    return decided;
}

void write(const CheckOptions& options, const sweep::Sweep& sweep, const Decided& decided) {
    const bool for_people = options.output.named() != kJunit && !options.output.for_machines();
    for (const std::string& change : decided.changes) std::cerr << "note: " << change << '\n';
    if (!for_people && !decided.hint.empty()) std::cerr << decided.hint << '\n';
    if (options.output.named() == kJunit) {
        write_output(options.output, [&](std::ostream& out) {
            report::render_junit(tables::checks_as_junit(sweep, decided.results), out);
        });
        return;
    }
    if (options.output.named() == kComment) {
        write_output(options.output, [&](std::ostream& out) {
            write_comment(sweep, decided.results, {decided.hint, decided.note}, out);
        });
        return;
    }
    if (options.output.for_machines()) {
        write_table(options.output, tables::checks_for_machines(decided.results));
        return;
    }
    report::Table table = tables::checks_for_people(sweep, decided.results);
    if (!decided.hint.empty()) table.notes.push_back(decided.hint);
    if (!decided.note.empty()) table.notes.push_back(decided.note);
    std::vector<report::Table> tables;
    if (options.output.columns.empty()) tables = tables::unlike_baselines(sweep, decided.results);
    tables.push_back(std::move(table));
    write_tables(options.output, tables);
}

ExitCode check(CheckOptions& options, const Context& context) {
    const std::vector<sweep::Against> against = read_sides(options.against);
    options.sweep.prepare();
    std::optional<store::Database> database = open_if_there(options.sweep.database);
    const sweep::WorkloadCatalogue catalogue = load_workloads(context.installation);
    choose_sweep(options.sweep, database);
    const sweep::Sweep sweep = options.sweep.read(catalogue);
    if (!against.empty() && std::ranges::none_of(sweep.checks(), holds_a_drift))
        throw UsageError(
            fmt::format("--against: no check in {} has a max_increase, which would be held against it",
                        options.sweep.file));
    if (sweep.checks().empty()) {
        throw UsageError(
            fmt::format("{}: there are no `checks:` in it, so nothing would be checked", options.sweep.file));
    }
    const Decided decided = decide(sweep, database, options.sweep.database, against);
    write(options, sweep, decided);
    tell_github_actions(sweep, decided.results);
    switch (tables::worst_of(decided.results)) {
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
    options->sweep.declare_for_results(declared, "only these runs");
    declared.repeated(
        "--against", options->against,
        "a baseline, or best-of:NAME:N for the best of its last N saves: what every max_increase is "
        "held against, instead of what the file says; may be given several times");
    options->output.add_columns_to(declared);
    options->output.add_to(declared, {kJunit, kComment});
    return [options](const Context& context) { return check(*options, context); };
}

}  // namespace tidemark::cli
