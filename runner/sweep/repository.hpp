#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/program_output.hpp"
#include "base/units.hpp"

namespace tidemark::sweep {

/// The git repository that a folder lies in. It is asked by running git, in a way that nothing in the
/// repository is run: no hook, no filter, no monitor of files. Whose the repository is does not matter then.
class Repository {
  public:
    /// How long git is waited for, each time it is asked.
    static constexpr Seconds kTimeLimit{10};

    explicit Repository(std::filesystem::path folder, Seconds time_limit = kTimeLimit)
        : folder_(std::move(folder)), time_limit_(time_limit) {}

    /// What it tracks below the folder, relative to it. Nothing, with what to do in `problem`, where that
    /// cannot be found out.
    std::optional<std::vector<std::string>> tracked(std::string& problem) const;

    /// The commit that is checked out, with `+` behind it where a tracked file is not as it is there.
    /// Nothing, with the reason in `problem`, where there is none.
    std::optional<std::string> revision(std::string& problem) const;

  private:
    ProgramOutput ask(const std::vector<std::string>& words) const;
    std::optional<std::vector<std::string>> options_without_filters(std::string& problem) const;
    std::string why_not(const ProgramOutput& answer) const;

    std::filesystem::path folder_;
    Seconds time_limit_;
};

}  // namespace tidemark::sweep
