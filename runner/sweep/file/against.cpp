#include "sweep/file/against.hpp"

#include <charconv>
#include <string_view>

#include <fmt/format.h>

namespace tidemark::sweep {
namespace {

constexpr std::string_view kBestOf = "best-of:";

std::optional<int> whole_number(std::string_view text) {
    int number = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
    if (parsed.ec != std::errc{} || parsed.ptr != text.data() + text.size()) return std::nullopt;
    return number;
}

}  // namespace

std::string Against::written() const {
    return is_best_of() ? fmt::format("{}{}:{}", kBestOf, baseline, last) : baseline;
}

std::string Against::told() const {
    return is_best_of() ? fmt::format("the best of the last {} of {}", last, baseline) : baseline;
}

std::optional<Against> read_against(const std::string& text, std::string& problem) {
    const std::string_view whole = text;
    if (!whole.starts_with(kBestOf)) {
        if (text.empty()) problem = "names no baseline";
        return text.empty() ? std::nullopt : std::optional(Against{text});
    }
    const std::string_view rest = whole.substr(kBestOf.size());
    const std::size_t colon = rest.rfind(':');
    const auto last = colon == std::string_view::npos ? std::nullopt : whole_number(rest.substr(colon + 1));
    if (!last || *last < 2 || *last > kMostSaves || colon == 0) {
        problem = fmt::format(
            "'{}': the best of a baseline's last saves is written best-of:NAME:N, N from 2 to {}, as in "
            "best-of:main:10",
            text, kMostSaves);
        return std::nullopt;
    }
    return Against{std::string(rest.substr(0, colon)), *last};
}

std::string problem_of_baseline_name(const std::string& name) {
    if (!std::string_view(name).starts_with(kBestOf)) return {};
    return fmt::format(
        "no baseline can be called '{}': check --against reads {} as the best of several saves", name,
        kBestOf);
}

}  // namespace tidemark::sweep
