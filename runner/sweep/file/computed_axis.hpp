#pragma once

#include <filesystem>
#include <string>

#include "sweep/file/definition.hpp"

namespace tidemark::sweep {

/// An axis whose values are computed, such as `{range: 1..64 step 7}`; adds its points, or sets its query.
/// Files are found from `folder`.
void read_computed_axis(const Node& node, const std::string& key, const std::filesystem::path& folder,
                        Axis& axis, Problems& problems);

}  // namespace tidemark::sweep
