#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace tidemark::terminal {

/// The text in lines of at most `width` terminal columns, broken at blanks; a longer word behind one of
/// `/,=-` where it has one, else anywhere. At least one line; a width of 0 counts as 1.
std::vector<std::string> wrapped(std::string_view text, std::size_t width);

/// The terminal columns of its longest word.
std::size_t longest_word(std::string_view text);

}  // namespace tidemark::terminal
