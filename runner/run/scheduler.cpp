#include "run/scheduler.hpp"

#include <algorithm>
#include <deque>
#include <exception>
#include <map>
#include <optional>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "run/attempts.hpp"
#include "run/cpu_slots.hpp"
#include "run/left_files.hpp"
#include "run/run_directory.hpp"
#include "run/run_in_progress.hpp"
#include "run/spare_folders.hpp"

namespace tidemark::run {
namespace {

/// How often it is looked whether services are ready.
constexpr Seconds kServiceTick{0.02};

struct Running {
    PlannedRun planned;
    RunInProgress run;
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
          metric_files_(options.runs_folder),
          attempts_(options.retries),
          failures_(options.stop_after) {}

    Tally execute() {
        while (true) {
            heed_interruption();
            if (problem_ == nullptr) start_as_many_as_may_run();
            if (leaves_the_rest()) return leave();
            if (running_.empty() && problem_ != nullptr) std::rethrow_exception(problem_);
            if (running_.empty() && (waiting_.empty() || tally_.interrupted)) {
                if ((elsewhere_.empty() && held_elsewhere_.empty()) || tally_.interrupted) return tally_;
                wait_for_others();
                continue;
            }
            const Seconds tick = wait_for_services() ? kServiceTick : options_.tick;
            for (const std::string& run_id : launcher_.wait(tick, interruption_.descriptor()))
                take_in(run_id);
            look_at_services();
            look_at_queue();
            observer_.tick();
        }
    }

  private:
    void heed_interruption() {
        const int requests = interruption_.requests();
        if (requests == heeded_) return;
        interruption_.drain();
        heeded_ = requests;
        if (options_.queue != nullptr && requests > 1) is_left_ = true;
        tally_.interrupted = true;
        for (auto& [run_id, running] : running_) running.run.stop();
        launcher_.cancel_all(requests > 1);
    }

