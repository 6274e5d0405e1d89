#pragma once

#include <filesystem>
#include <utility>
#include <vector>

#include "sweep/identity.hpp"
#include "sweep/inherited_variables.hpp"
#include "sweep/input_digests.hpp"

namespace tidemark::sweep {

/// What the keys of a sweep's runs are made of beside what stands in its file, each found once for a command.
struct KeySources {
    KeySources(std::filesystem::path folder, std::vector<std::filesystem::path> left_out)
        : inputs(std::move(folder), std::move(left_out)) {}

    FileDigests files;
    InputDigests inputs;
    InheritedVariables variables;
};

}  // namespace tidemark::sweep
