#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tidemark::terminal {

/// The word as one types it in a shell: as it is, or quoted where it must be.
std::string shell_word(std::string_view word);

/// A command line that was made of such words, taken apart again.
std::vector<std::string> split_shell_words(std::string_view line);

}  // namespace tidemark::terminal
