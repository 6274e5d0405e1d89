#pragma once

#include "support/workspace.hpp"
#include "sweep/inherited_variables.hpp"

namespace tidemark::test {

/// Without the variables that change what programs do, whichever of them the caller of the tests has.
inline StartOptions plain_environment() {
    StartOptions options;
    const sweep::InheritedVariables inherited;
    for (const auto& [name, value] : inherited.known()) options.environment[name] = "";
    return options;
}

}  // namespace tidemark::test
