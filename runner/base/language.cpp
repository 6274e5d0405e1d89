#include "base/language.hpp"

namespace tidemark {

const std::vector<std::string>& language_names() {
    static const std::vector<std::string> names{"en", "zh"};
    return names;
}

Language language_from_name(std::string_view name) {
    return name == "zh" ? Language::Chinese : Language::English;
}

}  // namespace tidemark
