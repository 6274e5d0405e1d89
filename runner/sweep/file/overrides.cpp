#include "sweep/file/overrides.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "sweep/file/flow_value.hpp"
#include "sweep/file/grammar.hpp"
#include "sweep/file/scalar.hpp"
#include "sweep/file/structure.hpp"

namespace tidemark::sweep {
namespace {

std::string said_twice(const std::string& name, const std::string& first) {
    return fmt::format("'{}' is set already, by {}; say it once", name, first);
}

/// One text with commas where an axis stands is more likely meant as several of its values.
std::string list_problem(const std::string& name, const Node& given, const Definition& definition) {
    const bool is_axis =
        std::ranges::any_of(definition.matrix, [&](const Axis& axis) { return axis.find(name).has_value(); });
    if (!is_axis || given.quoted || given.text.find(',') == std::string::npos) return {};
    return fmt::format(
        "gives the axis '{0}' one value, a text with a comma. To make some of its values: --only \"{0} IN "
        "(…)\"; "
        "to give it others, write them in the file; if the text is meant: --set '{0}=\"{1}\"'",
        name, given.text);
}

/// Whether the file gives the parameter a list or a map somewhere, so that brackets are no text.
bool takes_structure(const Definition& definition, const std::string& name) {
    bool takes = false;
    for_each_value(definition, name, [&](const GivenValue& value) { takes = takes || value.is_structure; });
    return takes;
}

std::optional<GivenParameter> structure(const std::string& name, const Node& node, const std::string& option,
                                        Problems& problems) {
    Problems own("");
    const auto json = json_of(node, name, own);
    if (json && !own.any()) return GivenParameter{name, {}, {*json, *json, *json, {}, option, true}};
    problems.add_option(option, "must hold finite numbers");
    return std::nullopt;
}

std::optional<GivenParameter> parse(const std::string& text, const Definition& definition,
                                    Problems& problems) {
    const std::string option = fmt::format("--set {}", text);
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0) {
        problems.add_option(option, "must be written name=value");
        return std::nullopt;
    }
    if (takes_structure(definition, text.substr(0, equals))) {
        if (const auto node = read_flow_value(text.substr(equals + 1)))
            return structure(text.substr(0, equals), *node, option, problems);
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

/// The axis is left with that one value, or with what is linked to it, each once.
void replace_in_axis(Axis& axis, const GivenParameter& given) {
    const auto place = axis.find(given.name);
    if (!place) return;
    if (axis.names.size() == 1) {
        axis.query.reset();
        axis.points = {{{given.value}, {}}};
        return;
    }
    std::vector<AxisPoint> left;
    for (AxisPoint& point : axis.points) {
        point.values[*place] = given.value;
        const auto is_equal = [&](const AxisPoint& other) {
            return std::ranges::equal(point.values, other.values, {}, &GivenValue::value, &GivenValue::value);
        };
        if (std::ranges::none_of(left, is_equal)) left.push_back(std::move(point));
    }
    axis.points = std::move(left);
}

/// What an entry of `include` adds; which cells it is for, axes say.
void replace_in_additions(Definition& definition, const GivenParameter& given) {
    const bool is_axis = std::ranges::any_of(
        definition.matrix, [&](const Axis& axis) { return axis.find(given.name).has_value(); });
    if (is_axis) return;
    for (GivenAddition& addition : definition.additions) {
        for (GivenParameter& own : addition.parameters) {
            if (own.name == given.name) own.value = given.value;
        }
    }
}

void apply(Definition& definition, const GivenParameter& given) {
    replace_in_runs(definition.runs, given);
    replace_in_runs(definition.each, given);
    replace_in_additions(definition, given);
    const auto derived = std::ranges::find(definition.derive, given.name, &GivenExpression::name);
    Position derived_at;  // the file knows the name, though it no longer gives it a value
    if (derived != definition.derive.end()) {
        derived_at = derived->position;
        definition.derive.erase(derived);
    }
    for (Axis& axis : definition.matrix) replace_in_axis(axis, given);
    const auto parameter = std::ranges::find(definition.parameters, given.name, &GivenParameter::name);
    // also where it is an axis: named runs that do not give it take it from here
    if (parameter != definition.parameters.end())
        parameter->value = given.value;
    else
        definition.parameters.push_back({given.name, derived_at, given.value});
}

void set_limit(const std::string& name, const std::string& value, const std::string& option,
               protocol::Limits& limits, Problems& problems) {
    if (value == "none") {
        for_each_limit(limits, [&](const protocol::LimitName& own, auto& limit) {
            if (own.key == name) limit = {};
        });
        return;
    }
    Node node;
    node.kind = Node::Kind::Scalar;
    node.text = value;
    Problems own(option);
    read_limit(name, node, "", limits, own);
    problems.add_all(own);
}

}  // namespace

void apply_command_line(Definition& definition, const std::vector<std::string>& limits,
                        std::optional<int> repeat, Problems& problems) {
    if (repeat) {
        definition.repeat = Repeats::fixed(*repeat);
        for (NamedRun& run : definition.runs) run.repeat.reset();
    }
    std::vector<std::string_view> names;
    for_each_limit(definition.limits,
                   [&](const protocol::LimitName& name, auto&) { names.push_back(name.key); });
    std::map<std::string, std::string> options;  // by limit
    for (const std::string& text : limits) {
        const std::string option = fmt::format("--limit {}", text);
        const std::size_t equals = text.find('=');
        const std::string name = text.substr(0, equals);
        if (equals == std::string::npos || equals == 0) {
            problems.add_option(option, "must be written name=value, such as memory=2GiB");
            continue;
        }
        if (std::ranges::find(names, name) == names.end()) {
            problems.add_option(option, fmt::format("there is no such limit{}; limits are {}",
                                                    key_meant(name, limit_keys()), fmt::join(names, ", ")));
            continue;
        }
        if (const auto [first, is_new] = options.emplace(name, option); !is_new) {
            problems.add_option(option, said_twice(name, first->second));
            continue;
        }
        std::erase_if(definition.limits_to_fill,
                      [&](const GivenTemplate& limit) { return limit.key == "limits." + name; });
        set_limit(name, text.substr(equals + 1), option, definition.limits, problems);
    }
    const auto is_given = [&](bool is_plain, std::string_view key) {
        return is_plain || std::ranges::find(definition.limits_to_fill, key, &GivenTemplate::key) !=
                               definition.limits_to_fill.end();
    };
    if (!limits.empty() && is_given(definition.limits.swap.has_value(), "limits.swap") &&
        !is_given(definition.limits.memory.has_value(), "limits.memory"))
        problems.add_option("--limit",
                            "a limit of swap is one of what may be swapped out of the memory limit; "
                            "give a limit of memory too");
}

void apply_overrides(Definition& definition, const std::vector<std::string>& overrides, Problems& problems) {
    std::map<std::string, std::string> options;  // by parameter
    for (const std::string& text : overrides) {
        const auto given = parse(text, definition, problems);
        if (!given) continue;
        const auto [first, is_new] = options.emplace(given->name, given->value.option);
        if (is_new)
            apply(definition, *given);
        else
            problems.add_option(given->value.option, said_twice(given->name, first->second));
    }
}

}  // namespace tidemark::sweep
