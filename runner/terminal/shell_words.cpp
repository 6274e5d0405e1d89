#include "terminal/shell_words.hpp"

namespace tidemark::terminal {

std::string shell_word(std::string_view word) {
    constexpr std::string_view kSpecial = " \t\n\"'\\$`*?[]{}()<>|&;#~!";
    if (!word.empty() && word.find_first_of(kSpecial) == std::string_view::npos) return std::string(word);
    const bool double_quotes =
        word.find('\'') != std::string_view::npos && word.find_first_of("\"\\$`!") == std::string_view::npos;
    if (double_quotes) return '"' + std::string(word) + '"';
    std::string out = "'";
    for (const char letter : word) out += letter == '\'' ? std::string("'\\''") : std::string(1, letter);
    return out + "'";
}

std::vector<std::string> split_shell_words(std::string_view line) {
    std::vector<std::string> words;
    std::string word;
    bool in_word = false;
    for (std::size_t at = 0; at < line.size(); ++at) {
        const char letter = line[at];
        if (letter == ' ') {
            if (in_word) words.push_back(std::move(word));
            word.clear();
            in_word = false;
            continue;
        }
        in_word = true;
        if (letter == '\'' || letter == '"') {
            const std::size_t end = std::min(line.find(letter, at + 1), line.size());
            word += line.substr(at + 1, end - at - 1);
            at = end;
        } else if (letter == '\\' && at + 1 < line.size()) {
            word += line[++at];
        } else {
            word += letter;
        }
    }
    if (in_word) words.push_back(std::move(word));
    return words;
}

}  // namespace tidemark::terminal
