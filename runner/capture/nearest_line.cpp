#include "capture/nearest_line.hpp"

#include <algorithm>
#include <cctype>
#include <vector>

#include "base/line_reader.hpp"
#include "base/text_encoding.hpp"
#include "capture/log_scan.hpp"

namespace tidemark::capture {
namespace {

constexpr std::size_t kShortestWord = 2;
constexpr std::size_t kLongestQuote = 160;

bool is_letter(char letter) {
    return std::isalpha(static_cast<unsigned char>(letter)) != 0;
}

std::string in_small_letters(std::string_view text) {
    std::string small(text);
    std::ranges::transform(small, small.begin(), [](char letter) {
        return static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
    });
    return small;
}

/// Where the part of the expression that begins at `at` and is no letter for itself ends: an escape, a class
/// of characters, the head of a group.
std::size_t skip_syntax(std::string_view expression, std::size_t at) {
    const auto behind = [&](char last) {
        const std::size_t end = expression.find(last, at + 1);
        return end == std::string_view::npos ? expression.size() : end + 1;
    };
    if (expression[at] == '\\') return std::min(at + 2, expression.size());
    if (expression[at] == '[') return behind(']');
    if (expression.substr(at).starts_with("(?P<")) return behind('>');
    return at + 1;
}

std::vector<std::string> words_of(std::string_view expression) {
    std::vector<std::string> words;
    std::string word;
    for (std::size_t at = 0; at <= expression.size();) {
        if (at < expression.size() && is_letter(expression[at])) {
            word += expression[at++];
            continue;
        }
        if (word.size() >= kShortestWord) words.push_back(in_small_letters(word));
        word.clear();
        if (at == expression.size()) break;
        at = skip_syntax(expression, at);
    }
    return words;
}

std::size_t likeness(const std::vector<std::string>& words, std::string_view line) {
    const std::string small = in_small_letters(line);
    std::size_t letters = 0;
    for (const std::string& word : words)
        if (small.find(word) != std::string::npos) letters += word.size();
    return letters;
}

}  // namespace

NearestLine nearest_line(const std::filesystem::path& log, const std::string& expression) {
    const std::vector<std::string> words = words_of(expression);
    NearestLine nearest;
    std::size_t best = 0;
    for_each_line(log, [&](std::int64_t number, std::string_view line) {
        nearest.lines = number;
        if (line.find_first_not_of(" \t") == std::string_view::npos) return;
        const std::size_t own = likeness(words, line);
        if (own < best) return;
        best = own;
        nearest.number = number;
        nearest.text = quoted_line(line);
    });
    nearest.alike = best > 0;
    return nearest;
}

std::string quoted_line(std::string_view line) {
    std::string text(line.substr(0, kLongestQuote));
    while (const auto broken = first_invalid_utf8(text)) text[*broken] = '?';
    for (char& letter : text)
        if (std::iscntrl(static_cast<unsigned char>(letter)) != 0) letter = letter == '\t' ? ' ' : '?';
    return line.size() > kLongestQuote ? text + "…" : text;
}

}  // namespace tidemark::capture
