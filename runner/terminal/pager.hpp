#pragma once

#include <string>

namespace tidemark::terminal {

/// The pager that is meant before PAGER; empty or `cat`: none.
inline constexpr const char* kPagerVariable = "TIDEMARK_PAGER";

/// Hands the text to the user's pager, as git does: TIDEMARK_PAGER, else PAGER, else `less`, where the output
/// is a terminal and the text has more lines than it. False where it is to be printed instead.
bool page(const std::string& text);

}  // namespace tidemark::terminal
