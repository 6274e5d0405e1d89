#include "sweep/file/placeholders.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace tidemark::sweep {

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
            const std::string name(text.substr(at + 1, end - at - 1));
            parts_.push_back({std::move(literal), false});
            parts_.push_back({name, true});
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
