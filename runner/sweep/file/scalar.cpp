#include "sweep/file/scalar.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>

#include <fmt/format.h>

namespace tidemark::sweep {
namespace {

std::string lower(std::string text) {
    std::ranges::transform(text, text.begin(), [](unsigned char letter) { return std::tolower(letter); });
    return text;
}

bool all_digits(std::string_view text) {
    return !text.empty() &&
           std::ranges::all_of(text, [](char letter) { return letter >= '0' && letter <= '9'; });
}

std::string_view without_sign(std::string_view text) {
    if (!text.empty() && (text.front() == '-' || text.front() == '+')) text.remove_prefix(1);
    return text;
}

template <typename Number>
std::optional<Number> parse_whole(std::string_view text, auto... how) {
    Number number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, how...);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return number;
}

std::optional<Value> parse_integer(std::string_view text) {
    if (text.starts_with("0x")) {
        const auto number = parse_whole<std::int64_t>(text.substr(2), 16);
        return number ? std::optional<Value>(*number) : std::nullopt;
    }
    if (text.starts_with("0o")) {
        const auto number = parse_whole<std::int64_t>(text.substr(2), 8);
        return number ? std::optional<Value>(*number) : std::nullopt;
    }
    if (!all_digits(without_sign(text))) return std::nullopt;
    if (text.front() == '+') text.remove_prefix(1);
    const auto number = parse_whole<std::int64_t>(text);
    return number ? std::optional<Value>(*number) : std::nullopt;
}

/// [-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?
bool looks_real(std::string_view text) {
    text = without_sign(text);
    const std::size_t exponent = text.find_first_of("eE");
    std::string_view mantissa = text.substr(0, exponent);
    if (exponent != std::string_view::npos && !all_digits(without_sign(text.substr(exponent + 1))))
        return false;
    const std::size_t point = mantissa.find('.');
    if (point == std::string_view::npos) return all_digits(mantissa);
    const std::string_view whole = mantissa.substr(0, point);
    const std::string_view fraction = mantissa.substr(point + 1);
    return whole.empty() ? all_digits(fraction)
                         : all_digits(whole) && (fraction.empty() || all_digits(fraction));
}

std::optional<Value> parse_real(std::string_view text) {
    const std::string unsigned_text = lower(std::string(without_sign(text)));
    if (unsigned_text == ".inf") {
        const double infinity = std::numeric_limits<double>::infinity();
        return text.front() == '-' ? -infinity : infinity;
    }
    if (lower(std::string(text)) == ".nan") return std::numeric_limits<double>::quiet_NaN();
    if (!looks_real(text)) return std::nullopt;
    if (text.front() == '+') text.remove_prefix(1);
    const auto number = parse_whole<double>(text);
    return number ? std::optional<Value>(*number) : std::nullopt;
}

std::string leading_zero_problem(std::string_view text) {
    const std::string_view digits = without_sign(text);
    const std::string_view sign = text.substr(0, text.size() - digits.size());
    const std::string_view number = digits.substr(std::min(digits.find_first_not_of('0'), digits.size() - 1));
    if (digits.find_first_of("89") != std::string_view::npos) {
        return fmt::format(
            "'{0}' is a text in YAML 1.1 and a number in YAML 1.2; write {1}{2}, or \"{0}\" for the text",
            text, sign, number);
    }
    // only a number without a sign can be written in octal
    const std::string octal = sign.empty() ? fmt::format(", 0o{} for octal", number) : std::string();
    return fmt::format(
        "'{0}' is octal in YAML 1.1 and decimal in YAML 1.2; write {1}{2}{3}, or \"{0}\" for the text", text,
        sign, number, octal);
}

bool holds_only(std::string_view text, std::string_view letters) {
    return !text.empty() && text.find_first_not_of(letters) == std::string_view::npos;
}

/// 12:30:45, which is 45045 to a reader of YAML 1.1
bool is_sexagesimal(std::string_view digits) {
    std::size_t colon = digits.find(':');
    if (colon == std::string_view::npos || digits.front() == '0' || digits.front() == '_') return false;
    if (!holds_only(digits.substr(0, colon), "0123456789_")) return false;
    while (colon != std::string_view::npos) {
        digits.remove_prefix(colon + 1);
        colon = digits.find(':');
        const std::string_view part = digits.substr(0, colon);
        if (!all_digits(part) || part.size() > 2 || (part.size() == 2 && part.front() > '5')) return false;
    }
    return true;
}

/// The number that underscores, blanks or commas set out, without them; empty where it is none. A comma may
/// stand in a list of numbers as well (`512,256`), and counts only where thousands are plain.
std::string without_separators(std::string_view text) {
    const std::string_view digits = without_sign(text);
    if (digits.empty() ||
        (std::isdigit(static_cast<unsigned char>(digits.front())) == 0 && digits.front() != '.'))
        return {};
    for (const std::string_view thousands : {",000", " 000"}) {
        std::string_view head = digits;
        while (head.ends_with(thousands)) head.remove_suffix(thousands.size());
        constexpr std::size_t kMostInFront = 3;
        if (head.size() < digits.size() && all_digits(head) && head.size() <= kMostInFront) {
            std::string number(text);
            std::erase(number, thousands.front());
            return number;
        }
    }
    if (digits.find('_') == std::string_view::npos) return {};
    std::string number(text);
    std::erase(number, '_');
    return looks_real(number) ? number : std::string();
}

/// `1_000`, `1,000`: a number to a reader, and a text to YAML 1.2. Empty: it is no such thing.
std::string separator_problem(std::string_view text) {
    const std::string number = without_separators(text);
    if (number.empty()) return {};
    const std::string_view digits = without_sign(number);
    if (digits.size() > 1 && digits.front() == '0' && all_digits(digits)) {
        // 0_17 is octal in YAML 1.1, and 0_8 a number in none
        if (digits.find_first_of("89") != std::string_view::npos) return {};
        return fmt::format(
            "'{0}' is octal in YAML 1.1 and a text in YAML 1.2; write the number in plain digits, or "
            "\"{0}\" for the text",
            text);
    }
    return fmt::format(
        "'{0}' looks like a number and is a text in YAML 1.2; write {1}, or \"{0}\" for the text", text,
        number);
}

/// A number by https://yaml.org/type/int.html and float.html, but a text by YAML 1.2.
bool is_number_of_old_yaml_alone(std::string_view text) {
    const std::string_view digits = without_sign(text);
    if (digits.starts_with("0b")) return holds_only(digits.substr(2), "01_");
    if (digits.starts_with("0x")) {
        const bool differs = digits.size() != text.size() || digits.find('_') != std::string_view::npos;
        return differs && holds_only(digits.substr(2), "0123456789abcdefABCDEF_");
    }
    return is_sexagesimal(digits);
}

/// `0X1F`, `-0o17`, `0o1_7`: as programming languages write numbers, and YAML does not.
bool is_number_of_programs_alone(std::string_view text) {
    const std::string digits = lower(std::string(without_sign(text)));
    if (digits.size() < 3 || digits.front() != '0' || parse_integer(text)) return false;
    switch (digits[1]) {
        case 'x':
            return holds_only(digits.substr(2), "0123456789abcdef_");
        case 'o':
            return holds_only(digits.substr(2), "01234567_");
        case 'b':
            return holds_only(digits.substr(2), "01_");
        default:
            return false;
    }
}

}  // namespace

