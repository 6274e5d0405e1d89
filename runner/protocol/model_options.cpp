#include "protocol/model_options.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace tidemark::protocol {
namespace {

constexpr char kAndThen = '+';

const ModelOption* option_of(const ModelDescription& model, std::string_view parameter) {
    const auto found = std::ranges::find(model.options, parameter, &ModelOption::name);
    return found == model.options.end() ? nullptr : &*found;
}

/// Whether the value is the model's name with a file in it, as in script:net.pt.
bool is_of_file(const ModelDescription& model, std::string_view value) {
    if (!model.name.ends_with(kAnyFile)) return false;
    const std::string_view prefix =
        std::string_view(model.name).substr(0, model.name.size() - kAnyFile.size());
    return value.size() > prefix.size() && value.starts_with(prefix);
}

bool takes(const ModelOption& option, const std::string& value) {
    return option.values.empty() || std::ranges::find(option.values, value) != option.values.end();
}

/// "h2q", "h2q and mlp", "h2q, mlp and mine"
std::string enumeration(const std::vector<std::string>& names) {
    if (names.size() < 2) return names.empty() ? std::string() : names.front();
    return fmt::format("{} and {}", fmt::join(names.begin(), names.end() - 1, ", "), names.back());
}

}  // namespace

std::vector<const ModelDescription*> models_named(const WorkloadDescription& workload,
                                                  std::string_view value) {
    const auto of_file = std::ranges::find_if(
        workload.models, [&](const ModelDescription& model) { return is_of_file(model, value); });
    if (of_file != workload.models.end()) return {&*of_file};  // whatever characters the path has
    std::vector<const ModelDescription*> found;
    while (true) {
        const std::string_view name = value.substr(0, value.find(kAndThen));
        const auto model = std::ranges::find(workload.models, name, &ModelDescription::name);
        if (model != workload.models.end()) found.push_back(&*model);
        if (name.size() == value.size()) return found;
        value.remove_prefix(name.size() + 1);
    }
}

std::optional<std::string> model_misfit(const WorkloadDescription& workload, std::string_view model,
                                        const ParameterDescription& parameter, const Value& value) {
    if (is_null(value) || value == parameter.default_value) return std::nullopt;
    std::vector<std::string> those_that_have;
    for (const ModelDescription& one : workload.models) {
        if (option_of(one, parameter.name) != nullptr) those_that_have.push_back(one.name);
    }
    const auto models = models_named(workload, model);
    if (those_that_have.empty() || models.empty()) return std::nullopt;
    const std::string text = tidemark::to_text(value);
    const ModelOption* limited = nullptr;
    for (const ModelDescription* one : models) {
        const ModelOption* option = option_of(*one, parameter.name);
        if (option == nullptr) continue;
        if (takes(*option, text)) return std::nullopt;
        limited = option;
    }
    if (limited != nullptr) {
        return fmt::format("the model '{}' has no {} '{}', only {}", model, parameter.name, text,
                           enumeration(limited->values));
    }
    return fmt::format("the model '{}' has no {}; {} {}", model, parameter.name, enumeration(those_that_have),
                       those_that_have.size() == 1 ? "has" : "have");
}

}  // namespace tidemark::protocol
