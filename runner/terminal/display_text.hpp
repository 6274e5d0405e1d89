#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace tidemark::terminal {

/// Columns of a terminal that the text takes: wide characters count two, combining ones none (Unicode's East
/// Asian width). Bytes that are not UTF-8 count one each.
std::size_t display_width(std::string_view text);

/// Safe to print: control characters, escape sequences and bytes that are not UTF-8 become visible (`\x1b`,
/// `\n`).
std::string visible(std::string_view text);

/// The same for a text of several lines, whose line ends and tabs stay.
std::string visible_lines(std::string_view text);

/// Cut to at most `width` terminal columns, with `…` at the end where something was cut.
std::string shortened(std::string_view text, std::size_t width);

/// The same with `…` in its middle: of a run's name the end says as much as the beginning.
std::string shortened_in_middle(std::string_view text, std::size_t width);

/// Filled with blanks up to `width` terminal columns, on the right or (for numbers) on the left.
std::string padded(std::string_view text, std::size_t width, bool to_the_right);

}  // namespace tidemark::terminal
