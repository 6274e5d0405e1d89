#pragma once

#include "sweep/file/definition.hpp"
#include "sweep/file/problems.hpp"

namespace tidemark::sweep {

/// Applies each `--set name=value`: the value replaces the name wherever it stands, an axis is left with that
/// one value, a derivation of it is dropped. It becomes a parameter of the sweep in any case, to be checked
/// like the others.
void apply_overrides(Definition& definition, const std::vector<std::string>& overrides, Problems& problems);

/// Applies each `--limit name=value`, with `none` for no limit, and `--repeat`, where they are given.
void apply_command_line(Definition& definition, const std::vector<std::string>& limits,
                        std::optional<int> repeat, Problems& problems);

}  // namespace tidemark::sweep
