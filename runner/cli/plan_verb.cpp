// tidemark plan: the best run of a sweep that holds what must hold, found with few runs and proven by
// measuring it.
#include <algorithm>
#include <fstream>
#include <iostream>
#include <numeric>

#include <fmt/format.h>

#include "base/clock.hpp"
#include "cli/other_limits.hpp"
#include "cli/output.hpp"
#include "cli/plan.hpp"
#include "cli/plan_session.hpp"
#include "cli/said.hpp"
#include "cli/sweep_choice.hpp"
#include "cli/sweep_steps.hpp"
#include "cli/verb.hpp"
#include "cli/workloads.hpp"
#include "results/expected_runs.hpp"
#include "run/local_launcher.hpp"
#include "store/current_sets.hpp"
#include "store/database.hpp"
#include "store/sweep_ledger.hpp"
#include "tables/figure_text.hpp"
#include "tables/plan_table.hpp"
#include "terminal/display_text.hpp"
#include "terminal/installation.hpp"

namespace tidemark::cli {
namespace {

constexpr int kMostRuns = 100'000;
/// Where neither the file nor the command line says it.
constexpr std::size_t kUsualBudget = 24;
/// An answer is measured at least so often: fewer say nothing of their own scatter.
constexpr std::size_t kFewestRepeats = 3;
/// How far above the ceiling the limit of the runs lies: what is slightly too large is still measured.
constexpr double kAboveCeiling = 1.05;

struct PlanOptions {
    SweepChoice sweep;
    sweep::GoalOptions goal;
    int budget = 0;
    bool dry_run = false;
    bool quiet = false;
    std::string write;
    OutputOptions output;
};

/// The least that any bound of the peak allows all runs.
std::optional<Bytes> ceiling_of(const sweep::Sweep& sweep) {
    std::optional<double> least;
    for (const sweep::GoalBound& bound : sweep.goal()->bounds) {
        if (bound.figure.column != "peak_rss_bytes" || !bound.most || !bound.where.empty()) continue;
        least = std::min(least.value_or(*bound.most), *bound.most);
    }
    if (!least) return std::nullopt;
    return Bytes{static_cast<std::int64_t>(*least * kAboveCeiling)};
}

class PlanCommand {
  public:
    PlanCommand(const PlanOptions& options, const Context& context)
        : options_(options),
          context_(context),
          catalogue_(load_workloads(context.installation)),
          sweep_(options.sweep.read(catalogue_)),
          space_(results::space_of(sweep_)),
          goal_text_(tables::goal_text(*sweep_.goal())),
          state_(sweep_, space_, std::max(kFewestRepeats, static_cast<std::size_t>(sweep_.repeats().least))) {
    }

    ExitCode execute() {
        require_place_of_output(options_.output);
        require_sense();
        return options_.dry_run ? look_only() : make();
    }

  private:
    std::size_t budget() const {
        const auto& runs = sweep_.goal()->runs;
        return runs ? static_cast<std::size_t>(*runs) : std::max(kUsualBudget, state_.wanted());
    }

    void require_sense() const {
        if (!sweep_.by_repeat().empty())
            throw UsageError(
                fmt::format("{}: '{}' is another in each repeat, so that the repeats of a run are not of one "
                            "thing; a plan "
                            "needs parameters that stay",
                            options_.sweep.file, sweep_.by_repeat().front()));
        // probes that are other runs are refused before anything is made
        if (!sweep_.goal()->probe.empty()) PlanSweeps(options_.sweep, catalogue_, sweep_, std::nullopt, {});
        if (budget() >= state_.wanted()) return;
        throw UsageError(
            fmt::format("a budget of {} proves no answer: it is measured {} times; give it {} or more",
                        plural(budget(), "run"), state_.wanted(), state_.wanted()));
    }

    /// Nothing where the file's own limit is lower, or it cannot be enforced here, which is said.
    std::optional<Bytes> limit() const {
        const auto ceiling = ceiling_of(sweep_);
        const auto& own = sweep_.limits().memory;
        if (!ceiling || (own && *own <= *ceiling)) return std::nullopt;
        const run::Ability ability = run::abilities(context_.installation.warden).memory_limit;
        if (ability.available) return ceiling;
        say("note: runs that do not fit go on to their end, for no limit of memory can be enforced here: {}",
            ability.explanation);
        return std::nullopt;
    }

