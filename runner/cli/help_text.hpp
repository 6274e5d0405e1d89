#pragma once

#include <string>

namespace tidemark::cli {

/// Help as the parser of the command line writes it, with meanings broken between words below each other
/// where the descriptor is a terminal; whole where it is none.
std::string fitted_help(const std::string& text, int descriptor);

}  // namespace tidemark::cli