Value scalar_value(const Node& node) {
    if (node.kind != Node::Kind::Scalar) return std::monostate{};
    if (node.quoted) return node.text;
    const std::string& text = node.text;
    if (text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL")
        return std::monostate{};
    if (text == "true" || text == "True" || text == "TRUE") return true;
    if (text == "false" || text == "False" || text == "FALSE") return false;
    if (const auto integer = parse_integer(text)) return *integer;
    if (const auto real = parse_real(text)) return *real;
    return text;
}

std::string shown_value(const Value& value, const std::string& written) {
    return is_null(value) ? to_text(value) : written;
}

bool is_finite(const Value& value) {
    const auto* number = std::get_if<double>(&value);
    return number == nullptr || std::isfinite(*number);
}

std::string scalar_problem(const Node& node) {
    if (node.text.find('\0') != std::string::npos)
        return "holds a NUL (\\0), which ends a text for every program; leave it out";
    if (node.quoted) return {};
    constexpr std::array kYes{"yes", "on"};
    constexpr std::array kNo{"no", "off"};
    const std::string word = lower(node.text);
    const auto is_one_of = [&](const auto& words) { return std::ranges::find(words, word) != words.end(); };
    if (is_one_of(kYes) || is_one_of(kNo)) {
        return fmt::format(
            "'{0}' is a boolean in YAML 1.1 and a text in YAML 1.2; write {1}, or \"{0}\" for the text",
            node.text, is_one_of(kYes) ? "true" : "false");
    }
    const std::string_view digits = without_sign(node.text);
    if (digits.size() > 1 && digits.front() == '0' && all_digits(digits))
        return leading_zero_problem(node.text);
    if (is_number_of_old_yaml_alone(node.text)) {
        return fmt::format(
            "'{0}' is a number in YAML 1.1 and a text in YAML 1.2; write the number in plain digits, or "
            "\"{0}\" for the text",
            node.text);
    }
    if (is_number_of_programs_alone(node.text)) {
        return fmt::format(
            "'{0}' looks like a number and is a text in YAML 1.2; write the number in plain digits, or "
            "\"{0}\" for "
            "the text",
            node.text);
    }
    if (std::string problem = separator_problem(node.text); !problem.empty()) return problem;
    if (looks_real(node.text) && !parse_integer(node.text) &&
        (all_digits(digits) || !parse_real(node.text))) {
        return fmt::format("the number {0} does not fit into 64 bits; write \"{0}\" for the text", node.text);
    }
    return {};
}

}  // namespace tidemark::sweep