    void require_limits() const {
        const auto problems =
            run::unenforceable(sweep_.limits(), run::abilities(context_.installation.warden));
        if (problems.empty() || sweep_.limits().enforcement == protocol::Enforcement::BestEffort) return;
        throw UsageError(fmt::format("{}: limits.{}: cannot be enforced here: {}", options_.sweep.file,
                                     problems.front().first, problems.front().second));
    }

    ExitCode look_only() {
        std::error_code error;
        if (std::filesystem::exists(options_.sweep.database, error)) {
            store::Database database = store::Database::open_to_read(options_.sweep.database);
            sql::Connection& connection = database.connection();
            const PlanSweeps sweeps(options_.sweep, catalogue_, sweep_, limit(),
                                    OtherLimits::stored(connection, sweep_));
            store::CurrentSets sets(connection, sweep_.name(), results::observing_of(sweep_));
            take_known(state_, connection, sets, sweeps, goal_text_, utc_now());
        }
        write_table(options_.output, tables::plan_table(state_, options_.output.for_machines()));
        say("{}: {}, {} known, {} of this plan made, at most {} in all", sweep_.name(),
            plural(space_.size(), "run"), state_.cells().size(), state_.made(), budget());
        const NextStep next = next_step(state_, {budget(), {}, {}}, {});
        if (next.makes_run())
            say("first it would {} {}", next.kind == NextStep::Kind::Probe ? "try" : "repeat",
                terminal::visible(sweep_.runs()[next.run].run));
        else
            say("it would make no run");
        return ExitCode::Success;
    }

    ExitCode make() {
        if (const std::string secret = sweep_.secret_without_value(); !secret.empty())
            throw UsageError(
                fmt::format("--set {0}: this stands in place of a secret, which is stored nowhere; give the "
                            "secret itself: --set \"{0}=$SECRET\"",
                            secret));
        require_limits();
        sweep_.require_paths(sweep_.runs());
        store::Database database = store::Database::open_or_create(options_.sweep.database, {});
        static_cast<void>(store::recover_abandoned(database));
        const SweepSteps steps(sweep_, options_.sweep.file, context_.installation.warden,
                               database.runs_folder());
        const auto setup_problem = steps.problem_of_setups();
        if (!setup_problem) return ExitCode::Interrupted;
        if (!setup_problem->empty()) throw Error(ExitCode::Failure, *setup_problem);
        const ExitCode code = search(database, steps);
        const auto teardown_problem = steps.problem_of_teardowns();
        if (code == ExitCode::Interrupted || !teardown_problem || teardown_problem->empty()) return code;
        throw Error(ExitCode::Failure, *teardown_problem);
    }

    ExitCode search(store::Database& database, const SweepSteps& steps) {
        if (!leave_out_what_lacks(steps)) return ExitCode::Interrupted;
        const PlanSweeps sweeps(options_.sweep, catalogue_, sweep_, limit(),
                                OtherLimits::stored(database.connection(), sweep_));
        say("{}: {} among {}, at most {} runs", sweep_.name(), goal_text_, plural(space_.size(), "run"),
            budget());
        const Seconds now = monotonic_now();
        PlanSession session(context_, options_.sweep, database, sweeps, state_,
                            {budget(), sweep_.goal()->wall, now});
        const PlanSession::Ended ended = session.make_runs(goal_text_, options_.quiet);
        if (ended.interrupted) {
            say("interrupted: {} made for this goal are kept in {}; the same command goes on from there",
                plural(state_.made(), "run"), terminal::shown_path(options_.sweep.database));
            return ExitCode::Interrupted;
        }
        const ExitCode code = conclude(ended.step);
        say("results: {}", terminal::shown_path(options_.sweep.database));
        return code;
    }

    /// False: interrupted.
    bool leave_out_what_lacks(const SweepSteps& steps) {
        Plan all;
        for (std::size_t run = 0; run < space_.size(); ++run) all.runs.push_back({run, 1});
        const auto notes = steps.leave_out_what_lacks(all);
        if (!notes) return false;
        for (const std::string& note : *notes) say("{}", note);
        std::vector<bool> stays(space_.size(), false);
        for (const run::PlannedRun& planned : all.runs) stays[planned.spec] = true;
        for (std::size_t run = 0; run < space_.size(); ++run) {
            if (!stays[run]) state_.search().leave_out(run);
        }
        return true;
    }

