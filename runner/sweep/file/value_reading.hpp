#pragma once

#include <optional>
#include <string>

#include "sweep/file/definition.hpp"

namespace tidemark::sweep {

/// Whether a parameter may have the name; a problem where it may not.
bool is_parameter_name(const std::string& name, Position position, const std::string& key,
                       Problems& problems);

/// A value of a parameter; a problem and nothing where it is none.
std::optional<GivenValue> read_value(const Node& node, const std::string& key, Problems& problems);

}  // namespace tidemark::sweep
