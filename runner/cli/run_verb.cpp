#include <algorithm>
#include <iostream>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/adaptive_repeats.hpp"
#include "cli/invocation_facts.hpp"
#include "cli/other_limits.hpp"
#include "cli/output.hpp"
#include "cli/plan.hpp"
#include "cli/recapture.hpp"
#include "cli/run_maker.hpp"
#include "cli/said.hpp"
#include "cli/sweep_choice.hpp"
#include "cli/sweep_steps.hpp"
#include "cli/verb.hpp"
#include "cli/workloads.hpp"
#include "results/changed_variables.hpp"
#include "results/current_results.hpp"
#include "results/estimates.hpp"
#include "run/free_memory.hpp"
#include "run/local_launcher.hpp"
#include "store/current_sets.hpp"
#include "store/database.hpp"
#include "store/sweep_ledger.hpp"
#include "sweep/command_notes.hpp"
#include "sweep/sweep.hpp"
#include "tables/caveats.hpp"
#include "tables/comparison_table.hpp"
#include "tables/estimate_table.hpp"
#include "terminal/display_text.hpp"
#include "terminal/shell_words.hpp"

namespace tidemark::cli {
namespace {

struct RunOptions {
    SweepChoice sweep;
    bool dry_run = false;
    MakingOptions making;
    OutputOptions output;
};

std::string listed(const std::map<std::string, std::string>& variables) {
    std::string text;
    for (const auto& [name, value] : variables)
        text += fmt::format("{}{}={}", text.empty() ? "" : ", ", name, terminal::shell_word(value));
    return text;
}

class RunCommand {
  public:
    RunCommand(const RunOptions& options, const Context& context)
        : options_(options),
          context_(context),
          catalogue_(load_workloads(context.installation)),
          sweep_(options.sweep.read(catalogue_)),
          maker_(context, options.sweep, sweep_, options.making) {}

    ExitCode execute() {
        require_place_of_output(options_.output);
        if (options_.dry_run) return print_expansion();
        require_secrets();
        maker_.require_abilities();
        store::Database database =
            store::Database::open_or_create(options_.sweep.database, maker_.patience());
        recover_abandoned(database);
        const SweepSteps steps(sweep_, options_.sweep.file, context_.installation.warden,
                               database.runs_folder());
        // first of all: it may build what the runs are made of, and by which they are known
        const auto setup_problem = steps.problem_of_setups();
        if (!setup_problem) return ExitCode::Interrupted;
        if (!setup_problem->empty()) throw Error(ExitCode::Failure, *setup_problem);
        const run::Observing observing = results::observing_of(sweep_);
        store::CurrentSets sets(database.connection(), sweep_.name(), observing);
        const store::DoneRuns done(database.connection(), sweep_.name(), &sets);
        Plan plan = make_plan(sweep_, done, options_.making.fresh);
        if (!read_kept_logs(plan, database, sets)) return ExitCode::Interrupted;
        AdaptiveRepeats adaptive(sweep_, database.connection());
        adaptive.extend(plan);
        const auto left_out = steps.leave_out_what_lacks(plan);
        if (!left_out) return ExitCode::Interrupted;
        require_paths(plan);
        announce(plan);
        if (is_all_done(plan)) say("{}", what_was_compared(done, sets));
        if (!plan.runs.empty() && !options_.making.fresh) {
            for (const std::string& change : results::changed_variables(database.connection(), sweep_))
                say("note: {}", change);
        }
        for (const std::string& note : *left_out) say("{}", note);
        say_what_will_not_fit(plan, database.connection(), sets);
        const run::Tally tally = maker_.make(database, plan, sets, adaptive);
        for (const std::string& shortfall : adaptive.shortfalls()) say("note: {}", shortfall);
        // what is left to Slurm still needs what the setup made
        const auto teardown_problem = tally.left > 0 ? std::string() : steps.problem_of_teardowns();
        results::CurrentResults current(database.connection(),
                                        results::expectation_of(sweep_, results::Program::Present));
        write_table(options_.output,
                    tables::comparison_table(
                        sweep_, current, options_.output.for_machines() || !options_.output.columns.empty()));
        say("results: {}", terminal::shown_path(options_.sweep.database));
        const ExitCode code = conclude(plan, tally);
        if (code == ExitCode::Interrupted || !teardown_problem || teardown_problem->empty()) return code;
        // it takes nothing from what was measured before it
        throw Error(ExitCode::Failure, *teardown_problem);
    }

