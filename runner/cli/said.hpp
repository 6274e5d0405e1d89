#pragma once

#include <cstddef>
#include <iostream>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace tidemark::cli {

/// A line for people, on stderr.
template <typename... Arguments>
void say(fmt::format_string<Arguments...> text, Arguments&&... arguments) {
    std::cerr << fmt::format(text, std::forward<Arguments>(arguments)...) << '\n';
}

/// "1 run", "3 runs"
inline std::string plural(std::size_t count, std::string_view noun) {
    return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

}  // namespace tidemark::cli
