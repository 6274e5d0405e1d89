#include "sweep/file/placeholders.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace tidemark::sweep {

Placeholder parse_placeholder(std::string_view text) {
    constexpr std::string_view kWords = "...";
    if (text.size() > kWords.size() && text.ends_with(kWords))
        return {std::string(text.substr(0, text.size() - kWords.size())), PlaceholderForm::Words};
    const std::size_t colon = text.find(':');
    if (colon == 0 || colon == std::string_view::npos || colon + 1 == text.size()) return {std::string(text)};
    std::string name(text.substr(0, colon));
    const std::string_view how = text.substr(colon + 1);
    if (how == "json") return {std::move(name), PlaceholderForm::Json};
    return {std::move(name), PlaceholderForm::Joined, std::string(how)};
}

Template::Template(std::string_view text, std::string* problem) {
    const auto refuse = [&](const std::string& why) {
        if (problem != nullptr) *problem = why;
        parts_ = {{std::string(text), false}};
        names_.clear();
    };
    std::string literal;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char letter = text[at];
        const bool doubled = at + 1 < text.size() && text[at + 1] == letter;
        if ((letter == '{' || letter == '}') && doubled) {
            literal += letter;
            ++at;
        } else if (letter == '}') {
            refuse("a '}' without '{'; write '}}' for a brace");
            return;
        } else if (letter == '{') {
            const std::size_t end = text.find('}', at);
            if (end == std::string_view::npos) {
                refuse("a '{' is not closed; write '{{' for a brace");
                return;
            }
            const std::string_view written = text.substr(at + 1, end - at - 1);
            Placeholder placeholder = parse_placeholder(written);
            const std::string name = placeholder.name;
            parts_.push_back({std::move(literal), false});
            parts_.push_back({std::string(written), true, std::move(placeholder)});
            if (std::ranges::find(names_, name) == names_.end()) names_.push_back(name);
            literal.clear();
            at = end;
        } else {
            literal += letter;
        }
    }
    parts_.push_back({std::move(literal), false});
}

std::string Template::fill(const ValueOf& value_of) const {
    std::string out;
    for (const Part& part : parts_) out += part.is_name ? value_of(part.text) : part.text;
    return out;
}

}  // namespace tidemark::sweep
