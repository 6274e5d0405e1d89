#include "base/bounded_json.hpp"

#include <fmt/format.h>

namespace tidemark {

std::optional<std::string> problem_of_nesting(std::string_view text) {
    std::size_t depth = 0;
    bool in_quotes = false;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char letter = text[at];
        if (in_quotes) {
            if (letter == '\\') ++at;
            in_quotes = letter != '"';
        } else if (letter == '"') {
            in_quotes = true;
        } else if (letter == '[' || letter == '{') {
            if (++depth > kDeepestJson)
                return fmt::format("nested more than {} levels deep, at byte {}", kDeepestJson, at + 1);
        } else if ((letter == ']' || letter == '}') && depth > 0) {
            --depth;
        }
    }
    return std::nullopt;
}

}  // namespace tidemark
