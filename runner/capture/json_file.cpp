#include "capture/json_file.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/files.hpp"
#include "base/suggestion.hpp"
#include "base/units.hpp"
#include "capture/left_file.hpp"
#include "capture/nearest_line.hpp"
#include "capture/number.hpp"
#include "capture/series.hpp"

namespace tidemark::capture {
namespace {

using nlohmann::json;

/// A JSON file is read as a whole.
constexpr std::int64_t kLargestJson = 64 * kMebibyte;

std::optional<double> number_of(const json& value) {
    if (value.is_number()) return value.get<double>();
    if (value.is_boolean()) return value.get<bool>() ? 1.0 : 0.0;
    return value.is_string() ? number_from(value.get_ref<const std::string&>()) : std::nullopt;
}

/// Why there is nothing at the pointer: the deepest place on its way that there is, and what it has.
std::string explain_missing(const json& document, const json::json_pointer& pointer) {
    json::json_pointer parent = pointer;
    std::string key;
    while (!parent.empty()) {
        key = parent.back();
        parent.pop_back();
        if (document.contains(parent)) break;
    }
    const json& deepest = document.at(parent);
    if (!deepest.is_object())
        return fmt::format("there is nothing at {}; {} is no object", pointer.to_string(),
                           parent.empty() ? "the whole" : parent.to_string());
    std::vector<std::string_view> names;
    for (const auto& member : deepest.items()) names.emplace_back(member.key());
    std::string text = fmt::format("there is nothing at {}{}", pointer.to_string(), did_you_mean(key, names));
    return text;
}

}  // namespace

void take_from_json(const protocol::Capture& capture, const Leavings& leavings, Captured& found) {
    const auto file = left_file(capture, leavings, found);
    if (!file) return;
    const auto refuse = [&](const std::string& why) {
        report_lacking(capture, fmt::format("{}: {}", file->string(), why), found);
    };
    const Bytes size{static_cast<std::int64_t>(std::filesystem::file_size(*file))};
    if (size.value > kLargestJson)
        return refuse(fmt::format("has {}, and of JSON at most {} is read; CSV may be of any size",
                                  to_text(size), to_text(Bytes{kLargestJson})));
    const json document = json::parse(read_file(*file).value_or(""), nullptr, false);
    if (document.is_discarded()) return refuse("is not JSON");
    const json::json_pointer pointer(capture.what);
    if (!document.contains(pointer)) return refuse(explain_missing(document, pointer));
    const json& value = document.at(pointer);
    Series series(capture, found);
    for (const json& item : value.is_array() ? value : json::array({value})) {
        const auto number = number_of(item);
        if (!number)
            return refuse(fmt::format("at {} is no number: {}", capture.what, quoted_line(item.dump())));
        if (series.wants_more()) series.add(*number);
    }
    series.finish();
    if (series.is_empty()) refuse(fmt::format("the list at {} is empty", capture.what));
}

}  // namespace tidemark::capture
