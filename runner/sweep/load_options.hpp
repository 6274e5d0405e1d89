#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "sweep/file/goal_definition.hpp"

namespace tidemark::sweep {

/// What the command line adds to a sweep file.
struct LoadOptions {
    std::vector<std::string> set{};  ///< each `name=value`, the value read as a YAML scalar
    std::optional<std::string>
        only{};  ///< an SQL expression over parameters and `run`; the others are left out
    std::vector<std::string> limit{};  ///< each `name=value`, or `name=none`, instead of the file's
    std::optional<int> repeat{};       ///< instead of the file's
    /// Of a plan, which needs a goal; absent: a goal of the file is read and left alone.
    std::optional<GoalOptions> goal{};
    bool allow_many = false;                   ///< --yes: more than kManyRuns runs are wanted
    std::filesystem::path caller_directory{};  ///< paths given by --set are relative to it
    /// What an axis of earlier results is asked of.
    std::filesystem::path database{};
    /// Absolute: what tidemark itself writes, and what may lie in a folder that `inputs:` names.
    std::vector<std::filesystem::path> never_inputs{};
};

/// Of one run.
inline constexpr int kMostRepeats = 100'000;

/// A matrix above this needs --yes: it is far more often a slip than a plan.
inline constexpr std::size_t kManyRuns = 100'000;

}  // namespace tidemark::sweep
