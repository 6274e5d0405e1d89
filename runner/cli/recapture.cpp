#include "cli/recapture.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/clock.hpp"
#include "run/read_again.hpp"
#include "run/run_directory.hpp"
#include "store/kept_runs.hpp"
#include "terminal/signals.hpp"

namespace tidemark::cli {
namespace {

std::string runs_text(std::size_t count) {
    return fmt::format("{} run{}", count, count == 1 ? "" : "s");
}

/// Goes through planned runs, one after the other.
class Recapture {
  public:
    Recapture(const Plan& plan, const sweep::Sweep& sweep, sql::Connection& connection,
              store::CurrentSets& sets)
        : plan_(plan), sweep_(sweep), connection_(connection), runs_(connection, &sets) {}

    /// The stored run that can be read again as the file wants it now, which is put into `wanted`.
    std::optional<run::KeptRun> find(const run::PlannedRun& planned, protocol::Request& wanted) {
        const sweep::RunSpec& spec = sweep_.runs()[planned.spec];
        wanted.sweep = sweep_.name();
        wanted.cell = to_text(spec.cell);
        wanted.repeat = planned.repeat;
        wanted.key = plan_.keys[planned.spec];
        wanted.measured_key = plan_.measured_keys[planned.spec];
        auto kept = runs_.find(wanted);
        if (!kept) return std::nullopt;
        const std::string run_dir = run::RunDirectory(kept->directory).run_dir().string();
        wanted.capture = sweep_.request(spec, {planned.repeat, run_dir}).capture;
        const std::string problem = run::why_not_readable(*kept, wanted.capture);
        if (problem.empty()) return kept;
        if (result.not_kept++ == 0) result.first_not_kept = fmt::format("of run '{}', {}", spec.run, problem);
        return std::nullopt;
    }

    /// Whether it was stored, well or not.
    bool read(const run::PlannedRun& planned) {
        protocol::Request wanted;
        const auto kept = find(planned, wanted);
        if (!kept) return false;
        run::ReadAgain again = run::read_again(*kept, wanted.capture);
        again.after.request.key = wanted.key;
        again.after.request.measured_key = wanted.measured_key;
        again.after.request.captured_at = utc_now();
        if (!store::replace_metrics(connection_, *kept, again)) return false;
        ++result.read;
        if (run::status_of(again.after.outcome) == protocol::Status::Ok) return true;
        if (result.failed++ == 0)
            result.first_failure = fmt::format("run '{}': {}", sweep_.runs()[planned.spec].run,
                                               run::reason(again.after.outcome));
        return true;
    }

    Recaptured result;

  private:
    const Plan& plan_;
    const sweep::Sweep& sweep_;
    sql::Connection& connection_;
    store::KeptRuns runs_;
};

}  // namespace

std::vector<std::string> Recaptured::sentences(bool dry) const {
    std::vector<std::string> all;
    if (read > 0) {
        all.push_back(fmt::format("{}{} read again from {} kept logs for the changed capture",
                                  runs_text(read), dry ? " would be" : "", read == 1 ? "its" : "their"));
    }
    if (failed > 0) {
        all.push_back(fmt::format("    {} of them {} not what it asks for; {}", failed,
                                  failed == 1 ? "has" : "have", first_failure));
    }
    if (not_kept > 0) {
        all.push_back(fmt::format("{} {} for the changed capture: {}", runs_text(not_kept),
                                  dry ? "would be run again" : "to run again", first_not_kept));
    }
    return all;
}

Recaptured recapture(Plan& plan, const sweep::Sweep& sweep, sql::Connection& connection,
                     store::CurrentSets& sets) {
    Recapture work(plan, sweep, connection, sets);
    terminal::SignalInterruption interruption;
    const std::size_t before = plan.runs.size();
    std::erase_if(plan.runs, [&](const run::PlannedRun& planned) {
        work.result.interrupted = work.result.interrupted || interruption.requests() > 0;
        return !work.result.interrupted && work.read(planned);
    });
    plan.failed_again = work.result.failed;
    plan.done_before += before - plan.runs.size() - work.result.failed;
    return work.result;
}

Recaptured would_recapture(const Plan& plan, const sweep::Sweep& sweep, sql::Connection& connection,
                           store::CurrentSets& sets) {
    Recapture work(plan, sweep, connection, sets);
    for (const run::PlannedRun& planned : plan.runs) {
        protocol::Request wanted;
        if (work.find(planned, wanted)) ++work.result.read;
    }
    return work.result;
}

}  // namespace tidemark::cli
