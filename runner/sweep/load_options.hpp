#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace tidemark::sweep {

/// What the command line adds to a sweep file.
struct LoadOptions {
    std::vector<std::string> set{};  ///< each `name=value`, the value read as a YAML scalar
    std::optional<std::string>
        only{};               ///< an SQL expression over parameters and `run`; the others are left out
    bool allow_many = false;  ///< --yes: more than kManyRuns runs are wanted
    std::filesystem::path caller_directory{};  ///< paths given by --set are relative to it
    /// Absolute: what tidemark itself writes, and what may lie in a folder that `inputs:` names.
    std::vector<std::filesystem::path> never_inputs{};
};

/// A matrix above this needs --yes: it is far more often a slip than a plan.
inline constexpr std::size_t kManyRuns = 100'000;

}  // namespace tidemark::sweep
