#include "run/scheduler.hpp"

#include <algorithm>
#include <deque>
#include <map>

#include "base/clock.hpp"
#include "run/cpu_slots.hpp"
#include "run/left_files.hpp"
#include "run/run_directory.hpp"
#include "run/run_steps.hpp"

namespace tidemark::run {
namespace {

struct Running {
    PlannedRun planned;
    Launch launch;
    RunSteps steps;
};

class Execution {
  public:
    Execution(const std::vector<PlannedRun>& plan,
              const std::function<protocol::Request(const PlannedRun&)>& prepare, Launcher& launcher,
              Ledger& ledger, Observer& observer, Interruption& interruption, const SchedulerOptions& options)
        : prepare_(prepare),
          launcher_(launcher),
          ledger_(ledger),
          observer_(observer),
          interruption_(interruption),
          options_(options),
          waiting_(plan.begin(), plan.end()),
          cpus_(usable_cpus()),
          metric_files_(options.runs_folder) {}

    Tally execute() {
        while (true) {
            heed_interruption();
            start_as_many_as_may_run();
            if (running_.empty() && (waiting_.empty() || tally_.interrupted)) {
                if ((elsewhere_.empty() && held_elsewhere_.empty()) || tally_.interrupted) return tally_;
                wait_for_others();
                continue;
            }
            for (const std::string& run_id : launcher_.wait(options_.tick, interruption_.descriptor()))
                take_in(run_id);
            observer_.tick();
        }
    }

  private:
    void heed_interruption() {
        const int requests = interruption_.requests();
        if (requests == heeded_) return;
        interruption_.drain();
        heeded_ = requests;
        tally_.interrupted = true;
        for (auto& [run_id, run] : running_) run.steps.stop();
        launcher_.cancel_all(requests > 1);
    }

    void start_as_many_as_may_run() {
        while (!tally_.interrupted && !waiting_.empty() &&
               static_cast<int>(running_.size()) < options_.jobs) {
            const PlannedRun planned = waiting_.front();
            Launch launch{prepare_(planned), {}, {}};
            if (!has_cpus_for(launch.request)) return;
            const auto conflict = metric_files_.hold(launch.request);
            if (conflict) tell(*conflict);
            if (conflict && !conflict->is_elsewhere) return;  // until the other run has ended
            waiting_.pop_front();
            if (conflict)
                held_elsewhere_.push_back(planned);
            else if (!start(planned, launch))
                metric_files_.release(launch.request.run_id);
            heed_interruption();
        }
    }

    void tell(const MetricFiles::Conflict& conflict) {
        if (!told_of_conflict_) observer_.held_apart(conflict);
        told_of_conflict_ = true;
    }

    /// A run that wants more CPUs than are free waits for others to end, instead of sharing theirs. Alone it
    /// gets all that there are.
    bool has_cpus_for(const protocol::Request& request) const {
        return running_.empty() || request.limits.cpus.value_or(0) <= cpus_.free();
    }

    /// False: another runner has it.
    bool start(const PlannedRun& planned, Launch& launch) {
        launch.directory = options_.runs_folder / launch.request.run_id;
        launch.run_dir = RunDirectory(launch.directory).run_dir();
        // the claim comes first: should we be killed between the two, it names a directory that does not
        // exist, and whoever recovers it sees that nothing was started
        switch (ledger_.claim(launch.request, launch.directory)) {
            case Claim::AlreadyDone:
                ++tally_.skipped;
                observer_.skipped(planned);
                return false;
            case Claim::Elsewhere:
                elsewhere_.push_back(planned);
                return false;
            case Claim::Granted:
                break;
        }
        RunDirectory::create(options_.runs_folder, launch.request);
        if (launch.request.limits.cpus) launch.cpus = cpus_.take(*launch.request.limits.cpus);
        RunSteps steps(launch);
        if (options_.watch != nullptr) options_.watch->begin(launch.request);
        launcher_.start(steps.current());
        observer_.started(planned, launch);
        running_.emplace(launch.request.run_id, Running{planned, launch, std::move(steps)});
        return true;
    }

    void take_in(const std::string& run_id) {
        const auto ended = running_.find(run_id);
        if (ended->second.steps.go_on()) {
            launcher_.start(ended->second.steps.current());
            return;
        }
        if (options_.watch != nullptr) options_.watch->end(ended->second.launch.request);
        Record record =
            read_record(RunDirectory(ended->second.launch.directory), ended->second.launch.request);
        if (ended->second.steps.stopped_before_program())
            record.outcome = Cancelled{"interrupted by the user"};
        settle_left_files(record);
        if (options_.watch != nullptr) options_.watch->add_to(record);
        ledger_.record(record);
        cpus_.release(ended->second.launch.cpus);
        metric_files_.release(run_id);
        ++(status_of(record.outcome) == protocol::Status::Ok ? tally_.ok : tally_.failed);
        observer_.finished(ended->second.planned, record);
        running_.erase(ended);
    }

    /// All that is left is in the hands of other runners: ask again from time to time.
    void wait_for_others() {
        if (!elsewhere_.empty()) observer_.waiting(elsewhere_.size());
        launcher_.wait(options_.look_again, interruption_.descriptor());
        for (std::deque<PlannedRun>* const runs : {&held_elsewhere_, &elsewhere_}) {
            waiting_.insert(waiting_.end(), runs->begin(), runs->end());
            runs->clear();
        }
    }

    const std::function<protocol::Request(const PlannedRun&)>& prepare_;
    Launcher& launcher_;
    Ledger& ledger_;
    Observer& observer_;
    Interruption& interruption_;
    const SchedulerOptions& options_;
    std::deque<PlannedRun> waiting_;
    std::deque<PlannedRun> elsewhere_;
    std::deque<PlannedRun> held_elsewhere_;  ///< another runner has a file of theirs
    std::map<std::string, Running> running_;
    CpuSlots cpus_;
    MetricFiles metric_files_;
    bool told_of_conflict_ = false;
    Tally tally_;
    int heeded_ = 0;
};

}  // namespace

Tally execute(const std::vector<PlannedRun>& plan,
              const std::function<protocol::Request(const PlannedRun&)>& prepare, Launcher& launcher,
              Ledger& ledger, Observer& observer, Interruption& interruption,
              const SchedulerOptions& options) {
    return Execution(plan, prepare, launcher, ledger, observer, interruption, options).execute();
}

}  // namespace tidemark::run
