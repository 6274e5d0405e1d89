#include "base/loose_json.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string>

#include "base/bounded_json.hpp"
#include "base/special_number.hpp"

namespace tidemark {
namespace {

bool is_of_a_word(char letter) {
    return (letter >= '0' && letter <= '9') || (letter >= 'a' && letter <= 'z') ||
           (letter >= 'A' && letter <= 'Z') || letter == '+' || letter == '-' || letter == '.';
}

bool is_beyond_a_double(std::string_view word) {
    double number = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
    return error == std::errc::result_out_of_range && end == word.data() + word.size();
}

std::string in_quotes(std::string_view text) {
    return '"' + std::string(text) + '"';
}

std::string as_json(std::string_view word) {
    if (const auto special = special_number(word))
        return in_quotes(std::isnan(*special) ? "nan" : *special > 0 ? "inf" : "-inf");
    return is_beyond_a_double(word) ? in_quotes(word) : std::string(word);
}

/// Behind the text that begins at the quote.
std::size_t end_of_text(std::string_view json, std::size_t at) {
    for (++at; at < json.size() && json[at] != '"'; ++at) {
        if (json[at] == '\\') ++at;
    }
    return std::min(at + 1, json.size());
}

std::string with_words_replaced(std::string_view json) {
    std::string out;
    out.reserve(json.size());
    for (std::size_t at = 0; at < json.size();) {
        std::size_t end = at + 1;
        if (json[at] == '"') {
            end = end_of_text(json, at);
            out += json.substr(at, end - at);
        } else if (is_of_a_word(json[at])) {
            while (end < json.size() && is_of_a_word(json[end])) ++end;
            out += as_json(json.substr(at, end - at));
        } else {
            out += json[at];
        }
        at = end;
    }
    return out;
}

}  // namespace

nlohmann::json parse_loose_json(std::string_view text, std::string* problem) {
    if (auto nesting = problem_of_nesting(text)) {
        if (problem != nullptr) *problem = std::move(*nesting);
        return nlohmann::json(nlohmann::json::value_t::discarded);
    }
    nlohmann::json strict = nlohmann::json::parse(text, nullptr, false);
    if (!strict.is_discarded()) return strict;
    return nlohmann::json::parse(with_words_replaced(text), nullptr, false);
}

}  // namespace tidemark
