#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/units.hpp"
#include "protocol/request.hpp"

namespace tidemark::run {

/// One run, ready to be started: its directory exists and holds request.json.
struct Launch {
    protocol::Request request;
    std::filesystem::path directory;
    std::vector<int> cpus;            ///< CPUs it may use; empty: all that the runner may
    std::filesystem::path run_dir{};  ///< for what the program writes; empty: it has none
};

/// Starts runs and tells when they have ended. The one interface between the plan and the machine: local
/// processes now, a cluster's queue later, a fake in the scheduler's tests. What a run did is in its
/// directory, not in here.
class Launcher {
  public:
    virtual ~Launcher() = default;

    /// Throws CannotGoOn where the supervisor itself cannot be started. A program that cannot be started is
    /// no error here: the run ends, and its measurement says so.
    virtual void start(const Launch& launch) = 0;

    /// Waits until a run has ended, `timeout` has passed or `wake_descriptor` (if not -1) can be read.
    /// Returns the run_ids of all that have ended since the last call.
    virtual std::vector<std::string> wait(Seconds timeout, int wake_descriptor) = 0;

    /// Asks one running run to end: SIGTERM to its processes, SIGKILL after a grace period.
    virtual void cancel(const std::string& run_id) = 0;

    /// Asks every running run to end: SIGTERM to its processes, SIGKILL after a grace period, or at once when
    /// `now`.
    virtual void cancel_all(bool now) = 0;
};

}  // namespace tidemark::run
