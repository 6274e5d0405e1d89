#include "capture/json_file.hpp"

#include <algorithm>
#include <functional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/files.hpp"
#include "base/loose_json.hpp"
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

Written number_of(const protocol::Capture& capture, const json& value) {
    if (value.is_number()) return {value.get<double>(), {}};
    if (value.is_boolean()) return {value.get<bool>() ? 1.0 : 0.0, {}};
    if (value.is_string()) return written_value(capture, value.get_ref<const std::string&>());
    return {std::nullopt, "is no number"};
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

/// The lines of a file that has a JSON object on each; the last one may be half written, and blank ones do
/// not count. Stops where `use` answers false.
void for_each_object(std::string_view text, const std::function<bool(std::int64_t, const json*)>& use) {
    std::int64_t number = 0;
    while (!text.empty()) {
        const std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        ++number;
        if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
        const json document = parse_loose_json(line);
        if (!use(number, document.is_object() ? &document : nullptr)) return;
    }
}

/// A metric on its way through a JSON file.
class JsonMetric {
  public:
    JsonMetric(const protocol::Capture& capture, Captured& found)
        : capture_(capture), pointer_(capture.what), series_(capture, found) {}

    /// What is wrong, if anything.
    std::string read(const std::string& text) {
        std::string nesting;
        const json whole = parse_loose_json(text, &nesting);
        std::string problem = whole.is_discarded() ? read_lines(text, nesting) : read_whole(whole);
        series_.finish();
        return problem;
    }

  private:
    std::string read_whole(const json& document) {
        if (!document.contains(pointer_)) return explain_missing(document, pointer_);
        if (std::string problem = take(document.at(pointer_)); !problem.empty()) return problem;
        return series_.is_empty() ? fmt::format("the list at {} is empty", capture_.what) : std::string();
    }

    /// Those that have not the key, or null, are about something else.
    std::string read_lines(const std::string& text, const std::string& nesting) {
        const std::int64_t objects = count_objects(text);
        if (objects == 0) return nesting.empty() ? "is not JSON" : nesting;
        std::string problem;
        for_each_object(text, [&](std::int64_t number, const json* object) {
            if (object == nullptr) return false;
            if (!object->contains(pointer_)) {
                if (problem.empty()) problem = explain_missing(*object, pointer_);
            } else if (const json& value = object->at(pointer_); !value.is_null()) {
                const std::string own = take(value);
                if (!own.empty() && refused_.empty()) refused_ = fmt::format("line {}: {}", number, own);
            }
            return series_.wants_more();
        });
        if (!series_.is_empty()) return {};
        if (!refused_.empty()) return refused_;
        if (problem.empty())
            return fmt::format("at {} none of its {} objects has a number", capture_.what, objects);
        return fmt::format("none of its {} objects has it: {}", objects, problem);
    }

    /// 0: these are no objects, one on each line.
    static std::int64_t count_objects(const std::string& text) {
        std::int64_t objects = 0;
        bool is_broken = false;  // allowed of the last line alone
        for_each_object(text, [&](std::int64_t, const json* object) {
            if (is_broken) objects = 0;
            if (is_broken) return false;
            is_broken = object == nullptr;
            if (!is_broken) ++objects;
            return true;
        });
        return objects;
    }

    std::string take(const json& value) {
        for (const json& item : value.is_array() ? value : json::array({value})) {
            const Written number = number_of(capture_, item);
            if (!number.number) {
                return fmt::format("at {} {}: {}", capture_.what, number.problem,
                                   quoted_line(item.dump(-1, ' ', false, json::error_handler_t::replace)));
            }
            if (series_.wants_more()) series_.add(*number.number);
        }
        return {};
    }

    const protocol::Capture& capture_;
    json::json_pointer pointer_;
    Series series_;
    std::string refused_;
};

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
    const std::string problem = JsonMetric(capture, found).read(read_file(*file).value_or(""));
    if (!problem.empty()) refuse(problem);
}

}  // namespace tidemark::capture
