#include <algorithm>
#include <csignal>
#include <iostream>

#include <unistd.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/build_info.hpp"
#include "base/clock.hpp"
#include "base/identifier.hpp"
#include "cli/output.hpp"
#include "cli/plan.hpp"
#include "cli/progress.hpp"
#include "cli/sweep_choice.hpp"
#include "cli/verb.hpp"
#include "cli/workloads.hpp"
#include "results/changed_variables.hpp"
#include "results/current_results.hpp"
#include "run/local_launcher.hpp"
#include "run/machine.hpp"
#include "run/run_directory.hpp"
#include "run/run_steps.hpp"
#include "run/watched_inputs.hpp"
#include "store/current_sets.hpp"
#include "store/database.hpp"
#include "store/sweep_ledger.hpp"
#include "sweep/repository.hpp"
#include "sweep/sweep.hpp"
#include "tables/caveats.hpp"
#include "tables/comparison_table.hpp"
#include "terminal/shell_words.hpp"
#include "terminal/signals.hpp"
#include "terminal/terminal.hpp"

namespace tidemark::cli {
namespace {

constexpr const char* kAutomatic = "auto";
constexpr const char* kDelegatedCgroup = "systemd-run --user --scope -p Delegate=yes tidemark run …";

struct RunOptions {
    SweepChoice sweep;
    bool dry_run = false;
    bool fresh = false;
    bool quiet = false;
    int jobs = 1;
    std::string memory_method = kAutomatic;
    OutputOptions output;
};

std::string command_line(const Context& context) {
    std::string text = terminal::own_command(context.arguments.front());
    for (std::size_t i = 1; i < context.arguments.size(); ++i) {
        const std::string& word = context.arguments[i];
        text += ' ' + terminal::shell_word(word);
    }
    return text;
}

template <typename... Arguments>
void say(fmt::format_string<Arguments...> text, Arguments&&... arguments) {
    std::cerr << fmt::format(text, std::forward<Arguments>(arguments)...) << '\n';
}

std::string plural(std::size_t count, std::string_view noun) {
    return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::string listed(const std::map<std::string, std::string>& variables) {
    std::string text;
    for (const auto& [name, value] : variables)
        text += fmt::format("{}{}={}", text.empty() ? "" : ", ", name, terminal::shell_word(value));
    return text;
}

/// Everything that a reader of the results must know of how they were made.
std::vector<std::pair<std::string, Value>> provenance(const sweep::Sweep& sweep) {
    std::vector<std::pair<std::string, Value>> facts = run::describe_machine();
    facts.emplace_back("tidemark", std::string(version()));
    facts.emplace_back("tidemark_commit", std::string(commit()));
    facts.emplace_back("tidemark_compiler", std::string(compiler()));
    for (const auto* workload : sweep.workloads()) {
        facts.emplace_back(store::version_fact(workload->workload, "build"), workload->build_id);
        for (const auto& [name, text] : workload->versions)
            facts.emplace_back(store::version_fact(workload->workload, name), text);
    }
    return facts;
}

class RunCommand {
  public:
    RunCommand(const RunOptions& options, const Context& context)
        : options_(options),
          context_(context),
          catalogue_(load_workloads(context.installation)),
          sweep_(options.sweep.read(catalogue_)) {}

    ExitCode execute() {
        require_place_of_output(options_.output);
        if (options_.dry_run) return print_expansion();
        require_abilities();
        store::Database database = store::Database::open_or_create(options_.sweep.database);
        recover_abandoned(database);
        // first of all: it may build what the runs are made of, and by which they are known
        const auto setup_problem = problem_of_sweep_step("setup", sweep_.setup(), database);
        if (!setup_problem) return ExitCode::Interrupted;
        if (!setup_problem->empty()) throw Error(ExitCode::Failure, *setup_problem);
        const run::Observing observing = results::observing_of(sweep_);
        store::CurrentSets sets(database.connection(), sweep_.name(), observing);
        const store::DoneRuns done(database.connection(), sweep_.name(), &sets);
        Plan plan = make_plan(sweep_, done, options_.fresh);
        const auto left_out = leave_out_what_lacks(plan, database);
        if (!left_out) return ExitCode::Interrupted;
        announce(plan);
        if (plan.runs.empty() && plan.lacking == 0) say("{}", what_was_compared(done, sets));
        if (!plan.runs.empty() && !options_.fresh) {
            for (const std::string& change : results::changed_variables(database.connection(), sweep_))
                say("note: {}", change);
        }
        for (const std::string& note : *left_out) say("{}", note);
        const run::Tally tally = make_runs(database, plan, sets);
        const auto teardown_problem = problem_of_sweep_step("teardown", sweep_.teardown(), database);
        results::CurrentResults current(database.connection(),
                                        results::expectation_of(sweep_, results::Program::Present));
        write_table(options_.output,
                    tables::comparison_table(sweep_, current, options_.output.for_machines()));
        const ExitCode code = conclude(plan, tally);
        if (code == ExitCode::Interrupted || !teardown_problem || teardown_problem->empty()) return code;
        // it takes nothing from what was measured before it
        throw Error(ExitCode::Failure, *teardown_problem);
    }

  private:
    static void recover_abandoned(store::Database& database) {
        std::size_t not_stored = 0;
        const std::size_t stored = store::recover_abandoned(database, &not_stored) - not_stored;
        if (stored > 0)
            say("{} of a tidemark that was killed: stored as they were left", plural(stored, "run"));
        if (not_stored > 0)
            say("{} of a tidemark that was killed: left nothing that can be stored",
                plural(not_stored, "run"));
    }

    ExitCode print_expansion() const {
        const report::Table table = tables::expansion_table(sweep_);
        write_table(options_.output, table);
        // with the table on stdout; as the last line there, where people read it
        if (!options_.output.for_machines() && options_.output.file.empty()) std::cout << '\n';
        (options_.output.for_machines() || !options_.output.file.empty() ? std::cerr : std::cout)
            << how_many() << '\n';
        if (const auto variables = sweep_.variables(); !variables.empty())
            say("inherited, and part of what the runs are: {}", listed(variables));
        for (const std::string& input : sweep_.described_inputs()) say("{}", input);
        return ExitCode::Success;
    }

    std::string how_many() const {
        const std::size_t runs = sweep_.runs().size();
        const auto counted = [](std::size_t count, const char* what) {
            return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
        };
        std::string text = counted(runs, "run");
        const auto repeats = static_cast<std::size_t>(sweep_.repeat());
        if (repeats > 1) text += fmt::format(", each made {} times: {} in all", repeats, runs * repeats);
        if (sweep_.excluded() > 0)
            text += fmt::format("; {} of the matrix {} excluded", counted(sweep_.excluded(), "cell"),
                                sweep_.excluded() == 1 ? "is" : "are");
        return text;
    }

    /// A limit that nothing enforces would make every result a lie, and so would a method that is not there.
    void require_abilities() const {
        const protocol::Limits& limits = sweep_.limits();
        if (!limits.memory && !limits.pids && options_.memory_method == kAutomatic) return;
        const run::Abilities abilities = run::abilities(context_.installation.warden);
        require_method(abilities);
        const auto problems = run::unenforceable(limits, abilities);
        if (problems.empty()) return;
        const auto& [limit, why] = problems.front();
        if (limits.enforcement == protocol::Enforcement::BestEffort) {
            for (const auto& [name, reason] : problems)
                say("note: limits.{} is not enforced here: {}", name, reason);
            return;
        }
        throw UsageError(fmt::format(
            "{}: limits.{}: cannot be enforced here: {}\n"
            "  either run as root or in a delegated cgroup: {}\n"
            "  or make the runs without it, each with a warning: limits: {{enforce: best effort}}",
            options_.sweep.file, limit, why, kDelegatedCgroup));
    }

    void require_method(const run::Abilities& abilities) const {
        if (options_.memory_method == "cgroup" && !abilities.memory_limit.available) {
            throw UsageError(
                fmt::format("--memory-method cgroup: {}; run as root or in a delegated cgroup: {}",
                            abilities.memory_limit.explanation, kDelegatedCgroup));
        }
        if (options_.memory_method == "exit-stop" && !abilities.exit_stops.available)
            throw UsageError(fmt::format("--memory-method exit-stop: {}", abilities.exit_stops.explanation));
    }

    /// What to say of it, nothing where it went well; no text at all: it was interrupted.
    std::optional<std::string> problem_of_sweep_step(const std::string& name,
                                                     const std::vector<std::string>& command,
                                                     const store::Database& database) const {
        if (command.empty()) return std::string();
        const std::filesystem::path directory = step_directory(name, database);
        say("{}: {}", sweep_.name(), name);
        auto problem = problem_of_step(name, command, directory);
        if (!problem || problem->empty()) return problem;
        return fmt::format("{}: the {} of the sweep failed: {}\nits output is in {}", options_.sweep.file,
                           name, *problem, terminal::shown_path(directory));
    }

    static std::filesystem::path step_directory(const std::string& name, const store::Database& database) {
        return database.runs_folder() / (new_identifier() + "-" + name);
    }

    /// Nothing: it was interrupted.
    std::optional<std::string> problem_of_step(const std::string& name,
                                               const std::vector<std::string>& command,
                                               const std::filesystem::path& directory) const {
        terminal::SignalInterruption interruption;
        run::LocalLauncher launcher(context_.installation.warden);
        std::string problem =
            run::make_lone_step(launcher, interruption, command, sweep_.folder(), directory);
        if (interruption.requests() == 0) return problem;
        say("interrupted during the {}", name);
        return std::nullopt;
    }

    /// What to say of it; nothing: it was interrupted.
    std::optional<std::vector<std::string>> leave_out_what_lacks(Plan& plan,
                                                                 const store::Database& database) const {
        std::vector<std::string> notes;
        for (const sweep::Requirement& requirement : sweep_.requirements()) {
            const bool is_needed = std::ranges::any_of(plan.runs, [&](const run::PlannedRun& planned) {
                return std::ranges::binary_search(requirement.runs, planned.spec);
            });
            if (!is_needed) continue;
            const std::filesystem::path directory = step_directory("requirement", database);
            const auto problem = problem_of_step("check of a requirement", requirement.command, directory);
            if (!problem) return std::nullopt;
            if (problem->empty()) continue;
            std::error_code ignored;
            std::filesystem::remove_all(directory, ignored);
            notes.push_back(fmt::format("left out: {}: {}", plural(leave_out(plan, requirement.runs), "run"),
                                        requirement.reason));
        }
        return notes;
    }

    static std::size_t total(const Plan& plan) { return plan.done_before + plan.runs.size(); }

    void announce(const Plan& plan) const {
        std::string what = plural(sweep_.runs().size(), "run");
        if (sweep_.repeat() > 1) what += fmt::format(" × {} repeats", sweep_.repeat());
        if (plan.runs.empty() && plan.lacking > 0) {
            say("{}: {}, none of which can be made now", sweep_.name(), what);
        } else if (plan.runs.empty()) {
            say("{}: {}, all done already (--fresh makes them again)", sweep_.name(), what);
        } else if (plan.done_before > 0) {
            say("{}: {}, {} done already, {} to make", sweep_.name(), what, plan.done_before,
                plan.runs.size());
        } else {
            say("{}: {}", sweep_.name(), what);
        }
        for (const auto& [change, count] : plan.changes) {
            say("{} since run '{}' was made: {} to make again", change,
                sweep_.runs()[plan.first_changed.at(change)].run, plural(count, "run"));
        }
        for (const std::string& caveat : tables::caveats(sweep_)) say("note: {}", caveat);
        for (const std::string& note : sweep_.notes_on_inputs()) say("note: {}", note);
        if (options_.jobs > 1 && !plan.runs.empty()) {
            say("note: runs that are made at the same time slow each other down; compare their times with "
                "care");
        }
    }

    /// What "all done already" rests on.
    std::string what_was_compared(const store::DoneRuns& done, const store::CurrentSets& sets) const {
        const std::string declared = "    nothing changed in the program and the inputs that the sweep names";
        if (!sweep_.observe().on)
            return declared + "; what else its runs read is not watched (observe: false)";
        std::string text =
            fmt::format("{}, nor in {} below {} that its runs read; files elsewhere are not watched",
                        declared, plural(sets.files(), "file"), sweep_.folder().string());
        if (done.unobserved() > 0)
            text += fmt::format("\n    of {} it is not known what was read: {}",
                                plural(done.unobserved(), "execution"), done.why_unobserved());
        return text;
    }

    store::Invocation invocation(const Plan& plan) const {
        store::Invocation out;
        out.invocation_id = new_identifier();
        out.sweep = sweep_.name();
        out.description = sweep_.description();
        out.file = std::filesystem::absolute(options_.sweep.file).lexically_normal().string();
        out.command_line = command_line(context_);
        out.working_directory = std::filesystem::current_path().string();
        out.planned = plan.runs.size();
        out.provenance = provenance(sweep_);
        // so that `report` finds the same runs again
        for (const std::string& set : options_.sweep.load.set) {
            const std::size_t equals = set.find('=');
            out.provenance.emplace_back(std::string(store::kSetFact) + set.substr(0, equals),
                                        set.substr(equals + 1));
        }
        return out;
    }

    run::Tally make_runs(store::Database& database, const Plan& plan, store::CurrentSets& sets) const {
        const store::Invocation own = invocation(plan);
        // also where nothing is left to make: it is the last run then, which `check` and `report` are about
        store::SweepLedger ledger(database, own, options_.fresh, &sets);
        const run::Tally tally = plan.runs.empty() ? run::Tally{} : make_planned(plan, own, database, ledger);
        ledger.finish();
        return tally;
    }

    run::Tally make_planned(const Plan& plan, const store::Invocation& own, store::Database& database,
                            store::SweepLedger& ledger) const {
        const std::filesystem::path folder = database.runs_folder();
        terminal::SignalInterruption interruption;
        run::LocalLauncher launcher(context_.installation.warden, options_.memory_method);
        const bool live = !options_.quiet && terminal::can_redraw(STDERR_FILENO);
        Progress progress(sweep_, interruption, {live, total(plan), plan.done_before, options_.jobs});
        std::string no_revision;
        const std::string revision =
            sweep::Repository(sweep_.folder()).revision(no_revision).value_or(std::string());
        const auto prepare = [&](const run::PlannedRun& planned) {
            const std::string run_id = new_identifier();
            const run::RunDirectory directory(folder / run_id);
            protocol::Request request =
                sweep_.request(sweep_.runs()[planned.spec], {planned.repeat, directory.run_dir().string()});
            request.run_id = run_id;
            request.invocation = own.invocation_id;
            request.key = plan.keys[planned.spec];
            request.repeat = planned.repeat;
            request.revision = revision;
            request.no_revision = no_revision;
            return request;
        };
        run::SchedulerOptions options;
        options.jobs = options_.jobs;
        options.runs_folder = folder;
        std::optional<run::WatchedInputs> watch;
        if (sweep_.observe().on) {
            watch.emplace(store::observed_states(database.connection(), results::observing_of(sweep_)));
            options.watch = &*watch;
        }
        const run::Tally tally =
            run::execute(plan.runs, prepare, launcher, ledger, progress, interruption, options);
        progress.close();
        if (watch && !watch->gap().empty())
            say("note: not all that runs read is known, so a change of it may go unnoticed: {}",
                watch->gap());
        return tally;
    }

    ExitCode conclude(const Plan& plan, const run::Tally& tally) const {
        const std::string database = terminal::shown_path(options_.sweep.database);
        const std::size_t done = plan.done_before + tally.ok + tally.skipped;
        if (tally.interrupted) {
            say("interrupted: {} of {} runs are done and kept in {}; to go on from there:\n    {}", done,
                total(plan), database, command_line_to_go_on());
            return ExitCode::Interrupted;
        }
        if (tally.failed > 0) {
            say("{} of {} failed; `{} show RUN` tells more of each, the same command makes them again",
                tally.failed, plural(total(plan), "run"), terminal::own_command(context_.arguments.front()));
            return ExitCode::Failure;
        }
        return ExitCode::Success;
    }

    /// Without --fresh, which would begin again.
    std::string command_line_to_go_on() const {
        Context without = context_;
        std::erase(without.arguments, "--fresh");
        return command_line(without);
    }

    const RunOptions& options_;
    const Context& context_;
    sweep::WorkloadCatalogue catalogue_;
    sweep::Sweep sweep_;
};

}  // namespace

Action add_run_verb(Options& declared) {
    auto options = std::make_shared<RunOptions>();
    constexpr int kMostJobs = 4096;
    options->sweep.declare_for_runs(declared);
    declared.flag("--dry-run", options->dry_run, "prints the expanded runs and makes none");
    declared.flag("--fresh", options->fresh, "makes all runs again, also those that are done");
    declared.number("--jobs", options->jobs, 1, kMostJobs, "runs at the same time (default: 1)");
    std::vector<std::string> methods{kAutomatic};
    methods.insert(methods.end(), run::kMemoryMethods.begin(), run::kMemoryMethods.end());
    declared.choice("--memory-method", options->memory_method, methods,
                    "how peaks are measured (default: the best that can be had here)");
    declared.flag("--quiet", options->quiet, "plain lines of progress, nothing is redrawn");
    options->output.add_to(declared);
    return [options](const Context& context) {
        options->sweep.prepare();
        return RunCommand(*options, context).execute();
    };
}

}  // namespace tidemark::cli
