#pragma once

#include <cstddef>

namespace tidemark::terminal {

/// Whether the stream (STDOUT_FILENO or STDERR_FILENO) is a terminal that can redraw lines, and nobody asked
/// for plain ones (NO_COLOR, https://no-color.org; TERM=dumb).
bool can_redraw(int descriptor);

/// Columns of the terminal; 80 where it does not say.
std::size_t terminal_width(int descriptor);

/// Its lines; 24 where it does not say.
std::size_t terminal_height(int descriptor);

/// Whether the stream is a terminal, which a person reads.
bool is_terminal(int descriptor);

}  // namespace tidemark::terminal
