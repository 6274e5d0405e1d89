#include "sweep/canonical_text.hpp"

#include <fmt/format.h>

namespace tidemark::sweep {

CanonicalText& CanonicalText::begin_part(std::size_t length) {
    const fmt::format_int digits(length);
    text_.append(digits.data(), digits.size());
    text_ += ':';
    return *this;
}

CanonicalText& CanonicalText::append(std::string_view text) {
    text_ += text;
    return *this;
}

CanonicalText& CanonicalText::add(std::string_view part) {
    return begin_part(part.size()).append(part);
}

CanonicalText& CanonicalText::add(std::string_view name, const Value& value) {
    return add(name).append(canonical_value(value));
}

std::string canonical_value(const Value& value) {
    constexpr std::string_view kTypes = "nbirs";  // null, boolean, integer, real, text
    const std::string text = to_text(value);
    return fmt::format("{}{}:{}", kTypes[value.index()], text.size(), text);
}

}  // namespace tidemark::sweep
