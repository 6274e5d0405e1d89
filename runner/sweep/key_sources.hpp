#pragma once

#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "sweep/identity.hpp"
#include "sweep/inherited_variables.hpp"
#include "sweep/input_digests.hpp"
#include "sweep/repeat_values.hpp"

namespace tidemark::sweep {

/// What the keys of a sweep's runs are made of beside what stands in its file, each found once for a command.
struct KeySources {
    KeySources(std::filesystem::path folder, std::vector<std::filesystem::path> left_out)
        : inputs(std::move(folder), std::move(left_out)) {}

    FileDigests files;
    InputDigests inputs;
    InheritedVariables variables;
    /// What was part of a key so far: files that no entry of `inputs:` names, and names of variables.
    std::set<std::string> named_files;
    std::set<std::string> named_variables;
    std::unique_ptr<RepeatValues> repeats;  ///< null: nothing is derived from the number of a repeat
};

}  // namespace tidemark::sweep
