#pragma once

#include <string>
#include <vector>

#include "sweep/file/definition.hpp"
#include "sweep/file/problems.hpp"

namespace tidemark::sweep {

/// Puts what stands in place of each secret of `secrets:` where its value was, in parameters and
/// `environment`, so that whatever is made of the sweep from here on (names, cells, requests, tables) knows
/// no secret. The values are kept apart, for the program alone. What would store or show a secret all the
/// same is a problem. `only`: the condition of the command line.
void hide_secrets(Definition& definition, const std::string& only, Problems& problems);

}  // namespace tidemark::sweep
