#include "protocol/result_columns.hpp"

#include <algorithm>
#include <cctype>
#include <set>

namespace tidemark::protocol {
namespace {

template <typename Names>
constexpr bool contains(const Names& names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

const KnownMetric* find_known(std::string_view name) {
    const auto found = std::ranges::find(kKnownMetrics, name, &KnownMetric::name);
    return found == kKnownMetrics.end() ? nullptr : &*found;
}

std::string_view suffix_of(Unit unit) {
    switch (unit) {
        case Unit::Bytes:
            return "_bytes";
        case Unit::Seconds:
            return "_s";
        case Unit::PerSecond:
            return "_per_s";
        case Unit::BytesPerSecond:
            return "_bytes_per_s";
        default:
            return "";
    }
}

/// `epoch_s` → `epoch`, `best_loss` → `best loss`.
std::string readable(std::string_view name, Unit unit) {
    const std::string_view suffix = suffix_of(unit);
    if (name.size() > suffix.size() && name.ends_with(suffix)) name.remove_suffix(suffix.size());
    std::string text(name);
    std::ranges::replace(text, '_', ' ');
    return text;
}

}  // namespace

std::span<const std::string_view> further_result_columns() {
    static const std::vector<std::string_view> names = [] {
        std::vector<std::string_view> further;
        for (const Figure& figure : kFigures) {
            if (!contains(kResultColumns, figure.name)) further.push_back(figure.name);
        }
        further.push_back(kLastWords);
        further.push_back(kRevision);
        further.push_back(kTags);
        further.push_back(kNote);
        return further;
    }();
    return names;
}

bool is_annotation(std::string_view name) {
    return name == kTags || name == kNote;
}

bool is_fixed_column(std::string_view name) {
    if (is_annotation(name)) return false;
    return contains(kResultColumns, name) || contains(further_result_columns(), name);
}

bool is_repeat_column(std::string_view name) {
    return contains(kRepeatColumns, name);
}

std::string told_reason(const std::string& reason, const std::string& last_words) {
    if (last_words.empty() || reason.empty()) return reason + last_words;
    return reason + ": " + last_words;
}

Unit unit_of(std::string_view name) {
    if (const Figure* figure = find_figure(name)) return figure->unit;
    if (name == kCpuTime.name) return kCpuTime.unit;
    if (const KnownMetric* metric = find_known(name)) return metric->unit;
    if (name.ends_with("_bytes")) return Unit::Bytes;
    if (name.ends_with("_bytes_per_s")) return Unit::BytesPerSecond;
    if (name.ends_with("_per_s")) return Unit::PerSecond;
    if (name.ends_with("_s")) return Unit::Seconds;
    return Unit::None;
}

std::string heading_of(std::string_view name, Unit unit, Language language) {
    const bool chinese = language == Language::Chinese;
    if (const Figure* figure = find_figure(name))
        return std::string(chinese ? figure->chinese : figure->heading);
    const KnownMetric* metric = find_known(name);
    // a program that declares another unit means another thing by the name
    if (metric != nullptr && metric->unit == unit)
        return std::string(chinese ? metric->chinese : metric->heading);
    return readable(name, unit);
}

std::string title_of(std::string_view name, Unit unit) {
    if (name == kCpuTime.name) return std::string(kCpuTime.title);
    const Figure* figure = find_figure(name);
    return figure == nullptr ? heading_of(name, unit) : std::string(figure->title);
}

Noise noise_of(std::string_view name, Unit unit) {
    if (const Figure* figure = find_figure(name)) return figure->noise;
    if (name == kCpuTime.name) return kCpuTime.noise;
    switch (unit) {
        case Unit::Bytes:
            return Noise::Memory;
        case Unit::Seconds:
        case Unit::PerSecond:
        case Unit::BytesPerSecond:
            return Noise::WallTime;
        default:
            return Noise::None;
    }
}

std::vector<std::string> all_result_columns(const std::vector<std::string>& parameters,
                                            const std::vector<std::string>& metrics) {
    std::vector<std::string> all;
    std::set<std::string, std::less<>> seen;
    const auto add = [&](std::string_view name) {
        // as SQLite tells columns from each other
        std::string small(name);
        std::ranges::transform(small, small.begin(),
                               [](unsigned char letter) { return std::tolower(letter); });
        if (seen.insert(std::move(small)).second) all.emplace_back(name);
    };
    for (const std::string_view name : kResultColumns) add(name);
    for (const std::string& name : parameters) add(name);
    for (const std::string& name : metrics) add(name);
    for (const std::string_view name : further_result_columns()) add(name);
    return all;
}

}  // namespace tidemark::protocol
