// What gives parameters their values beside the matrix: parameters, derive, exclude, each, runs.
#include <algorithm>

#include <fmt/format.h>

#include "sweep/file/definition.hpp"
#include "sweep/file/scalar.hpp"
#include "sweep/file/structure.hpp"
#include "sweep/file/value_reading.hpp"

namespace tidemark::sweep {
namespace {

constexpr std::string_view kOwnRepeat = "repeat";
constexpr std::string_view kOwnWarmup = "warmup";

}  // namespace

bool is_parameter_name(const std::string& name, Position position, const std::string& key,
                       Problems& problems) {
    return is_free_name(name, "parameter", position, key, problems);
}

std::optional<GivenValue> read_value(const Node& node, const std::string& key, Problems& problems) {
    if (node.kind == Node::Kind::List || node.kind == Node::Kind::Map) {
        const auto json = json_of(node, key, problems);
        if (!json) return std::nullopt;
        return GivenValue{*json, *json, *json, node.position, {}, true};
    }
    const Value value = scalar_value(node);
    if (!is_finite(value)) {
        problems.add(node.position, key, "must be a finite number");
        return std::nullopt;
    }
    return GivenValue{value, shown_value(value, node.text), node.text, node.position, {}};
}

std::vector<GivenParameter> read_parameters(const Node& node, const std::string& key, Problems& problems) {
    std::vector<GivenParameter> parameters;
    if (!require_map(node, key, "{batch_size: 16, workers: 0}", problems)) return parameters;
    for (const auto& [name, value] : node.members) {
        const std::string own_key = key + "." + name.text;
        if (!is_parameter_name(name.text, name.position, own_key, problems)) continue;
        if (auto given = read_value(value, own_key, problems)) {
            parameters.push_back({name.text, name.position, std::move(*given)});
        }
    }
    return parameters;
}

std::vector<GivenExpression> read_derive(const Node& node, Problems& problems) {
    std::vector<GivenExpression> derived;
    if (!require_map(node, "derive", "{accumulation: 128 / batch_size}", problems)) return derived;
    for (const auto& [name, expression] : node.members) {
        const std::string key = "derive." + name.text;
        if (is_torn_off(name, expression)) {
            problems.add(name.position, key, kTornOff);
            continue;
        }
        if (!is_parameter_name(name.text, name.position, key, problems)) continue;
        if (const auto text = read_text(expression, key, problems)) {
            derived.push_back({name.text, *text, expression.position});
        }
    }
    return derived;
}

std::vector<GivenExpression> read_exclude(const Node& node, Problems& problems) {
    std::vector<GivenExpression> conditions;
    if (node.kind != Node::Kind::List) {
        problems.add(node.position, "exclude",
                     "must be a list of conditions, such as [\"workers > 0 and batch_size < 64\"]");
        return conditions;
    }
    for (const Node& item : node.items) {
        if (const auto text = read_text(item, "exclude", problems))
            conditions.push_back({"", *text, item.position});
    }
    return conditions;
}

namespace {

bool gives(const Definition& definition, std::string_view parameter) {
    const auto among = [&](const auto& given, auto name) {
        return std::ranges::find(given, parameter, name) != given.end();
    };
    return among(definition.parameters, &GivenParameter::name) ||
           std::ranges::any_of(definition.additions,
                               [&](const GivenAddition& addition) {
                                   return among(addition.parameters, &GivenParameter::name);
                               }) ||
           among(definition.derive, &GivenExpression::name) ||
           std::ranges::any_of(definition.matrix,
                               [&](const Axis& axis) { return axis.find(parameter).has_value(); });
}

/// Takes `repeat` and `warmup` out of what a named run gives, and into it.
void take_own_keys(Node& given, NamedRun& run, const Definition& definition, Problems& problems) {
    const std::string path = fmt::format("runs.{}.", run.name);
    std::erase_if(given.members, [&](const auto& member) {
        const auto& [name, value] = member;
        if (gives(definition, name.text)) return false;
        if (name.text == kOwnRepeat)
            run.repeat = read_repeats(value, path + name.text, problems);
        else if (name.text == kOwnWarmup)
            run.warmup = read_warmup(value, path + name.text, problems);
        else
            return false;
        return true;
    });
}

void require_name(const Node& name, const std::string& key, const char* whose, Problems& problems) {
    if (name.text.empty())
        problems.add(name.position, key, fmt::format("a {}'s name must not be empty", whose));
}

}  // namespace

std::vector<NamedRun> read_variants(const Node& node, Problems& problems) {
    std::vector<NamedRun> variants;
    if (!require_map(node, "each", "{plain: {}, small: {batch_size: 16}}", problems)) return variants;
    if (node.members.empty())
        problems.add(node.position, "each", "has no variant; write one, or remove the key");
    for (const auto& [name, given] : node.members) {
        require_name(name, "each", "variant", problems);
        NamedRun& variant = variants.emplace_back(NamedRun{name.text, name.position, {}});
        if (given.kind != Node::Kind::Null)
            variant.parameters = read_parameters(given, "each." + name.text, problems);
    }
    return variants;
}

std::vector<NamedRun> read_runs(const Node& node, const Definition& definition, Problems& problems) {
    std::vector<NamedRun> runs;
    if (!require_map(node, "runs", "{original: {batch_size: 128}}", problems)) return runs;
    for (const auto& [name, given] : node.members) {
        require_name(name, "runs", "run", problems);
        NamedRun& run = runs.emplace_back(NamedRun{name.text, name.position, {}});
        if (given.kind == Node::Kind::Null) continue;
        Node parameters = given;
        if (given.kind == Node::Kind::Map) take_own_keys(parameters, run, definition, problems);
        run.parameters = read_parameters(parameters, "runs." + name.text, problems);
    }
    return runs;
}

}  // namespace tidemark::sweep
