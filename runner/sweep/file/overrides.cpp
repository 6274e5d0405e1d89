#include "sweep/file/overrides.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "sweep/file/scalar.hpp"

namespace tidemark::sweep {
namespace {

/// One text with commas where an axis stands is more likely meant as several of its values.
std::string list_problem(const std::string& name, const Node& given, const Definition& definition) {
    const bool is_axis = std::ranges::find(definition.matrix, name, &Axis::name) != definition.matrix.end();
    if (!is_axis || given.quoted || given.text.find(',') == std::string::npos) return {};
    return fmt::format(
        "gives the axis '{0}' one value, a text with a comma. To make some of its values: --only \"{0} IN "
        "(…)\"; "
        "to give it others, write them in the file; if the text is meant: --set '{0}=\"{1}\"'",
        name, given.text);
}

std::optional<GivenParameter> parse(const std::string& text, const Definition& definition,
                                    Problems& problems) {
    const std::string option = fmt::format("--set {}", text);
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0) {
        problems.add_option(option, "must be written name=value");
        return std::nullopt;
    }
    const std::optional<Node> node = read_scalar(text.substr(equals + 1));
    if (!node) {
        problems.add_option(option, "the quotes of the value do not match");
        return std::nullopt;
    }
    if (const std::string problem = scalar_problem(*node); !problem.empty()) {
        problems.add_option(option, problem);
        return std::nullopt;
    }
    if (const std::string problem = list_problem(text.substr(0, equals), *node, definition);
        !problem.empty()) {
        problems.add_option(option, problem);
        return std::nullopt;
    }
    const Value value = scalar_value(*node);
    if (!is_finite(value)) {
        problems.add_option(option, "must be a finite number");
        return std::nullopt;
    }
    return GivenParameter{
        text.substr(0, equals), {}, {value, shown_value(value, node->text), node->text, {}, option}};
}

void replace_in_runs(std::vector<NamedRun>& runs, const GivenParameter& given) {
    for (NamedRun& run : runs) {
        for (GivenParameter& own : run.parameters) {
            if (own.name == given.name) own.value = given.value;
        }
    }
}

void apply(Definition& definition, const GivenParameter& given) {
    replace_in_runs(definition.runs, given);
    std::erase_if(definition.derive,
                  [&](const GivenExpression& derived) { return derived.name == given.name; });
    const auto axis = std::ranges::find(definition.matrix, given.name, &Axis::name);
    if (axis != definition.matrix.end()) axis->values = {given.value};
    const auto parameter = std::ranges::find(definition.parameters, given.name, &GivenParameter::name);
    // also where it is an axis: named runs that do not give it take it from here
    if (parameter != definition.parameters.end())
        parameter->value = given.value;
    else
        definition.parameters.push_back(given);
}

}  // namespace

void apply_overrides(Definition& definition, const std::vector<std::string>& overrides, Problems& problems) {
    std::map<std::string, std::string> options;  // by parameter
    for (const std::string& text : overrides) {
        const auto given = parse(text, definition, problems);
        if (!given) continue;
        const auto [first, is_new] = options.emplace(given->name, given->value.option);
        if (is_new)
            apply(definition, *given);
        else
            problems.add_option(given->value.option, fmt::format("'{}' is set already, by {}; say it once",
                                                                 given->name, first->second));
    }
}

}  // namespace tidemark::sweep
