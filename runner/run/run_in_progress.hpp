#pragma once

#include <optional>
#include <string>

#include "run/launcher.hpp"
#include "run/live_service.hpp"
#include "run/run_steps.hpp"

namespace tidemark::run {

/// Who makes the steps around a program.
enum class StepsBy {
    Runner,   ///< each is started by itself
    Launcher  ///< which makes the whole run elsewhere
};

/// One run from its first step to its last, with the service beside its program.
class RunInProgress {
  public:
    /// Starts its first step. The run's directory exists.
    RunInProgress(Launcher& launcher, Launch launch, StepsBy steps = StepsBy::Runner);

    /// One that was started before, by another runner, and is at work elsewhere.
    static RunInProgress of_another_runner(Launcher& launcher, Launch launch);

    const Launch& launch() const { return launch_; }
    /// Whether the process that has ended is one of this run.
    bool owns(const std::string& run_id) const;
    /// It has: goes on. True: that was the last.
    bool take_in(const std::string& run_id);

    /// Whether it waits for its service to become ready, and so wants to be looked at often.
    bool waits_for_service() const { return steps_ && steps_->at_service(); }
    /// Goes on where its service is ready by now. True: it never will be, and nothing is left to do.
    bool look();

    /// Nothing new but a teardown; what runs is asked to end by the caller.
    void stop();
    bool stopped_before_program() const { return steps_ && steps_->stopped_before_program(); }

  private:
    struct AtWork {};
    RunInProgress(Launcher& launcher, Launch launch, AtWork)
        : launcher_(launcher), launch_(std::move(launch)) {}
    void start_step();
    bool take_in_service(const std::string& run_id);
    bool go_on();

    Launcher& launcher_;
    Launch launch_;
    std::optional<RunSteps> steps_;  ///< nothing where the launcher makes them
    std::optional<LiveService> service_;
    bool program_has_ended_ = false;  ///< and the service beside it is asked to
};

}  // namespace tidemark::run
