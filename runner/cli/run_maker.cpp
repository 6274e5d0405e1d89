#include "cli/run_maker.hpp"

#include <algorithm>
#include <filesystem>
#include <limits>
#include <optional>

#include <unistd.h>

#include <fmt/format.h>

#include "base/error.hpp"
#include "cli/invocation_facts.hpp"
#include "cli/planned_requests.hpp"
#include "cli/said.hpp"
#include "results/current_results.hpp"
#include "run/not_watched.hpp"
#include "run/watched_inputs.hpp"
#include "store/sweep_ledger.hpp"
#include "terminal/display_text.hpp"
#include "terminal/signals.hpp"
#include "terminal/terminal.hpp"

namespace tidemark::cli {
namespace {

constexpr const char* kDelegatedCgroup = "systemd-run --user --scope -p Delegate=yes tidemark run …";

void require_method(const std::string& method, const run::Abilities& abilities) {
    if (method == "cgroup" && !abilities.memory_limit.available) {
        throw UsageError(fmt::format("--memory-method cgroup: {}; run as root or in a delegated cgroup: {}",
                                     abilities.memory_limit.explanation, kDelegatedCgroup));
    }
    if (method == "exit-stop" && !abilities.exit_stops.available)
        throw UsageError(fmt::format("--memory-method exit-stop: {}", abilities.exit_stops.explanation));
}

/// While it is shown, what is said stands above it.
class ShownProgress {
  public:
    ShownProgress(Progress*& place, Progress& progress) : place_(place) { place_ = &progress; }
    ShownProgress(const ShownProgress&) = delete;
    ShownProgress& operator=(const ShownProgress&) = delete;
    ~ShownProgress() { place_ = nullptr; }

