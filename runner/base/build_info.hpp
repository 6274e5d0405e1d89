#pragma once

#include <string_view>

namespace tidemark {

std::string_view version();   ///< "0.1.0"
std::string_view commit();    ///< abbreviated, or "unknown" where it was not built from a git checkout
std::string_view compiler();  ///< "GCC 12.2.0"

}  // namespace tidemark
