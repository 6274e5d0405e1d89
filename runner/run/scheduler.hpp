#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/interruption.hpp"
#include "protocol/request.hpp"
#include "protocol/retries.hpp"
#include "run/launcher.hpp"
#include "run/metric_files.hpp"
#include "run/queue.hpp"
#include "run/record.hpp"

namespace tidemark::run {

/// One run of the plan: which run of the sweep, and the number of its repeat. `request` is complete but for
/// run_id.
struct PlannedRun {
    std::size_t spec = 0;  ///< index into the sweep's runs
    int repeat = 1;
};

/// What a ledger answers when the scheduler wants to start a run.
enum class Claim {
    Granted,      ///< it is ours; nobody else will start it
    AlreadyDone,  ///< it is stored as ok (another runner finished it meanwhile)
    Elsewhere,    ///< another living runner is at it
};

/// Where finished runs go, and where runners that share a database agree who does what.
class Ledger {
  public:
    virtual ~Ledger() = default;
    virtual Claim claim(const protocol::Request& request, const std::filesystem::path& directory) = 0;
    /// Stores a finished run and releases its claim, in one transaction. Throws CannotGoOn.
    virtual void record(const Record& record) = 0;
    /// The same run as a runner has handed it to a queue that is gone itself: it is ours from here on.
    /// Nothing where there is none.
    virtual std::optional<Launch> adopt(const protocol::Request&) { return std::nullopt; }
};

/// Told what happens, for the display.
class Observer {
  public:
    virtual ~Observer() = default;
    virtual void started(const PlannedRun& run, const Launch& launch) = 0;
    virtual void finished(const PlannedRun& run, const Record& record) = 0;
    /// It has ended, is stored, and is made again at once: the attempt of that number out of so many.
    virtual void retried(const PlannedRun& run, const Record& record, int next_attempt, int most) = 0;
    /// Done by another runner meanwhile.
    virtual void skipped(const PlannedRun& run) = 0;
    /// So many runs more than the plan had are to be made.
    virtual void added(std::size_t runs) = 0;
    /// Another runner is at all that is left; called each time the scheduler looks again.
    virtual void waiting(std::size_t runs_elsewhere) = 0;
    /// A run waits for another one that takes metrics from the same file; told once, of the first such file.
    virtual void held_apart(const MetricFiles::Conflict& conflict) = 0;
    /// The same of a run whose service has the port of another one's.
    virtual void held_apart(int port) = 0;
    /// The ledger cannot go on: no run is started any more, and these are still at work.
    virtual void giving_up(std::size_t at_work) = 0;
    /// What runs in a queue wait for (Queue::text), called before each tick; empty: none waits.
    virtual void queued(const std::string&) {}
    /// Called a few times a second while runs are running.
    virtual void tick() = 0;
};

/// Sees what runs read.
class InputWatch {
  public:
    virtual ~InputWatch() = default;
    virtual void begin(const protocol::Request& request) = 0;
    /// The run has ended, and nothing of it was read yet.
    virtual void end(const protocol::Request& request) = 0;
    /// Adds what was seen to the record, which was read in between.
    virtual void add_to(Record& record) = 0;
};

struct SchedulerOptions {
    int jobs = 1;
    std::filesystem::path runs_folder;  ///< run directories are made in here
    Seconds tick{0.2};
    Seconds look_again{1.0};      ///< how often to ask for runs that are claimed elsewhere
    InputWatch* watch = nullptr;  ///< null: nothing is watched
    Queue* queue = nullptr;       ///< of the launcher, where it hands runs over to one
    bool detach = false;          ///< ends when the queue has all runs, and leaves them to it
    protocol::Retries retries{};
    int stop_after = 0;  ///< equal failures in succession; 0: go on whatever fails
    /// What is to be made on top of the plan, now that this one is done, by us or by another runner. Empty:
    /// nothing ever. What it throws is thrown as a problem of the ledger is.
    std::function<std::vector<PlannedRun>(const PlannedRun&)> more{};
};

struct Tally {
    std::size_t ok = 0;
    std::size_t failed = 0;   ///< any other status
    std::size_t skipped = 0;  ///< done by another runner meanwhile
    std::size_t added = 0;    ///< to the plan, by SchedulerOptions::more
    std::size_t left = 0;     ///< to a queue
    bool interrupted = false;
    std::string stopped_by{};            ///< the failure after which nothing more was started
    std::vector<PlannedRun> not_made{};  ///< for that
};

/// Executes the plan in order, at most `jobs` at a time, and never two at once that take metrics from the
/// same file or have a service at the same port. `prepare` makes the full request of a planned run (key and
/// repeat included; run_id and invocation are the caller's too). On interruption no new run starts, the
/// running ones are cancelled and recorded as cancelled. Where the ledger cannot go on, no new run starts,
/// the running ones end, and then its problem is thrown: their directories hold what they measured.
/// Single-threaded: one loop around Launcher::wait.
Tally execute(const std::vector<PlannedRun>& plan,
              const std::function<protocol::Request(const PlannedRun&)>& prepare, Launcher& launcher,
              Ledger& ledger, Observer& observer, Interruption& interruption,
              const SchedulerOptions& options);

}  // namespace tidemark::run
