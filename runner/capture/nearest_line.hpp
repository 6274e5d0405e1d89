#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace tidemark::capture {

/// The line of a log that an expression most likely meant.
struct NearestLine {
    std::int64_t number = 0;  ///< counted from 1; 0: the log has no line
    std::string text;         ///< shortened, without control characters
    bool alike = false;       ///< it has words of the expression; else it is the last one
    std::int64_t lines = 0;   ///< that the log has
};

/// Looks for the words that the expression writes out: the line that has the most of them, the last one of
/// equals.
NearestLine nearest_line(const std::filesystem::path& log, const std::string& expression);

/// For messages: at most 160 characters, control characters and broken UTF-8 as `?`.
std::string quoted_line(std::string_view line);

}  // namespace tidemark::capture