  private:
    Progress*& place_;
};

}  // namespace

sql::Patience RunMaker::patience() {
    const auto tell = [this] {
        const std::string text =
            fmt::format("{} is held locked by another program; waiting for it (Ctrl-C ends this)",
                        terminal::shown_path(choice_.database));
        if (progress_ != nullptr)
            progress_->say(text);
        else
            say("{}", text);
    };
    return {.longest = std::nullopt, .say = tell, .interrupted = terminal::SignalInterruption::any};
}

int MakingOptions::jobs_at_once() const {
    constexpr int kUsualOnSlurm = 64;
    return jobs > 0 ? jobs : is_on_slurm() ? kUsualOnSlurm : 1;
}

void RunMaker::require_slurm_fits() {
    if (sweep_.has_secrets())
        throw UsageError(
            fmt::format("{}: secrets: Slurm stores what its jobs are told, and a secret is stored nowhere; "
                        "make these runs with --on local",
                        choice_.file));
    if (options_.detach && sweep_.stop_after() > 0)
        throw UsageError(fmt::format(
            "{}: stop_after: needs a tidemark that waits for the runs; leave out --detach", choice_.file));
    if (options_.detach && (!sweep_.teardown().empty() || !sweep_.teardown_of_values().empty()))
        throw UsageError(fmt::format(
            "{}: teardown: would be made before the runs have ended; leave out --detach", choice_.file));
    site_ = cluster::SlurmSite::look(sweep_.slurm());
}

void RunMaker::require_abilities() {
    if (options_.on == kOnSrun)
        throw UsageError(
            "--on srun: runs as steps of an allocation are not built yet; --on local makes them on the "
            "node where this command is, --on slurm in jobs of their own");
    if (options_.detach && !options_.is_on_slurm())
        throw UsageError(
            "--detach: runs on this machine end with the tidemark that makes them; with --on slurm they "
            "do not");
    if (options_.is_on_slurm()) return require_slurm_fits();
    const protocol::Limits& limits = sweep_.limits();
    if (!limits.memory && !limits.pids && options_.memory_method == kAutomaticMethod) return;
    const run::Abilities abilities = run::abilities(context_.installation.warden);
    require_method(options_.memory_method, abilities);
    const auto problems = run::unenforceable(limits, abilities);
    if (problems.empty()) return;
    const auto& [limit, why] = problems.front();
    if (limits.enforcement == protocol::Enforcement::BestEffort) {
        for (const auto& [name, reason] : problems)
            say("note: limits.{} is not enforced here: {}", name, reason);
        return;
    }
    throw UsageError(
        fmt::format("{}: limits.{}: cannot be enforced here: {}\n"
                    "  either run as root or in a delegated cgroup: {}\n"
                    "  or make the runs without it, each with a warning: limits: {{enforce: best effort}}",
                    choice_.file, limit, why, kDelegatedCgroup));
}

run::Tally RunMaker::make(store::Database& database, const Plan& plan, store::CurrentSets& sets,
                          AdaptiveRepeats& adaptive) {
    store::Invocation own = invocation_of(context_, sweep_, choice_.file, choice_.load, plan.runs.size());
    if (options_.is_on_slurm())
        own.provenance.emplace_back(std::string(store::kLauncherFact), std::string(store::kSlurm));
    if (!options_.part_of.empty()) own.provenance.emplace_back(store::kPartOfFact, options_.part_of);
    // also where nothing is left to make: it is the last run then, which `check` and `report` are about
    store::SweepLedger ledger(database, own, options_.fresh, &sets);
    run::Tally tally = plan.runs.empty() ? run::Tally{} : make_planned(plan, own, database, ledger, adaptive);
    if (tally.left == 0) ledger.finish();
    return tally;
}

RunMaker::Way RunMaker::way(const std::filesystem::path& runs_folder) const {
    if (!options_.is_on_slurm()) {
        auto local =
            std::make_unique<run::LocalLauncher>(context_.installation.warden, options_.memory_method);
        run::LocalLauncher* const own = local.get();
        return {std::move(local), nullptr, own};
    }
    auto slurm = std::make_unique<cluster::SlurmLauncher>(
        cluster::SlurmLauncherOptions{site_.value(), sweep_.slurm(), context_.installation.node, runs_folder,
                                      options_.memory_method, options_.jobs_at_once()});
    cluster::SlurmLauncher* const queue = slurm.get();
    return {std::move(slurm), queue, nullptr};
}

run::Tally RunMaker::make_planned(const Plan& plan, const store::Invocation& own, store::Database& database,
                                  store::SweepLedger& ledger, AdaptiveRepeats& adaptive) {
    const std::filesystem::path folder = database.runs_folder();
    RevisionInBackground revision(sweep_.folder());
    terminal::SignalInterruption interruption;
    const Way way = this->way(folder);
    const PlannedRequests requests(sweep_, revision, own, ledger, folder);
    std::optional<run::WatchedInputs> watch;
    run::NotWatched not_watched;
    if (sweep_.observe().on && way.queue == nullptr)
        watch.emplace(store::observed_states(database.connection(), results::observing_of(sweep_)));
    // with all that is open while runs are made, and when no other program is to be started any more
    std::string fewer;
    const auto at_once =
        std::min<std::size_t>(static_cast<std::size_t>(options_.jobs_at_once()), plan.runs.size());
    int jobs = static_cast<int>(at_once);
    if (way.local != nullptr) jobs = way.local->room_for(jobs, fewer);
    if (!fewer.empty()) say("note: {}", fewer);
    const bool live = !options_.quiet && terminal::can_redraw(STDERR_FILENO);
    Progress progress(
        sweep_, interruption,
        {live, plan.done_before + plan.runs.size(), plan.done_before, jobs, way.queue != nullptr});
    const ShownProgress shown(progress_, progress);
    const auto prepare = [&](const run::PlannedRun& planned) {
        return requests.of(planned, {plan.keys[planned.spec], plan.measured_keys[planned.spec]});
    };
    run::SchedulerOptions options;
    options.jobs = jobs;
    options.queue = way.queue;
    options.detach = options_.detach;
    // Slurm itself has no more at work than it may; a sweep that may stop hands over no more than that
    if (way.queue != nullptr && sweep_.stop_after() == 0) options.jobs = std::numeric_limits<int>::max();
    if (way.queue != nullptr && sweep_.observe().on) options.watch = &not_watched;
    options.runs_folder = folder;
    if (watch) options.watch = &*watch;
    options.retries = sweep_.retries();
    options.stop_after = sweep_.stop_after();
    if (adaptive.any())
        options.more = [&](const run::PlannedRun& ended) {
            std::vector<run::PlannedRun> more = adaptive.after(ended);
            if (!more.empty()) ledger.plan_more(more.size());
            return more;
        };
    run::Tally tally =
        run::execute(plan.runs, prepare, *way.launcher, ledger, progress, interruption, options);
    progress.close();
    if (watch && !watch->gap().empty())
        say("note: not all that runs read is known, so a change of it may go unnoticed: {}", watch->gap());
    return tally;
}

}  // namespace tidemark::cli
