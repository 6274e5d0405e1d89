#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cli/plan.hpp"
#include "sweep/sweep.hpp"

namespace tidemark::cli {

/// What `run` does before all runs of a sweep and after them. Each tells what went wrong, nothing where it
/// went well, and no text at all where the user interrupted it.
class SweepSteps {
  public:
    /// `sweep` must outlive it. `file`: for messages. Each step has a directory of its own in `runs_folder`.
    SweepSteps(const sweep::Sweep& sweep, std::string file, std::filesystem::path warden,
               std::filesystem::path runs_folder)
        : sweep_(sweep),
          file_(std::move(file)),
          warden_(std::move(warden)),
          runs_folder_(std::move(runs_folder)) {}

    /// Once for the sweep, then for each value of a parameter; none after one that failed.
    std::optional<std::string> problem_of_setups() const;

    /// For each value, then for the sweep: all of them, whatever becomes of one; the first problem.
    std::optional<std::string> problem_of_teardowns() const;

    /// Takes the runs out of the plan whose `requires` does not hold; what to say of it.
    std::optional<std::vector<std::string>> leave_out_what_lacks(Plan& plan) const;

  private:
    /// `value`: of the parameter for which it is done; empty: it is done once.
    std::optional<std::string> problem_of_sweep_step(const std::string& name, const std::string& value,
                                                     const std::vector<std::string>& command) const;
    std::optional<std::string> problem_of_step(const std::string& name,
                                               const std::vector<std::string>& command,
                                               const std::filesystem::path& directory) const;
    std::filesystem::path step_directory(const std::string& name) const;

    const sweep::Sweep& sweep_;
    std::string file_;
    std::filesystem::path warden_;
    std::filesystem::path runs_folder_;
};

}  // namespace tidemark::cli