  private:
    void require_secrets() const {
        const std::string name = sweep_.secret_without_value();
        if (name.empty()) return;
        throw UsageError(
            fmt::format("--set {0}: this stands in place of a secret, which is stored nowhere; give the "
                        "secret itself: --set \"{0}=$SECRET\"",
                        name));
    }

    static void recover_abandoned(store::Database& database) {
        std::size_t not_stored = 0;
        const std::size_t stored = store::recover_abandoned(database, &not_stored) - not_stored;
        if (stored > 0)
            say("{} of a tidemark that was killed: stored as they were left", plural(stored, "run"));
        if (not_stored > 0)
            say("{} of a tidemark that was killed: left nothing that can be stored",
                plural(not_stored, "run"));
    }

    /// False: it was interrupted.
    bool read_kept_logs(Plan& plan, store::Database& database, store::CurrentSets& sets) const {
        if (options_.making.fresh || plan.runs.empty()) return true;
        const Recaptured recaptured = recapture(plan, sweep_, database.connection(), sets);
        for (const std::string& sentence : recaptured.sentences(false)) say("{}", sentence);
        if (recaptured.interrupted) say("interrupted: the same command goes on from there");
        return !recaptured.interrupted;
    }

    /// The same of a dry run. Without a database, or where a setup has still to build the program, nothing is
    /// known.
    void say_what_is_kept() const {
        std::error_code error;
        if (options_.making.fresh || !std::filesystem::exists(options_.sweep.database, error)) return;
        try {
            store::Database database = store::Database::open_to_read(options_.sweep.database);
            sql::Connection& connection = database.connection();
            store::CurrentSets sets(connection, sweep_.name(), results::observing_of(sweep_));
            const Plan plan = make_plan(sweep_, {connection, sweep_.name(), &sets}, false);
            for (const std::string& sentence :
                 would_recapture(plan, sweep_, connection, sets).sentences(true))
                say("{}", sentence);
        } catch (const std::exception&) {
            return;
        }
    }

    ExitCode print_expansion() const {
        write_table(options_.output, tables::expansion_table(sweep_));
        // with the table on stdout; as the last line there, where people read it
        if (!options_.output.for_machines() && options_.output.file.empty()) std::cout << '\n';
        (options_.output.for_machines() || !options_.output.file.empty() ? std::cerr : std::cout)
            << how_many() << '\n';
        if (const auto variables = sweep_.variables(); !variables.empty())
            say("inherited, and part of what the runs are: {}", listed(variables));
        for (const std::string& input : sweep_.described_inputs()) say("{}", input);
        say_what_is_kept();
        for (const std::string& name : sweep_.by_repeat()) say("note: '{}' is another in each repeat", name);
        for (const std::string& note : sweep_.notes()) say("note: {}", note);
        for (const std::string& note : sweep::notes_on_command(sweep_)) say("note: {}", note);
        return ExitCode::Success;
    }

    std::string how_many() const {
        const std::size_t runs = sweep_.runs().size();
        const auto counted = [](std::size_t count, const char* what) {
            return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
        };
        std::string text = counted(runs, "run");
        if (const std::string repeats = described_repeats(sweep_); !repeats.empty()) {
            std::size_t least = 0, most = 0;
            for (const sweep::RunSpec& run : sweep_.runs()) {
                least += static_cast<std::size_t>(sweep_.repeats(run).least);
                most += static_cast<std::size_t>(sweep_.repeats(run).most);
            }
            const auto comma = repeats.find(',');  // before what it is repeated until
            text += fmt::format(", each made {} times{}: {} in all", repeats.substr(0, comma),
                                comma == std::string::npos ? "" : repeats.substr(comma),
                                least == most ? std::to_string(most) : fmt::format("{} to {}", least, most));
        }
        if (sweep_.excluded() > 0)
            text += fmt::format("; {} of the matrix {} excluded", counted(sweep_.excluded(), "cell"),
                                sweep_.excluded() == 1 ? "is" : "are");
        return text;
    }

