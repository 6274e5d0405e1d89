#include "terminal/short_names.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

namespace tidemark::terminal {
namespace {

constexpr std::string_view kBetween = " · ";
constexpr std::string_view kPoint = "·";
constexpr std::array<std::string_view, 5> kSayNothingAlone{"true", "false", "null", "none", ""};

struct Part {
    std::string_view key;
    std::string_view value;
};

/// As a parameter may be called (its characters; what it begins with does not matter here).
bool is_key(std::string_view text) {
    const auto is_of_a_key = [](unsigned char letter) {
        return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
               (letter >= '0' && letter <= '9') || letter == '_' || letter == '.' || letter == '-';
    };
    return !text.empty() && std::ranges::all_of(text, is_of_a_key);
}

/// Nothing: it is not the name of a cell, or has a value that could be taken for several.
std::optional<std::vector<Part>> all_parts_of(std::string_view name) {
    std::vector<Part> parts;
    while (true) {
        const std::size_t comma = name.find(',');
        const std::string_view part = name.substr(0, comma);
        const std::size_t sign = part.find('=');
        if (sign == std::string_view::npos || !is_key(part.substr(0, sign))) return std::nullopt;
        parts.push_back({part.substr(0, sign), part.substr(sign + 1)});
        if (parts.back().value.find_first_of(" =") != std::string_view::npos) return std::nullopt;
        if (comma == std::string_view::npos) break;
        name.remove_prefix(comma + 1);
    }
    return parts;
}

/// Of one part alone the value is too little.
std::optional<std::vector<Part>> parts_of(std::string_view name) {
    auto parts = all_parts_of(name);
    return parts && parts->size() > 1 ? std::move(parts) : std::nullopt;
}

std::string shown(const Part& part) {
    if (std::ranges::find(kSayNothingAlone, part.value) == kSayNothingAlone.end())
        return std::string(part.value);
    return std::string(part.key) + '=' + std::string(part.value);
}

/// What stands between commas, blanks and points.
std::vector<std::string> words_of(std::string_view text) {
    std::vector<std::string> words{""};
    for (std::size_t at = 0; at < text.size();) {
        const bool is_point = text.substr(at).starts_with(kPoint);
        if (is_point || text[at] == ',' || text[at] == ' ') {
            if (!words.back().empty()) words.emplace_back();
            at += is_point ? kPoint.size() : 1;
        } else {
            words.back() += text[at++];
        }
    }
    if (words.back().empty()) words.pop_back();
    return words;
}

}  // namespace

std::string short_run_name(std::string_view name) {
    const auto parts = parts_of(name);
    if (!parts) return std::string(name);
    std::string text;
    for (const Part& part : *parts) text += (text.empty() ? "" : std::string(kBetween)) + shown(part);
    return text;
}

std::vector<std::pair<std::string, std::string>> parts_of_run_name(std::string_view name) {
    std::vector<std::pair<std::string, std::string>> all;
    for (const Part& part : all_parts_of(name).value_or(std::vector<Part>()))
        all.emplace_back(part.key, part.value);
    return all;
}

bool is_short_name_of(std::string_view text, std::string_view name) {
    const auto parts = parts_of(name);
    if (!parts) return false;
    const std::vector<std::string> words = words_of(text);
    return std::ranges::equal(words, *parts, {}, {}, shown);
}

}  // namespace tidemark::terminal
