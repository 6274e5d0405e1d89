#include "cli/plan_session.hpp"

#include <algorithm>

#include <unistd.h>

#include <fmt/format.h>

#include "base/clock.hpp"
#include "cli/invocation_facts.hpp"
#include "cli/other_limits.hpp"
#include "cli/planned_requests.hpp"
#include "cli/progress.hpp"
#include "cli/said.hpp"
#include "results/expected_runs.hpp"
#include "run/local_launcher.hpp"
#include "run/watched_inputs.hpp"
#include "store/current_sets.hpp"
#include "store/sweep_ledger.hpp"
#include "terminal/signals.hpp"
#include "terminal/terminal.hpp"

namespace tidemark::cli {
namespace {

/// Knows beforehand how many runs there may be.
class PlanProgress : public Progress {
  public:
    using Progress::Progress;
    void added(std::size_t) override {}
};

std::string no_place_for(const std::string& limit) {
    return fmt::format("the sweep cannot have the limit of the ceiling: --limit '{}' says why", limit);
}

/// The same runs under the same names, or a probe would stand for another run than it says.
void require_same_runs(const sweep::Sweep& probe, const sweep::Sweep& base) {
    const auto name = &sweep::RunSpec::run;
    if (std::ranges::equal(probe.runs(), base.runs(), {}, name, name)) return;
    throw UsageError(
        fmt::format("{}: goal.probe: with these parameters the sweep has other runs ({} instead of {}, or "
                    "other names); a "
                    "probe gives parameters that are alike in all runs, such as the number of samples",
                    base.file().string(), probe.runs().size(), base.runs().size()));
}

}  // namespace

PlanSweeps::PlanSweeps(const SweepChoice& choice, const sweep::WorkloadCatalogue& catalogue,
                       const sweep::Sweep& base, std::optional<Bytes> ceiling,
                       const std::vector<std::string>& stored_limits)
    : choice_(choice), catalogue_(catalogue), base_(base) {
    const std::string own = ceiling ? memory_limit(*ceiling) : std::string();
    add_limit(own, !ceiling);
    if (ceiling) add_limit({}, true);
    for (const std::string& limit : stored_limits) {
        if (limit != own) add_limit(limit, false);
    }
}

/// Without a limit: as the base has it.
void PlanSweeps::add_limit(const std::string& limit, bool is_base) {
    const sweep::LoadOptions load = limit.empty() ? choice_.load : with_memory_limit(choice_.load, limit);
    const bool is_first = makings_.empty();
    if (is_base) {
        makings_.push_back({&base_, false});
    } else {
        auto other = OtherLimits::under_limit(choice_, catalogue_, limit);
        if (!other && is_first) throw UsageError(no_place_for(limit));
        if (!other) return;
        own_.push_back(std::move(*other));
        makings_.push_back({&own_.back(), false});
    }
    loads_.push_back(load);
    if (base_.goal()->probe.empty()) return;
    sweep::LoadOptions probe = load;
    for (const auto& parameter : base_.goal()->probe)
        probe.set.push_back(parameter.name + "=" + parameter.written);
    own_.push_back(sweep::Sweep::load(choice_.file, catalogue_, probe));
    require_same_runs(own_.back(), base_);
    if (is_first) probe_ = makings_.size();
    makings_.push_back({&own_.back(), true});
    loads_.push_back(std::move(probe));
}

void take_known(results::PlanState& state, sql::Connection& connection, store::CurrentSets& sets,
                const PlanSweeps& sweeps, const std::string& goal_text, const std::string& since) {
    state.take(results::known_repeats(connection, sets, sweeps.makings(), results::columns_of(state.goal())),
               sweeps.makings(), goal_text, since);
}

PlanSession::PlanSession(const Context& context, const SweepChoice& choice, store::Database& database,
                         const PlanSweeps& sweeps, results::PlanState& state, PlanBudget budget)
    : context_(context),
      choice_(choice),
      database_(database),
      sweeps_(sweeps),
      state_(state),
      budget_(budget) {}

/// A plan's only memory is the database: what others measured meanwhile counts, too.
NextStep PlanSession::look() {
    sql::Connection& connection = database_.connection();
    store::CurrentSets sets(connection, state_.sweep().name(), results::observing_of(state_.sweep()));
    take_known(state_, connection, sets, sweeps_, goal_text_, since_);
    return next_step(state_, budget_, monotonic_now());
}

PlanSession::Ended PlanSession::make_runs(const std::string& goal_text, bool quiet) {
    goal_text_ = goal_text;
    since_ = utc_now();
    NextStep step = look();
    while (step.makes_run()) {
        const std::size_t made = state_.made();
        run::Tally tally = make_chain(step, goal_text, quiet);
        if (tally.interrupted) return {step, true};
        step = look();
        if (state_.made() == made && tally.skipped == 0)
            throw Error(ExitCode::CannotGoOn,
                        "a run that was just made does not count: what it read has changed since; `observe: "
                        "{except: […]}` of "
                        "the sweep file leaves out what runs change themselves");
    }
    return {step, false};
}

/// As long as the next one is made the same way.
run::Tally PlanSession::make_chain(const NextStep& first, const std::string& goal_text, bool quiet) {
    const auto making_of = [this](const NextStep& step) {
        return step.kind == NextStep::Kind::Probe ? sweeps_.probe() : PlanSweeps::kAnswer;
    };
    const std::size_t making = making_of(first);
    const sweep::Sweep& sweep = sweeps_.sweep(making);
    const auto planned = [&](const NextStep& step) {
        return run::PlannedRun{step.run, state_.next_repeat(step.run, making)};
    };
    store::Invocation own = invocation_of(context_, sweep, choice_.file, sweeps_.load(making), 1);
    own.provenance.emplace_back(results::kPlanFact, goal_text);
    store::SweepLedger ledger(database_, own, false, nullptr);
    terminal::SignalInterruption interruption;
    run::LocalLauncher launcher(context_.installation.warden, "auto");
    std::string fewer;
    static_cast<void>(launcher.room_for(1, fewer));
    if (!fewer.empty()) say("note: {}", fewer);
    RevisionInBackground revision(sweep.folder());
    const PlannedRequests requests(sweep, revision, own, ledger, database_.runs_folder());
    std::optional<run::WatchedInputs> watch;
    if (sweep.observe().on)
        watch.emplace(store::observed_states(database_.connection(), results::observing_of(sweep)));
    PlanProgress progress(sweep, interruption,
                          {!quiet && terminal::can_redraw(STDERR_FILENO), budget_.runs, state_.made(), 1});
    const auto prepare = [&](const run::PlannedRun& wanted) {
        const sweep::ResolvedRun resolved = sweep.resolve(sweep.runs()[wanted.spec]);
        return requests.of(wanted, {to_text(resolved.key()), to_text(resolved.measured_key())});
    };
    run::SchedulerOptions options;
    options.runs_folder = database_.runs_folder();
    if (watch) options.watch = &*watch;
    options.retries = sweep.retries();
    options.more = [&](const run::PlannedRun&) {
        const NextStep step = look();
        if (!step.makes_run() || making_of(step) != making) return std::vector<run::PlannedRun>{};
        ledger.plan_more(1);
        return std::vector{planned(step)};
    };
    run::Tally tally =
        run::execute({planned(first)}, prepare, launcher, ledger, progress, interruption, options);
    progress.close();
    ledger.finish();
    return tally;
}

}  // namespace tidemark::cli