    static std::size_t total(const Plan& plan) {
        return plan.done_before + plan.failed_again + plan.runs.size();
    }

    static bool is_all_done(const Plan& plan) {
        return plan.runs.empty() && plan.lacking == 0 && plan.failed_again == 0;
    }

    /// Of the runs that are to be made: each would fail without them, one after the other.
    void require_paths(const Plan& plan) const {
        std::set<std::size_t> specs;
        std::vector<sweep::RunSpec> runs;
        for (const run::PlannedRun& planned : plan.runs) {
            if (specs.insert(planned.spec).second) runs.push_back(sweep_.runs()[planned.spec]);
        }
        sweep_.require_paths(runs);
    }

    void announce(const Plan& plan) const {
        std::string what = plural(sweep_.runs().size(), "run");
        if (const std::string repeats = described_repeats(sweep_); !repeats.empty()) {
            const auto comma = repeats.find(',');  // before what it is repeated until
            what += fmt::format(" × {} repeats{}", repeats.substr(0, comma),
                                comma == std::string::npos ? "" : repeats.substr(comma));
        }
        if (plan.runs.empty() && plan.lacking > 0) {
            say("{}: {}, none of which can be made now", sweep_.name(), what);
        } else if (is_all_done(plan)) {
            say("{}: {}, all done already (--fresh runs them again)", sweep_.name(), what);
        } else if (plan.done_before > 0 || plan.failed_again > 0) {
            say("{}: {}, {} done already, {} to make", sweep_.name(), what, plan.done_before,
                plan.runs.size());
        } else {
            say("{}: {}", sweep_.name(), what);
        }
        for (const auto& [change, count] : plan.changes) {
            say("{} since run '{}' was executed: {} to run again", change,
                sweep_.runs()[plan.first_changed.at(change)].run, plural(count, "run"));
        }
        for (const std::string& caveat : tables::caveats(sweep_)) say("note: {}", caveat);
        for (const std::string& note : sweep_.notes()) say("note: {}", note);
        for (const std::string& note : sweep::notes_on_command(sweep_)) say("note: {}", note);
        for (const std::string& note : sweep_.notes_on_inputs()) say("note: {}", note);
        if (options_.making.is_on_slurm() && !plan.runs.empty()) {
            say("note: runs on the same node slow each other down, and nodes differ; compare their times "
                "with care");
        } else if (options_.making.jobs_at_once() > 1 && !plan.runs.empty()) {
            say("note: runs that are made at the same time slow each other down; compare their times with "
                "care");
        }
    }

    /// Where enough was measured to predict it.
    void say_what_will_not_fit(const Plan& plan, sql::Connection& connection,
                               store::CurrentSets& sets) const {
        constexpr std::size_t kMostRuns = 5000;  // for more it would take longer than it is worth
        if (plan.runs.empty() || sweep_.runs().size() > kMostRuns) return;
        if (options_.making.is_on_slurm()) return;  // what is free here is nothing to its nodes
        std::vector<std::size_t> planned;
        for (const run::PlannedRun& run : plan.runs) planned.push_back(run.spec);
        try {
            const OtherLimits others(options_.sweep, catalogue_, sweep_, connection);
            const auto estimates = results::estimates(connection, sets, others.makings());
            for (const std::string& note :
                 tables::what_will_not_fit(sweep_, estimates, planned, run::free_memory()))
                say("note: {}", note);
        } catch (const std::exception&) {
            // a guess: what keeps it from being made keeps no run from being made
        }
    }

