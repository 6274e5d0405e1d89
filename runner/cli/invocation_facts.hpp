#pragma once

#include <string>

#include "cli/verb.hpp"
#include "store/invocations.hpp"
#include "sweep/load_options.hpp"
#include "sweep/sweep.hpp"

namespace tidemark::cli {

/// As it is stored and shown: without the secrets that it gives.
std::string command_line(const Context& context, const sweep::Sweep& sweep);

/// What is stored of a command that makes runs of the sweep, which was read from `file` with `load`, so that
/// `report` finds the same runs again.
store::Invocation invocation_of(const Context& context, const sweep::Sweep& sweep, const std::string& file,
                                const sweep::LoadOptions& load, std::size_t planned);

}  // namespace tidemark::cli
