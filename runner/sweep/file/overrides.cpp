#include "sweep/file/overrides.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "sweep/file/scalar.hpp"

namespace tidemark::sweep {
namespace {

std::optional<GivenParameter> parse(const std::string& text, Problems& problems) {
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
    const Value value = scalar_value(*node);
    if (!is_finite(value)) {
        problems.add_option(option, "must be a finite number");
        return std::nullopt;
    }
    return GivenParameter{text.substr(0, equals), {}, {value, to_text(value), node->text, {}, option}};
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
    for (const std::string& text : overrides) {
        if (const auto given = parse(text, problems)) apply(definition, *given);
    }
}

}  // namespace tidemark::sweep
