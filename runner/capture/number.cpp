#include "capture/number.hpp"

#include <charconv>
#include <cmath>

namespace tidemark::capture {
namespace {

constexpr double kExactIntegers = 9007199254740992.0;  // 2^53

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view kBlanks = " \t\r";
    const std::size_t begin = text.find_first_not_of(kBlanks);
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

}  // namespace

std::optional<double> number_from(std::string_view text) {
    text = trimmed(text);
    if (text.starts_with('+')) {  // which from_chars does not know
        text.remove_prefix(1);
        if (text.starts_with('-')) return std::nullopt;
    }
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return number;
}

std::optional<std::int64_t> integer_from(std::string_view text) {
    const auto number = number_from(text);
    if (!number || *number != std::floor(*number) || std::abs(*number) > kExactIntegers) return std::nullopt;
    return static_cast<std::int64_t>(*number);
}

}  // namespace tidemark::capture
