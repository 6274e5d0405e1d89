#include "sweep/file/decimal.hpp"

#include <charconv>

#include <fmt/format.h>

namespace tidemark::sweep {
namespace {

constexpr int kMostPlaces = 15;

bool multiply_by_ten(std::int64_t& digits) {
    return !__builtin_mul_overflow(digits, 10, &digits);
}

bool add_digit(Decimal& number, char letter) {
    return letter >= '0' && letter <= '9' && multiply_by_ten(number.digits) &&
           !__builtin_add_overflow(number.digits, letter - '0', &number.digits);
}

/// Behind the `e`.
std::optional<int> parse_exponent(std::string_view text) {
    if (text.starts_with('+')) text.remove_prefix(1);
    int exponent = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), exponent);
    if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    if (exponent < -kMostPlaces || exponent > kMostPlaces) return std::nullopt;
    return exponent;
}

}  // namespace

std::optional<Decimal> parse_decimal(std::string_view text) {
    Decimal number;
    const bool negative = text.starts_with('-');
    if (negative || text.starts_with('+')) text.remove_prefix(1);
    const std::size_t e = text.find_first_of("eE");
    if (e != std::string_view::npos) {
        const auto exponent = parse_exponent(text.substr(e + 1));
        if (!exponent) return std::nullopt;
        number.places = -*exponent;
        number.is_integer = false;
        text = text.substr(0, e);
    }
    std::size_t count = 0;
    bool behind_point = false;
    for (const char letter : text) {
        if (letter == '.' && !behind_point) {
            behind_point = true;
            number.is_integer = false;
        } else if (add_digit(number, letter)) {
            ++count;
            if (behind_point) ++number.places;
        } else {
            return std::nullopt;
        }
    }
    if (count == 0 || number.places > kMostPlaces) return std::nullopt;
    for (; number.places < 0; ++number.places) {
        if (!multiply_by_ten(number.digits)) return std::nullopt;
    }
    if (negative) number.digits = -number.digits;
    return number;
}

std::optional<std::int64_t> digits_with(const Decimal& number, int places) {
    std::int64_t digits = number.digits;
    for (int i = number.places; i < places; ++i) {
        if (!multiply_by_ten(digits)) return std::nullopt;
    }
    return digits;
}

std::string to_text(const Decimal& number, bool as_real) {
    std::int64_t digits = number.digits;
    int places = number.places;
    for (; places > 0 && digits % 10 == 0; --places) digits /= 10;
    std::string text = std::to_string(digits < 0 ? -digits : digits);
    const auto whole = static_cast<std::size_t>(places) + 1;
    if (text.size() < whole) text.insert(0, whole - text.size(), '0');
    if (places > 0)
        text.insert(text.size() - static_cast<std::size_t>(places), 1, '.');
    else if (as_real)
        text += ".0";
    return digits < 0 ? "-" + text : text;
}

}  // namespace tidemark::sweep
