#pragma once

#include <string>
#include <vector>

#include "sweep/file/definition.hpp"
#include "sweep/load_options.hpp"

namespace tidemark::sweep {

/// A sentence for each parameter of an axis that neither the command nor any expression uses. A workload gets
/// all parameters, so that there are none for it.
std::vector<std::string> notes_on_unused_axes(const Definition& definition, const LoadOptions& options);

}  // namespace tidemark::sweep
