#pragma once

#include <optional>
#include <string>

#include "sweep/file/yaml_document.hpp"

namespace tidemark::sweep {

/// A list or a map in brackets, such as `[256, 128]`; nothing where the text is none.
std::optional<Node> read_flow_value(const std::string& text);

}  // namespace tidemark::sweep
