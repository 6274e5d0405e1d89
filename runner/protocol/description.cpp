#include "protocol/description.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "base/enum_names.hpp"
#include "base/suggestion.hpp"

namespace tidemark::protocol {
namespace {

using nlohmann::json;

constexpr EnumNames<ParameterType, 6> kTypeNames{{{ParameterType::Boolean, "boolean"},
                                                  {ParameterType::Integer, "integer"},
                                                  {ParameterType::Number, "number"},
                                                  {ParameterType::Text, "text"},
                                                  {ParameterType::Choice, "choice"},
                                                  {ParameterType::Path, "path"}}};
json to_json(const ParameterDescription& parameter) {
    json out{{"name", parameter.name},
             {"type", to_text(parameter.type)},
             {"default", tidemark::to_json(parameter.default_value)},
             {"meaning", parameter.meaning}};
    if (parameter.minimum) out["minimum"] = *parameter.minimum;
    if (parameter.maximum) out["maximum"] = *parameter.maximum;
    if (!parameter.choices.empty()) out["choices"] = parameter.choices;
    if (!parameter.environment.empty()) out["environment"] = parameter.environment;
    for (const auto& [value, caveat] : parameter.caveats)
        out["caveats"][value] = {{"text", caveat.text}, {"brief", caveat.brief}};
    if (!parameter.needs.empty()) out["needs"] = parameter.needs;
    if (!parameter.file_prefix.empty()) out["file_prefix"] = parameter.file_prefix;
    return out;
}

/// A plain text is its own short form.
Caveat caveat_from_json(const json& in) {
    if (in.is_string()) return {in.get<std::string>(), in.get<std::string>()};
    return {in.at("text").get<std::string>(), in.at("brief").get<std::string>()};
}

ParameterDescription parameter_from_json(const json& in) {
    ParameterDescription parameter;
    in.at("name").get_to(parameter.name);
    parameter.type = enum_of(kTypeNames, in.at("type").get<std::string>());
    parameter.default_value = value_from_json(in.at("default"));
    parameter.meaning = in.value("meaning", "");
    if (in.contains("minimum")) parameter.minimum = in["minimum"].get<double>();
    if (in.contains("maximum")) parameter.maximum = in["maximum"].get<double>();
    if (in.contains("choices")) in["choices"].get_to(parameter.choices);
    if (in.contains("environment")) in["environment"].get_to(parameter.environment);
    const json caveats = in.value("caveats", json::object());
    for (const auto& [value, caveat] : caveats.items()) parameter.caveats[value] = caveat_from_json(caveat);
    if (in.contains("needs")) in["needs"].get_to(parameter.needs);
    parameter.file_prefix = in.value("file_prefix", "");
    return parameter;
}

json to_json(const ModelDescription& model) {
    json out{
        {"name", model.name}, {"title", model.title}, {"meaning", model.meaning}, {"options", json::array()}};
    if (model.params) out["params"] = *model.params;
    for (const ModelOption& option : model.options) {
        json& own = out["options"].emplace_back(json{{"name", option.name}});
        if (!option.values.empty()) own["values"] = option.values;
    }
    return out;
}

ModelDescription model_from_json(const json& in) {
    ModelDescription model;
    in.at("name").get_to(model.name);
    model.title = in.value("title", model.name);
    model.meaning = in.value("meaning", "");
    if (in.contains("params")) model.params = in["params"].get<std::int64_t>();
    for (const json& option : in.value("options", json::array()))
        model.options.push_back(
            {option.at("name").get<std::string>(), option.value("values", std::vector<std::string>())});
    return model;
}

std::string range_text(const ParameterDescription& parameter) {
    if (parameter.minimum && parameter.maximum)
        return fmt::format(" from {} to {}", *parameter.minimum, *parameter.maximum);
    if (parameter.minimum) return fmt::format(" of at least {}", *parameter.minimum);
    if (parameter.maximum) return fmt::format(" of at most {}", *parameter.maximum);
    return {};
}

bool in_range(const ParameterDescription& parameter, double number) {
    return std::isfinite(number) && (!parameter.minimum || number >= *parameter.minimum) &&
           (!parameter.maximum || number <= *parameter.maximum);
}

CheckedValue check_number(const ParameterDescription& parameter, const Value& value) {
    const bool wants_integer = parameter.type == ParameterType::Integer;
    const std::string wish =
        fmt::format("must be {}{}", wants_integer ? "an integer" : "a number", range_text(parameter));
    if (!is_number(value)) return {std::nullopt, fmt::format("{}, not '{}'", wish, tidemark::to_text(value))};
    const auto* integer = std::get_if<std::int64_t>(&value);
    const double number = integer != nullptr ? static_cast<double>(*integer) : std::get<double>(value);
    constexpr double kExactIntegers = 9007199254740992.0;  // 2^53
    const bool whole =
        integer != nullptr || (number == std::floor(number) && std::abs(number) <= kExactIntegers);
    if (!in_range(parameter, number) || (wants_integer && !whole)) {
        return {std::nullopt, fmt::format("{}, not {}", wish, tidemark::to_text(value))};
    }
    if (!wants_integer) return {Value(number), {}};
    return {integer != nullptr ? value : Value(static_cast<std::int64_t>(number)), {}};
}

CheckedValue check_choice(const ParameterDescription& parameter, const Value& value) {
    const std::string text = tidemark::to_text(value);
    if (std::ranges::find(parameter.choices, text) != parameter.choices.end()) return {Value(text), {}};
    if (!file_of(parameter, text).empty()) return {Value(text), {}};
    const std::vector<std::string_view> names(parameter.choices.begin(), parameter.choices.end());
    const std::string or_file =
        parameter.file_prefix.empty() ? "" : fmt::format(" or {}{}", parameter.file_prefix, kAnyFile);
    return {std::nullopt, fmt::format("must be one of {}{}, not '{}'{}", fmt::join(names, ", "), or_file,
                                      text, did_you_mean(text, names))};
}

}  // namespace

std::string file_of(const ParameterDescription& parameter, std::string_view value) {
    if (parameter.file_prefix.empty() || !value.starts_with(parameter.file_prefix)) return {};
    return std::string(value.substr(parameter.file_prefix.size()));
}

const ParameterDescription* WorkloadDescription::parameter(std::string_view name) const {
    const auto found = std::ranges::find(parameters, name, &ParameterDescription::name);
    return found == parameters.end() ? nullptr : &*found;
}

const MetricDescription* WorkloadDescription::metric(std::string_view name) const {
    const auto found = std::ranges::find(metrics, name, &MetricDescription::name);
    return found == metrics.end() ? nullptr : &*found;
}

json to_json(const WorkloadDescription& description) {
    json out{{"workload", description.workload}, {"program", description.program},
             {"build_id", description.build_id}, {"versions", description.versions},
             {"parameters", json::array()},      {"metrics", json::array()}};
    for (const auto& parameter : description.parameters) out["parameters"].push_back(to_json(parameter));
    for (const auto& metric : description.metrics) {
        out["metrics"].push_back({{"name", metric.name},
                                  {"unit", to_text(metric.unit)},
                                  {"meaning", metric.meaning},
                                  {"headline", metric.headline}});
    }
    if (description.takes_plugins) out["takes_plugins"] = true;
    if (description.self_test) out["self_test"] = true;
    if (!description.version_titles.empty()) out["version_titles"] = description.version_titles;
    if (const LocalText& note = description.repeats_note; !note.english.empty())
        out["repeats_note"] = {{"en", note.english}, {"zh", note.chinese}};
    if (!description.models.empty()) out["models"] = json::array();
    for (const auto& model : description.models) out["models"].push_back(to_json(model));
    return out;
}

WorkloadDescription description_from_json(const json& in) {
    try {
        WorkloadDescription description;
        in.at("workload").get_to(description.workload);
        in.at("program").get_to(description.program);
        in.at("build_id").get_to(description.build_id);
        if (in.contains("versions")) in["versions"].get_to(description.versions);
        for (const json& parameter : in.at("parameters"))
            description.parameters.push_back(parameter_from_json(parameter));
        for (const json& metric : in.value("metrics", json::array())) {
            description.metrics.push_back({metric.at("name").get<std::string>(),
                                           unit_from_text(metric.value("unit", "none")),
                                           metric.value("meaning", ""), metric.value("headline", false)});
        }
        description.takes_plugins = in.value("takes_plugins", false);
        description.self_test = in.value("self_test", false);
        if (in.contains("version_titles")) in["version_titles"].get_to(description.version_titles);
        if (const json note = in.value("repeats_note", json::object()); !note.empty())
            description.repeats_note = {note.at("en").get<std::string>(), note.at("zh").get<std::string>()};
        for (const json& model : in.value("models", json::array()))
            description.models.push_back(model_from_json(model));
        return description;
    } catch (const json::exception& error) {
        throw std::invalid_argument(error.what());
    }
}

CheckedValue check(const ParameterDescription& parameter, const Value& value) {
    if (is_null(value)) {
        if (is_null(parameter.default_value)) return {value, {}};
        return {std::nullopt, "must have a value, not null"};
    }
    switch (parameter.type) {
        case ParameterType::Boolean:
            if (std::holds_alternative<bool>(value)) return {value, {}};
            return {std::nullopt, fmt::format("must be true or false, not '{}'", tidemark::to_text(value))};
        case ParameterType::Integer:
        case ParameterType::Number:
            return check_number(parameter, value);
        case ParameterType::Choice:
            return check_choice(parameter, value);
        case ParameterType::Text:
        case ParameterType::Path:
            return {Value(tidemark::to_text(value)), {}};
    }
    return {value, {}};
}

std::string_view to_text(ParameterType type) {
    return name_of(kTypeNames, type);
}

}  // namespace tidemark::protocol
