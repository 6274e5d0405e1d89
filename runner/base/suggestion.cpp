#include "base/suggestion.hpp"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

namespace tidemark {
namespace {

constexpr int kWholeEdit = 2;  // costs are in half edits, so that a difference of case alone costs one
constexpr int kCaseEdit = 1;

char lower(char letter) {
    return static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
}

int distance(std::string_view a, std::string_view b) {
    std::vector<int> before(b.size() + 1), last(b.size() + 1), current(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) last[j] = kWholeEdit * static_cast<int>(j);
    for (std::size_t i = 1; i <= a.size(); ++i) {
        current[0] = kWholeEdit * static_cast<int>(i);
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const int substitution = a[i - 1] == b[j - 1]                 ? 0
                                     : lower(a[i - 1]) == lower(b[j - 1]) ? kCaseEdit
                                                                          : kWholeEdit;
            current[j] =
                std::min({last[j] + kWholeEdit, current[j - 1] + kWholeEdit, last[j - 1] + substitution});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                current[j] = std::min(current[j], before[j - 2] + kWholeEdit);
            }
        }
        before.swap(last);
        last.swap(current);
    }
    return last[b.size()];
}

/// `batch_size` for `batch`, where no other candidate has that part.
std::optional<std::string> only_one_with(std::string_view part,
                                         const std::vector<std::string_view>& candidates) {
    constexpr std::size_t kShortestPart = 3;
    if (part.size() < kShortestPart) return std::nullopt;
    std::optional<std::string> found;
    for (const std::string_view candidate : candidates) {
        const std::string begin = std::string(part) + "_";
        const std::string end = "_" + std::string(part);
        const bool has_part = candidate.starts_with(begin) || candidate.ends_with(end) ||
                              candidate.find(end + "_") != std::string_view::npos;
        if (!has_part || candidate == found) continue;
        if (found) return std::nullopt;
        found = candidate;
    }
    return found;
}

}  // namespace

std::optional<std::string> nearest(std::string_view word, const std::vector<std::string_view>& candidates) {
    const int limit = kWholeEdit * std::max<int>(1, static_cast<int>(word.size()) / 3);
    int best = limit + 1;
    std::optional<std::string> found;
    for (std::string_view candidate : candidates) {
        const int cost = distance(word, candidate);
        if (cost < best) {
            best = cost;
            found = candidate;
        }
    }
    return found ? found : only_one_with(word, candidates);
}

std::string did_you_mean(std::string_view word, const std::vector<std::string_view>& candidates) {
    const auto found = nearest(word, candidates);
    return found ? fmt::format(" (did you mean '{}'?)", *found) : std::string();
}

}  // namespace tidemark
