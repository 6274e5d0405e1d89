#include "capture/number.hpp"

#include <charconv>
#include <cmath>

#include "base/special_number.hpp"

namespace tidemark::capture {
namespace {

constexpr double kExactIntegers = 9007199254740992.0;  // 2^53

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view kBlanks = " \t\r";
    const std::size_t begin = text.find_first_not_of(kBlanks);
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

constexpr std::string_view kNoNumber = "is no number";

Written read(std::string_view text) {
    text = trimmed(text);
    if (const auto special = special_number(text)) return {special, {}};
    if (text.starts_with('+')) {  // which from_chars does not know
        text.remove_prefix(1);
        if (text.starts_with('-')) return {std::nullopt, kNoNumber};
    }
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (end != text.data() + text.size() || error == std::errc::invalid_argument)
        return {std::nullopt, kNoNumber};
    if (error != std::errc()) return {std::nullopt, "is beyond the numbers that can be kept"};
    return {number, {}};
}

}  // namespace

std::optional<double> number_from(std::string_view text) {
    return read(text).number;
}

Written written_value(const protocol::Capture& capture, std::string_view text) {
    constexpr double kPercent = 100;
    text = trimmed(text);
    if (!text.ends_with('%')) return read(text);
    text.remove_suffix(1);
    Written written = read(text);
    const bool says_percent = capture.unit == protocol::Unit::Fraction && capture.factor != 1;
    if (!written.number || says_percent) return written;
    if (is_share_by_name(capture)) {
        *written.number /= kPercent;
        return written;
    }
    if (capture.unit == protocol::Unit::None)
        return {std::nullopt, "is a number of percent, which `unit: '%'` of the capture takes"};
    return {std::nullopt, kNoNumber};
}

std::optional<std::int64_t> integer_from(std::string_view text) {
    const auto number = number_from(text);
    if (!number || *number != std::floor(*number) || std::abs(*number) > kExactIntegers) return std::nullopt;
    return static_cast<std::int64_t>(*number);
}

}  // namespace tidemark::capture
