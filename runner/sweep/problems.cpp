#include "sweep/problems.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.hpp"

namespace tidemark::sweep {

void Problems::add(Position position, const std::string& key, const std::string& message) {
    const std::string place =
        position.line == 0 ? file_ : fmt::format("{}:{}:{}", file_, position.line, position.column);
    std::string text =
        key.empty() ? fmt::format("{}: {}", place, message) : fmt::format("{}: {}: {}", place, key, message);
    const bool known = std::ranges::any_of(entries_, [&](const Entry& entry) { return entry.text == text; });
    if (!known) entries_.push_back({position, std::move(text)});
}

void Problems::add_option(const std::string& option, const std::string& message) {
    entries_.push_back({{}, fmt::format("{}: {}", option, message)});
}

void Problems::throw_if_any() const {
    if (entries_.empty()) return;
    std::vector<Entry> sorted = entries_;
    std::ranges::stable_sort(sorted, {}, &Entry::position);
    std::vector<std::string> texts;
    for (const Entry& entry : sorted) texts.push_back(entry.text);
    throw UsageError(texts);
}

}  // namespace tidemark::sweep