    /// What "all done already" rests on.
    std::string what_was_compared(const store::DoneRuns& done, const store::CurrentSets& sets) const {
        const auto [inputs, variables] = sweep_.compared();
        const std::string declared = fmt::format(
            "    nothing changed in the program, in its declared inputs ({}) and in the variables that it "
            "inherits "
            "({})",
            inputs == 0 ? "none" : plural(inputs, "file"),
            variables == 0 ? "none" : std::to_string(variables));
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

    ExitCode conclude(const Plan& plan, const run::Tally& tally) const {
        const std::string database = terminal::shown_path(options_.sweep.database);
        const std::size_t done = plan.done_before + tally.ok + tally.skipped;
        const std::size_t failed = tally.failed + plan.failed_again;
        if (tally.left > 0)
            say("left to Slurm: {}; the same command goes on with {}, on another day as well",
                plural(tally.left, "run"), tally.left == 1 ? "it" : "them");
        if (tally.interrupted) {
            say("interrupted: {} of {} runs are done and kept in {}; to go on from there:\n    {}", done,
                total(plan) + tally.added, database, command_line_to_go_on());
            return ExitCode::Interrupted;
        }
        if (!tally.stopped_by.empty()) say_what_stopped(tally);
        if (failed > 0) {
            say("{} of {} failed; `{} show RUN` tells more of each, the same command reruns them", failed,
                plural(total(plan) + tally.added, "run"), terminal::own_command(context_.arguments.front()));
            return ExitCode::Failure;
        }
        return ExitCode::Success;
    }

    void say_what_stopped(const run::Tally& tally) const {
        constexpr std::size_t kNamed = 10;
        std::set<std::string> names;
        std::vector<std::string> shown;
        for (const run::PlannedRun& planned : tally.not_made) {
            const std::string& name = sweep_.runs()[planned.spec].run;
            if (names.insert(name).second && shown.size() < kNamed) shown.push_back(terminal::visible(name));
        }
        std::string text = fmt::format("{}", fmt::join(shown, "; "));
        if (names.size() > shown.size()) text += fmt::format("; and {} more", names.size() - shown.size());
        say("stopped after {}, as stop_after says; the last is {}",
            plural(static_cast<std::size_t>(sweep_.stop_after()), "equal failure"), tally.stopped_by);
        say("not run: {}", text);
    }

    /// Without --fresh, which would begin again.
    std::string command_line_to_go_on() const {
        Context without = context_;
        std::erase(without.arguments, "--fresh");
        return command_line(without, sweep_);
    }

    const RunOptions& options_;
    const Context& context_;
    sweep::WorkloadCatalogue catalogue_;
    sweep::Sweep sweep_;
    RunMaker maker_;
};

}  // namespace

Action add_run_verb(Options& declared) {
    auto options = std::make_shared<RunOptions>();
    constexpr int kMostJobs = 4096;
    options->sweep.declare_for_runs(declared);
    declared.flag("--dry-run,-n", options->dry_run, "prints the runs, and executes none");
    declared.flag("--fresh", options->making.fresh, "runs everything again, even what is done");
    declared.number("--jobs,-j", options->making.jobs, 1, kMostJobs,
                    "runs at the same time (default: 1, on Slurm 64)");
    declared.choice("--on", options->making.on, {kOnThisMachine, kOnSlurm, kOnSrun},
                    "where the runs are executed (default: local, this machine)");
    declared.flag(
        "--detach", options->making.detach,
        "with --on slurm: leaves when all runs are submitted; the same command continues with them");
    std::vector<std::string> methods{kAutomaticMethod};
    methods.insert(methods.end(), run::kMemoryMethods.begin(), run::kMemoryMethods.end());
    declared.choice("--memory-method", options->making.memory_method, methods,
                    "how peaks are measured (default: the best that can be had here)");
    declared.flag("--quiet", options->making.quiet, "prints progress as plain lines");
    options->output.paged = false;
    options->output.add_columns_to(declared);
    options->output.add_to(declared);
    return [options](const Context& context) {
        options->sweep.prepare();
        return RunCommand(*options, context).execute();
    };
}

}  // namespace tidemark::cli
