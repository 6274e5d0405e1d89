#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sweep/file/problems.hpp"
#include "sweep/file/yaml_document.hpp"

namespace tidemark::sweep {

/// A list or a map as JSON without blanks, in the order of the file; a number as it was written where that is
/// JSON. A problem, and nothing, where a number is not finite.
std::optional<std::string> json_of(const Node& node, const std::string& key, Problems& problems);

/// The items of a list that json_of made, each as JSON.
std::vector<std::string> items_of_json(std::string_view list);

/// A text of JSON as what it means, anything else as it stands.
std::string told_item(const std::string& json);

}  // namespace tidemark::sweep
