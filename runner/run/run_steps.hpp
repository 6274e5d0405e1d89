#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "run/launcher.hpp"
#include "run/scheduler.hpp"

namespace tidemark::run {

/// What one run consists of: its program, with `setup` before, a service beside and `teardown` after it, and
/// before all that the same for each warm-up. Decides what comes next, and makes the directory of each step,
/// within the run's own. What a warm-up leaves is removed; what goes wrong before the program is written
/// down, and keeps it from being started.
class RunSteps {
  public:
    /// The run's own directory exists.
    explicit RunSteps(const Launch& program);

    /// To be started next, or running.
    const Launch& current() const { return steps_[at_].launch; }

    /// The current step has ended: moves to the next one; false: it was the last one.
    bool go_on();

    /// Whether the current step is a service: it stays while the next ones are made.
    bool at_service() const { return steps_[at_].kind == Kind::Service; }

    /// The service is ready, or else has ended for good: moves to the next step; false: it was the last one.
    bool go_on_from_service(const std::string& problem);

    /// Nothing more but the teardown that belongs to what is running now.
    void stop() { stopped_ = true; }

    /// Whether stop() came before the program itself was started.
    bool stopped_before_program() const { return stopped_ && !program_started_; }

  private:
    enum class Kind { Setup, Service, WarmUp, Program, Teardown };
    struct Step {
        Kind kind = Kind::Program;
        Launch launch;
        bool begins_execution = false;
    };

    void add_execution(const Launch& program, Kind kind);
    void note_problem();
    void prevent(const std::string& why);
    bool move_to(std::size_t next);
    void enter() const;
    void make_run_directory() const;

    std::filesystem::path run_directory_;
    protocol::Request request_;  ///< of the run itself
    std::vector<Step> steps_;
    std::size_t at_ = 0;
    bool stopped_ = false;
    bool prevented_ = false;
    bool program_started_ = false;
};

/// Makes one command to its end, outside of any run, with logs in `directory`, which is removed where it went
/// well. Returns what went wrong; empty: nothing. `left` gets what it left running, for people.
std::string make_lone_step(Launcher& launcher, Interruption& interruption,
                           const std::vector<std::string>& command,
                           const std::filesystem::path& working_directory,
                           const std::filesystem::path& directory, std::string* left = nullptr);

}  // namespace tidemark::run
