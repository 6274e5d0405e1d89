#pragma once

#include <string>

#include "base/digest.hpp"
#include "sweep/expansion/parameter_value.hpp"

namespace tidemark::sweep {

/// One run of the expansion. Only what differs between runs is stored with each; see Sweep::resolve for the
/// whole.
struct RunSpec {
    std::string run;     ///< its name
    Digest cell;         ///< of parameters, command, environment and limits
    RunValues values;    ///< in the order of Sweep::varying(); they belong to the sweep
    bool named = false;  ///< by the file; else the name lists its axes
};

}  // namespace tidemark::sweep
