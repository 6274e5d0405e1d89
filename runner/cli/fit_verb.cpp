#include <algorithm>
#include <cmath>
#include <filesystem>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "analysis/limit_search.hpp"
#include "base/error.hpp"
#include "base/median.hpp"
#include "cli/limit_probes.hpp"
#include "cli/output.hpp"
#include "cli/said.hpp"
#include "cli/sweep_steps.hpp"
#include "cli/verb.hpp"
#include "cli/workloads.hpp"
#include "run/local_launcher.hpp"
#include "sql/connection.hpp"
#include "store/database.hpp"
#include "store/queries.hpp"
#include "store/sweep_ledger.hpp"
#include "tables/limit_table.hpp"
#include "terminal/display_text.hpp"

namespace tidemark::cli {
namespace {

using tables::LimitProbe;

constexpr int kDefaultRuns = 12;
constexpr int kFewestRuns = 5;  // without a limit, a trial, and under the recommended limit
constexpr int kMostRuns = 1000;
constexpr int kWithoutLimit = 3;
constexpr int kConfirmations = 1;
/// A run that pages in and out without end is as good as none: it may take so many times as long as without a
/// limit, and this long at least.
constexpr double kLongestTimes = 20;
constexpr Seconds kLongestAtLeast{10};

struct FitOptions {
    SweepChoice sweep;
    int runs = kDefaultRuns;
    MakingOptions making;
    OutputOptions output;
};

/// A run that is stored, by the file that it was made from; `text` is its name or id.
void take_stored_run(SweepChoice& choice) {
    constexpr int kMostCandidates = 10;
    const std::string text = choice.file;
    if (std::filesystem::exists(text)) return;
    const auto refuse = [&](const std::string& why) {
        throw UsageError(
            fmt::format("there is neither a file nor a stored run '{}'{}", terminal::visible(text), why));
    };
    if (!std::filesystem::exists(choice.database)) refuse("");
    store::Database database = store::Database::open_to_read(choice.database);
    const std::vector<std::string> ids = store::find_run_ids(database.connection(), text, kMostCandidates);
    if (ids.empty()) refuse("; `tidemark list --sweep NAME` shows the runs of a sweep");
    const store::StoredRun stored = store::load_run(database.connection(), ids.front());
    const protocol::Request& request = stored.record.request;
    for (const std::string& id : ids) {
        const protocol::Request other = store::load_run(database.connection(), id).record.request;
        if (id != text && (other.sweep != request.sweep || other.run != request.run))
            throw UsageError(fmt::format("'{}' may be any of these runs; name one by its id:\n    {}",
                                         terminal::visible(text), fmt::join(ids, "\n    ")));
    }
    if (!std::filesystem::exists(stored.file))
        throw UsageError(fmt::format("{}, the file that run '{}' was made from, is not there any more",
                                     stored.file, terminal::visible(request.run)));
    choice.file = terminal::shown_path(stored.file);
    choice.load.only = fmt::format("run = {}", sql::quoted_text(request.run));
    std::vector<std::string> set;
    for (const auto& [name, value] : stored.provenance) {
        if (name.starts_with(store::kSetFact))
            set.push_back(name.substr(store::kSetFact.size()) + "=" + value);
    }
    if (choice.load.set.empty()) choice.load.set = std::move(set);
}

class FitCommand {
  public:
    FitCommand(const FitOptions& options, const Context& context)
        : options_(options),
          context_(context),
          catalogue_(load_workloads(context.installation)),
          sweep_(require_one(options.sweep.read(catalogue_))) {}

    ExitCode execute() {
        require_place_of_output(options_.output);
        RunMaker first(context_, options_.sweep, sweep_, options_.making);
        require_cgroup();
        store::Database database = store::Database::open_or_create(options_.sweep.database, first.patience());
        store::recover_abandoned(database, nullptr);
        const SweepSteps steps(sweep_, options_.sweep.file, context_.installation.warden,
                               database.runs_folder());
        const auto setup_problem = steps.problem_of_setups();
        if (!setup_problem) return ExitCode::Interrupted;
        if (!setup_problem->empty()) throw Error(ExitCode::Failure, *setup_problem);
        LimitProbes probes(context_, options_.sweep, catalogue_, options_.making, database);
        const bool finished = search(probes);
        const auto teardown_problem = steps.problem_of_teardowns();
        if (!finished) {
            say("interrupted: what was measured is kept, and the same command goes on from there");
            return ExitCode::Interrupted;
        }
        tell(probes);
        say("results: {}", terminal::shown_path(options_.sweep.database));
        if (teardown_problem && !teardown_problem->empty()) throw Error(ExitCode::Failure, *teardown_problem);
        return ExitCode::Success;
    }

  private:
    sweep::Sweep require_one(sweep::Sweep sweep) const {
        if (sweep.runs().size() == 1) return sweep;
        constexpr std::size_t kNamed = 5;
        std::vector<std::string> names;
        for (std::size_t i = 0; i < std::min(kNamed, sweep.runs().size()); ++i)
            names.push_back(terminal::visible(sweep.runs()[i].run));
        throw UsageError(
            fmt::format("{}: it has {} runs, and the limit of one is searched for; choose it by --only \"run "
                        "= 'NAME'\": {}{}",
                        options_.sweep.file, sweep.runs().size(), fmt::join(names, "; "),
                        sweep.runs().size() > kNamed ? "; …" : ""));
    }

