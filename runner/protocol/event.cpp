#include "protocol/event.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/loose_json.hpp"
#include "base/special_number.hpp"

namespace tidemark::protocol {
namespace {

using nlohmann::json;

std::optional<double> number_from(const json& value) {
    if (value.is_number()) return value.get<double>();
    if (value.is_boolean()) return value.get<bool>() ? 1.0 : 0.0;
    if (!value.is_string()) return std::nullopt;
    return special_number(value.get_ref<const std::string&>());
}

std::optional<std::int64_t> integer_from(const json& object, const char* key) {
    const auto found = object.find(key);
    if (found == object.end()) return std::nullopt;
    if (found->is_number_integer()) return found->get<std::int64_t>();
    constexpr double kExactIntegers = 9007199254740992.0;  // 2^53
    if (!found->is_number_float()) return std::nullopt;
    const double number = found->get<double>();
    if (number != std::floor(number) || std::abs(number) > kExactIntegers) return std::nullopt;
    return static_cast<std::int64_t>(number);
}

std::string text_from(const json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::optional<Event> refuse(std::string* problem, std::string why) {
    if (problem != nullptr) *problem = std::move(why);
    return std::nullopt;
}

std::optional<Event> parse_metric(const json& line, Event event, std::string* problem) {
    Metric metric{text_from(line, "name"), 0, integer_from(line, "epoch")};
    if (!is_valid_name(metric.name))
        return refuse(problem, fmt::format("'{}' is not a metric's name", metric.name));
    const auto value = line.find("value");
    const auto number = value == line.end() ? std::nullopt : number_from(*value);
    if (!number) return refuse(problem, fmt::format("metric '{}' has no number as its value", metric.name));
    metric.value = *number;
    const auto epoch = line.find("epoch");
    const bool is_odd = epoch != line.end() && !epoch->is_null() && !metric.epoch;
    if (is_odd && problem != nullptr) {
        *problem = fmt::format("the epoch of metric '{}' is no whole number: {}", metric.name,
                               epoch->dump(-1, ' ', false, json::error_handler_t::replace));
    }
    event.what = metric;
    return event;
}

std::optional<Event> parse_progress(const json& line, Event event, std::string* problem) {
    const auto step = integer_from(line, "step");
    const auto total = integer_from(line, "total");
    if (!step || !total) return refuse(problem, "progress needs 'step' and 'total'");
    const auto loss = line.find("loss");
    event.what = Progress{*step, *total, integer_from(line, "epoch"), integer_from(line, "epochs"),
                          loss == line.end() ? std::nullopt : number_from(*loss)};
    return event;
}

std::optional<Event> parse_info(const json& line, Event event, std::string* problem) {
    Info info{text_from(line, "name"), {}};
    if (!is_valid_name(info.name))
        return refuse(problem, fmt::format("'{}' is not an info's name", info.name));
    const auto value = line.find("value");
    if (value == line.end()) return refuse(problem, fmt::format("info '{}' has no value", info.name));
    info.value = value_from_json(*value);
    event.what = info;
    return event;
}

json to_json(const Metric& metric) {
    json out{{"event", "metric"}, {"name", metric.name}, {"value", tidemark::to_json(Value(metric.value))}};
    if (metric.epoch) out["epoch"] = *metric.epoch;
    return out;
}

json to_json(const Progress& progress) {
    json out{{"event", "progress"}, {"step", progress.step}, {"total", progress.total}};
    if (progress.epoch) out["epoch"] = *progress.epoch;
    if (progress.epochs) out["epochs"] = *progress.epochs;
    if (progress.loss) out["loss"] = tidemark::to_json(Value(*progress.loss));
    return out;
}

json to_json(const Phase& phase) {
    return {{"event", "phase"}, {"name", phase.name}};
}

json to_json(const Info& info) {
    return {{"event", "info"}, {"name", info.name}, {"value", tidemark::to_json(info.value)}};
}

}  // namespace

std::string to_line(const Event& event) {
    json out = std::visit([](const auto& what) { return to_json(what); }, event.what);
    if (event.t) out["t"] = event.t->value;
    return out.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::optional<Event> parse_event(std::string_view text, std::string* problem) {
    std::string nesting;
    const json line = parse_loose_json(text, &nesting);
    if (!nesting.empty()) return refuse(problem, std::move(nesting));
    if (!line.is_object()) return refuse(problem, "not a JSON object");
    Event event;
    if (const auto t = line.find("t"); t != line.end() && t->is_number()) event.t = Seconds{t->get<double>()};
    const std::string kind = text_from(line, "event");
    if (kind == "metric") return parse_metric(line, std::move(event), problem);
    if (kind == "progress") return parse_progress(line, std::move(event), problem);
    if (kind == "info") return parse_info(line, std::move(event), problem);
    if (kind == "phase") {
        event.what = Phase{text_from(line, "name")};
        if (is_valid_name(std::get<Phase>(event.what).name)) return event;
        return refuse(problem, fmt::format("'{}' is not a phase's name", std::get<Phase>(event.what).name));
    }
    return refuse(problem, fmt::format("unknown event '{}'", kind));
}

bool is_valid_name(std::string_view name) {
    constexpr std::size_t kLongest = 64;
    const auto starts = [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; };
    const auto continues = [&](char c) { return starts(c) || (c >= '0' && c <= '9'); };
    return !name.empty() && name.size() <= kLongest && starts(name.front()) &&
           std::ranges::all_of(name, continues);
}

}  // namespace tidemark::protocol
