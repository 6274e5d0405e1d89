#pragma once

#include <string_view>

namespace tidemark {

std::string_view version();  ///< "0.2.0"
std::string_view commit();   ///< abbreviated, or "unknown" where it was not built from a git checkout

/// "GCC 12.2.0". Inline, so that a program that names its compiler does not change with every commit.
constexpr std::string_view compiler() {
#if defined(__clang__)
    return "Clang " __clang_version__;
#else
    return "GCC " __VERSION__;
#endif
}

}  // namespace tidemark