    void require_cgroup() const {
        const run::Abilities abilities = run::abilities(context_.installation.warden);
        if (abilities.memory_limit.available) return;
        throw UsageError(
            fmt::format("fit tries real memory limits, and none can be set here: {}; run it as root or in a "
                        "delegated cgroup: systemd-run --user --scope -p Delegate=yes tidemark fit …",
                        abilities.memory_limit.explanation));
    }

    /// False: it was interrupted.
    bool search(LimitProbes& probes) {
        const auto without = probes.make(std::nullopt, kWithoutLimit);
        if (!without) return false;
        found_.probes = *without;
        require_that_it_ends_well();
        analysis::LimitSearch search(known_need());
        probes.limit_wall(longest());
        int left = options_.runs - kWithoutLimit - kConfirmations;
        for (; left > 0 && !search.is_known(); --left) {
            const auto ended_well = try_once(probes, search.next());
            if (!ended_well) return false;
            search.add(*ended_well);
        }
        if (!confirm(probes, search, left + kConfirmations)) return false;
        found_.need = search.mean_need();
        found_.is_known = search.is_known();
        return true;
    }

    /// What is recommended is tried, too, and what is recommended then, until it holds.
    bool confirm(LimitProbes& probes, analysis::LimitSearch& search, int left) {
        for (bool holds = false; !holds; --left) {
            found_.recommended = in_mebibytes(search.recommended());
            if (left == 0) return true;
            const auto trial = try_once(probes, found_.recommended);
            if (!trial) return false;
            search.add(*trial);
            holds = trial->ended_well;
        }
        return true;
    }

    std::optional<analysis::LimitTrial> try_once(LimitProbes& probes, Bytes limit) {
        const int before =
            static_cast<int>(std::ranges::count(found_.probes, std::optional(limit), &LimitProbe::limit));
        say("{} of {}: under a limit of {}", found_.probes.size() + 1, options_.runs, to_text(limit));
        const auto all = probes.make(limit, before + 1);
        if (!all) return std::nullopt;
        found_.probes.push_back(all->back());
        return analysis::LimitTrial{limit, all->back().ended_well()};
    }

    static Bytes in_mebibytes(Bytes amount) {
        return {(amount.value + kMebibyte - 1) / kMebibyte * kMebibyte};
    }

    void require_that_it_ends_well() const {
        for (const LimitProbe& probe : found_.probes) {
            if (!probe.ended_well()) {
                throw Error(
                    ExitCode::Failure,
                    fmt::format(
                        "without a memory limit it does not end well: {}, {}; `{} show {}` tells more",
                        to_text(probe.status), terminal::visible(probe.reason),
                        terminal::own_command(context_.arguments.front()), probe.run_id));
            }
            if (!probe.charged) {
                throw Error(ExitCode::CannotGoOn,
                            "the kernel does not say how much memory a cgroup was charged for at most "
                            "(memory.peak, since Linux 5.19), so no limit is known that is enough");
            }
        }
    }

    analysis::KnownNeed known_need() const {
        // more of it may have been page cache than any look has seen, and some may have been the kernel's own
        constexpr double kSurely = 0.9;
        analysis::KnownNeed known;
        std::vector<double> beside_cache;
        for (const LimitProbe& probe : found_.probes) {
            const auto charged = static_cast<double>(std::max(probe.charged->value, kMebibyte));
            known.peaks.push_back(charged);
            beside_cache.push_back(probe.cache ? charged - static_cast<double>(probe.cache->value) : 0);
        }
        const double least = std::max(0.0, std::ranges::min(beside_cache) * kSurely);
        known.cannot_be_reclaimed = Bytes{static_cast<std::int64_t>(least)};
        return known;
    }

    Seconds longest() const {
        std::vector<double> walls;
        for (const LimitProbe& probe : found_.probes) walls.push_back(probe.wall.value_or(Seconds{0}).value);
        const double usual = median(std::move(walls)).value_or(0);
        return {std::ceil(std::max(kLongestAtLeast.value, kLongestTimes * usual))};
    }

    void tell(const LimitProbes& probes) const {
        if (options_.output.for_machines()) {
            write_table(options_.output, tables::limit_table_for_machines(found_));
            return;
        }
        report::Table table = tables::limit_table(found_);
        table.title =
            fmt::format("{}, run '{}'", sweep_.name(), terminal::visible(sweep_.runs().front().run));
        table.notes = tables::limit_sentences(found_);
        write_tables(options_.output, {table, tables::limit_spellings(found_)});
        if (probes.made() == 0) say("all of it was measured before (--fresh measures it again)");
    }

    const FitOptions& options_;
    const Context& context_;
    sweep::WorkloadCatalogue catalogue_;
    sweep::Sweep sweep_;
    tables::FittedLimit found_;
};

}  // namespace

Action add_fit_verb(Options& declared) {
    auto options = std::make_shared<FitOptions>();
    options->making.part_of = "fit";
    options->sweep.declare_for_runs(declared, "the sweep file, or the name or id of a stored run");
    declared.number("--runs", options->runs, kFewestRuns, kMostRuns,
                    "how many runs it may use (default: 12)");
    declared.flag("--fresh", options->making.fresh, "measures everything again");
    declared.flag("--quiet", options->making.quiet, "prints progress as plain lines");
    options->output.add_to(declared);
    return [options](const Context& context) {
        options->sweep.prepare();
        take_stored_run(options->sweep);
        return FitCommand(*options, context).execute();
    };
}

}  // namespace tidemark::cli
