#pragma once

#include "sweep/file/definition.hpp"
#include "sweep/file/problems.hpp"
#include "sweep/load_options.hpp"

namespace tidemark::sweep {

/// Gives each axis that has a query the rows of it, from the database of the options, which is only read. An
/// axis that --set gives its one value is left alone. Problems are added.
void ask_queries(Definition& definition, const LoadOptions& options, Problems& problems);

}  // namespace tidemark::sweep