    void start_as_many_as_may_run() {
        while (!tally_.interrupted && problem_ == nullptr && !waiting_.empty() &&
               static_cast<int>(running_.size()) < options_.jobs) {
            const PlannedRun planned = waiting_.front();
            Launch launch{prepare_(planned), {}, {}};
            if (!has_cpus_for(launch.request) || !has_port_for(launch.request)) return;
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

    /// All runs are with the queue, and shall be left to it; or the user does not want to wait for what the
    /// queue makes of an interruption.
    bool leaves_the_rest() const {
        if (options_.queue == nullptr) return false;
        const bool are_handed_over = waiting_.empty() && options_.queue->has_all();
        return is_left_ || (options_.detach && !tally_.interrupted && !running_.empty() && are_handed_over);
    }

    Tally leave() {
        options_.queue->leave();
        tally_.left = running_.size();
        return tally_;
    }

    void look_at_queue() {
        if (options_.queue == nullptr) return;
        for (const std::string& run_id : options_.queue->begun()) {
            const auto running = running_.find(run_id);
            if (running != running_.end())
                observer_.started(running->second.planned, running->second.run.launch());
        }
        observer_.queued(options_.queue->text());
    }

    void tell(const MetricFiles::Conflict& conflict) {
        if (!told_of_conflict_) observer_.held_apart(conflict);
        told_of_conflict_ = true;
    }

    /// A run that wants more CPUs than are free waits for others to end, instead of sharing theirs. Alone it
    /// gets all that there are.
    bool has_cpus_for(const protocol::Request& request) const {
        return options_.queue != nullptr || running_.empty() ||
               request.limits.cpus.value_or(0) <= cpus_.free();
    }

    /// Two services cannot listen at one port, and a client would find the wrong one.
    bool has_port_for(const protocol::Request& request) {
        if (!request.service || !request.service->port) return true;
        const bool is_taken = std::ranges::any_of(running_, [&](const auto& running) {
            const auto& other = running.second.run.launch().request.service;
            return other && other->port == request.service->port;
        });
        if (is_taken && !told_of_port_) observer_.held_apart(*request.service->port);
        told_of_port_ |= is_taken;
        return !is_taken;
    }

    /// Once: what is at work ends, and its directories hold what it measured.
    void note(std::exception_ptr problem) {
        if (problem_ != nullptr) return;
        problem_ = std::move(problem);
        if (!running_.empty()) observer_.giving_up(running_.size());
    }

    std::optional<Claim> claim(const Launch& launch) {
        try {
            return ledger_.claim(launch.request, launch.directory);
        } catch (const Error&) {
            note(std::current_exception());
            return std::nullopt;
        }
    }

    /// Nothing where no other runner has left it in the queue, or the ledger cannot tell.
    std::optional<Launch> left_in_queue(const protocol::Request& request) {
        if (options_.queue == nullptr) return std::nullopt;
        try {
            return ledger_.adopt(request);
        } catch (const Error&) {
            note(std::current_exception());
            return std::nullopt;
        }
    }

    void go_on_with(const PlannedRun& planned, const Launch& launch) {
        options_.queue->adopt(launch);
        running_.emplace(launch.request.run_id,
                         Running{planned, RunInProgress::of_another_runner(launcher_, launch)});
    }

    /// False: another runner has it, or it cannot be claimed.
    bool start(const PlannedRun& planned, Launch& launch) {
        if (const auto left = left_in_queue(launch.request)) {
            metric_files_.release(launch.request.run_id);
            metric_files_.hold(left->request);
            go_on_with(planned, *left);
            return true;
        }
        if (problem_ != nullptr) return false;
        launch.directory = options_.runs_folder / launch.request.run_id;
        launch.run_dir = RunDirectory(launch.directory).run_dir();
        // the claim comes first: should we be killed between the two, it names a directory that does not
        // exist, and whoever recovers it sees that nothing was started
        const auto answer = claim(launch);
        if (!answer) return false;
        switch (*answer) {
            case Claim::AlreadyDone:
                ++tally_.skipped;
                observer_.skipped(planned);
                add_what_follows(planned);
                return false;
            case Claim::Elsewhere:
                elsewhere_.push_back(planned);
                return false;
            case Claim::Granted:
                break;
        }
        RunDirectory::create(options_.runs_folder, launch.request);
        if (options_.queue == nullptr && launch.request.limits.cpus)
            launch.cpus = cpus_.take(*launch.request.limits.cpus);
        spare_folders_.give(launch.run_dir);
        if (options_.watch != nullptr) options_.watch->begin(launch.request);
        RunInProgress run(launcher_, launch, options_.queue == nullptr ? StepsBy::Runner : StepsBy::Launcher);
        if (options_.queue == nullptr) observer_.started(planned, launch);
        running_.emplace(launch.request.run_id, Running{planned, std::move(run)});
        return true;
    }

    bool wait_for_services() const {
        return std::ranges::any_of(
            running_, [](const auto& running) { return running.second.run.waits_for_service(); });
    }

    void look_at_services() {
        for (auto running = running_.begin(); running != running_.end();) {
            const auto at = running++;
            if (at->second.run.look()) conclude(at);
        }
    }

    void take_in(const std::string& run_id) {
        const auto of = std::ranges::find_if(
            running_, [&](const auto& running) { return running.second.run.owns(run_id); });
        if (of->second.run.take_in(run_id)) conclude(of);
    }

    void conclude(std::map<std::string, Running>::iterator ended) {
        const Launch& launch = ended->second.run.launch();
        if (options_.watch != nullptr) options_.watch->end(launch.request);
        Record record = read_record(RunDirectory(launch.directory), launch.request);
        if (ended->second.run.stopped_before_program()) record.outcome = Cancelled{"interrupted by the user"};
        settle_left_files(record, &spare_folders_);
        const PlannedRun planned = ended->second.planned;
        attempts_.note(planned, record);
        if (options_.watch != nullptr) options_.watch->add_to(record);
        std::exception_ptr problem;
        try {
            ledger_.record(record);
        } catch (const Error&) {
            problem = std::current_exception();
        }
        cpus_.release(launch.cpus);
        metric_files_.release(launch.request.run_id);
        running_.erase(ended);
        if (problem != nullptr) return note(std::move(problem));
        if (may_go_on() && attempts_.allow_another(planned, record)) {
            observer_.retried(planned, record, attempts_.made(planned) + 1, options_.retries.times + 1);
            waiting_.push_front(planned);
            return;
        }
        ++(status_of(record.outcome) == protocol::Status::Ok ? tally_.ok : tally_.failed);
        observer_.finished(planned, record);
        failures_.note(record);
        if (status_of(record.outcome) == protocol::Status::Ok) add_what_follows(planned);
        if (may_go_on() && failures_.are_enough()) stop_after_failures();
    }

    void add_what_follows(const PlannedRun& planned) {
        if (!options_.more || !may_go_on()) return;
        std::vector<PlannedRun> more;
        try {
            more = options_.more(planned);
        } catch (const std::exception&) {
            note(std::current_exception());
        }
        if (more.empty()) return;
        waiting_.insert(waiting_.end(), more.begin(), more.end());
        tally_.added += more.size();
        observer_.added(more.size());
    }

    bool may_go_on() const { return !tally_.interrupted && tally_.stopped_by.empty() && problem_ == nullptr; }

    /// What is running comes to its own end.
    void stop_after_failures() {
        for (std::deque<PlannedRun>* const runs : {&waiting_, &held_elsewhere_, &elsewhere_}) {
            tally_.not_made.insert(tally_.not_made.end(), runs->begin(), runs->end());
            runs->clear();
        }
        if (!tally_.not_made.empty()) tally_.stopped_by = failures_.text();
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
    SpareFolders spare_folders_;
    bool told_of_conflict_ = false;
    bool told_of_port_ = false;
    bool is_left_ = false;  ///< to the queue, by the user
    Attempts attempts_;
    EqualFailures failures_;
    Tally tally_;
    std::exception_ptr problem_;  ///< of the ledger
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
