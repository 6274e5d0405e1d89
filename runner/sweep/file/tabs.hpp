#pragma once

#include <string>
#include <vector>

#include "sweep/file/problems.hpp"

namespace tidemark::sweep {

/// The tabs of a YAML text that stand where the indentation has a meaning, in which YAML has blanks alone.
/// Within
/// `[…]`, `{…}`, quotes and block texts (`|` and `>`) a tab is like any other sign.
std::vector<Position> tabs_in_indentation(const std::string& text);

}  // namespace tidemark::sweep
