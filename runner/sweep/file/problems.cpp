#include "sweep/file/problems.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.hpp"

namespace tidemark::sweep {

int Problems::add_file(std::string file) {
    files_.push_back(std::move(file));
    return static_cast<int>(files_.size()) - 1;
}

void Problems::add(Position position, const std::string& key, const std::string& message) {
    const std::string& file = files_.at(static_cast<std::size_t>(position.file));
    const std::string place =
        position.line == 0 ? file : fmt::format("{}:{}:{}", file, position.line, position.column);
    std::string text =
        key.empty() ? fmt::format("{}: {}", place, message) : fmt::format("{}: {}: {}", place, key, message);
    // what is said second of one place most often follows from what is said first
    const bool known = std::ranges::any_of(entries_, [&](const Entry& entry) {
        return entry.text == text || (position.line > 0 && entry.position == position && entry.key == key);
    });
    if (!known) entries_.push_back({position, key, std::move(text)});
}

void Problems::add_option(const std::string& option, const std::string& message) {
    const std::string text = fmt::format("{}: {}", option, message);
    if (std::ranges::find(entries_, text, &Entry::text) == entries_.end()) entries_.push_back({{}, {}, text});
}

void Problems::add_given(Position position, const std::string& key, const std::string& option,
                         const std::string& message) {
    if (option.empty())
        add(position, key, message);
    else
        add_option(option, message);
}

void Problems::add_all(const Problems& other) {
    entries_.insert(entries_.end(), other.entries_.begin(), other.entries_.end());
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
