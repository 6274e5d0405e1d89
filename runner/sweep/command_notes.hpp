#pragma once

#include <string>
#include <vector>

#include "sweep/sweep.hpp"

namespace tidemark::sweep {

/// What a command has that only a shell would understand (`>`, `|`, `&&`, `2>&1`): a sentence for each.
std::vector<std::string> notes_on_command(const Sweep& sweep);

}  // namespace tidemark::sweep