    ExitCode conclude(const NextStep& step) {
        using Kind = NextStep::Kind;
        if (step.kind == Kind::AllFail || step.kind == Kind::NoFigure) return say_failure(step);
        write_table(options_.output, tables::plan_table(state_, options_.output.for_machines()));
        if (step.kind == Kind::Found) return say_answer(step.run);
        if (step.kind == Kind::NothingHolds) {
            say("no run holds {}, of {} that were tried", goal_text_, state_.cells().size());
            for (const std::string& sentence : tables::why_nothing_holds(state_)) say("    {}", sentence);
            return ExitCode::Failure;
        }
        say("the budget ended before an answer was proven; {} of {} runs were tried. More: --budget {}",
            state_.cells().size(), space_.size(), 2 * budget());
        if (!state_.search().best()) {
            for (const std::string& sentence : tables::why_nothing_holds(state_)) say("    {}", sentence);
        }
        return ExitCode::Undecided;
    }

    ExitCode say_failure(const NextStep& step) const {
        if (step.kind == NextStep::Kind::AllFail) {
            say("the runs fail, and not for want of memory: {}; `{} list` shows them, `show RUN` tells more "
                "of each",
                terminal::visible(step.why), terminal::own_command(context_.arguments.front()));
            return ExitCode::Failure;
        }
        say("run '{}' ended well and reports no '{}', which the goal is about; `{} show` of it lists what it "
            "reports",
            terminal::visible(sweep_.runs()[step.run].run), step.why,
            terminal::own_command(context_.arguments.front()));
        return ExitCode::Failure;
    }

    ExitCode say_answer(std::size_t run) {
        const results::PlannedCell& cell = *state_.find(run);
        say("answer: {}, measured {} times", terminal::visible(sweep_.runs()[run].run), cell.measured);
        for (const std::string& sentence : tables::doubts_of_answer(state_, run)) say("    {}", sentence);
        const std::string entry = tables::as_named_run(sweep_, run, "best");
        if (options_.write.empty()) {
            say("as a run of a sweep file (--write FILE writes it):\nruns:\n{}", entry);
            return ExitCode::Success;
        }
        OutputOptions file;
        file.file = options_.write;
        write_output(file, [&](std::ostream& out) {
            out << fmt::format("# {} of {}, found by tidemark plan: {}\nruns:\n{}",
                               terminal::visible(sweep_.runs()[run].run), sweep_.name(), goal_text_, entry);
        });
        say("written to {}", terminal::shown_path(options_.write));
        return ExitCode::Success;
    }

    const PlanOptions& options_;
    const Context& context_;
    sweep::WorkloadCatalogue catalogue_;
    sweep::Sweep sweep_;
    planning::Space space_;
    std::string goal_text_;
    results::PlanState state_;
};

}  // namespace

Action add_plan_verb(Options& declared) {
    auto options = std::make_shared<PlanOptions>();
    SweepChoice& sweep = options->sweep;
    declared.required("FILE", sweep.file, "the sweep file, whose runs are the space that is searched");
    declared.text("--under", options->goal.under, "a ceiling of the peak memory, such as '1 GiB'");
    declared.text("--maximise", options->goal.maximise, "the figure to maximise");
    declared.text("--minimise", options->goal.minimise, "the figure to minimise");
    declared.number("--budget", options->budget, 1, kMostRuns,
                    "how many runs it may use (default: the file's, else 24)");
    declared.flag("--dry-run", options->dry_run,
                  "says what is predicted and would be tried first, and executes nothing");
    declared.text("--write", options->write,
                  "writes the answer to this file, as a named run of a sweep file");
    declared.flag("--quiet", options->quiet, "prints progress as plain lines");
    sweep.declare_space(declared, "these runs alone are the space");
    options->output.add_to(declared);
    return [options](const Context& context) {
        if (options->budget > 0) options->goal.budget = options->budget;
        options->sweep.load.goal = options->goal;
        options->sweep.prepare();
        return PlanCommand(*options, context).execute();
    };
}

}  // namespace tidemark::cli
