// What gives parameters their values: parameters, matrix, derive, exclude, runs.
#include <fmt/format.h>

#include "sweep/file/definition.hpp"
#include "sweep/file/scalar.hpp"

namespace tidemark::sweep {
namespace {

bool is_parameter_name(const std::string& name, Position position, const std::string& key,
                       Problems& problems) {
    return is_free_name(name, "parameter", position, key, problems);
}

std::optional<GivenValue> read_value(const Node& node, const std::string& key, Problems& problems) {
    if (node.kind == Node::Kind::List || node.kind == Node::Kind::Map) {
        problems.add(node.position, key, "must be a single value");
        return std::nullopt;
    }
    const Value value = scalar_value(node);
    if (!is_finite(value)) {
        problems.add(node.position, key, "must be a finite number");
        return std::nullopt;
    }
    return GivenValue{value, shown_value(value, node.text), node.text, node.position, {}};
}

}  // namespace

std::vector<GivenParameter> read_parameters(const Node& node, const std::string& key, Problems& problems) {
    std::vector<GivenParameter> parameters;
    if (!require_map(node, key, "{batch_size: 16, workers: 0}", problems)) return parameters;
    for (const auto& [name, value] : node.members) {
        const std::string own_key = key + "." + name.text;
        if (!is_parameter_name(name.text, name.position, own_key, problems)) continue;
        if (value.kind == Node::Kind::List) {
            problems.add(value.position, own_key,
                         "must be a single value; a list of values belongs to 'matrix'");
        } else if (auto given = read_value(value, own_key, problems)) {
            parameters.push_back({name.text, name.position, std::move(*given)});
        }
    }
    return parameters;
}

std::vector<Axis> read_matrix(const Node& node, Problems& problems) {
    std::vector<Axis> axes;
    if (!require_map(node, "matrix", "{batch_size: [128, 16], workers: [0, 2]}", problems)) return axes;
    for (const auto& [name, values] : node.members) {
        const std::string key = "matrix." + name.text;
        if (!is_parameter_name(name.text, name.position, key, problems)) continue;
        if (values.kind != Node::Kind::List) {
            problems.add(
                values.position, key,
                fmt::format("must be a list of values, such as [{}]; a single value belongs to 'parameters'",
                            values.kind == Node::Kind::Scalar ? values.text : "16, 32"));
            continue;
        }
        Axis axis{name.text, name.position, {}};
        for (const Node& item : values.items) {
            if (auto value = read_value(item, key, problems)) axis.values.push_back(std::move(*value));
        }
        if (values.items.empty())
            problems.add(values.position, key, "the axis is empty, so there would be no runs");
        axes.push_back(std::move(axis));
    }
    if (node.members.empty())
        problems.add(node.position, "matrix", "has no axis; write one, or remove the key");
    return axes;
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

std::vector<NamedRun> read_runs(const Node& node, Problems& problems) {
    std::vector<NamedRun> runs;
    if (!require_map(node, "runs", "{original: {batch_size: 128}}", problems)) return runs;
    for (const auto& [name, parameters] : node.members) {
        if (name.text.empty()) problems.add(name.position, "runs", "a run's name must not be empty");
        NamedRun run{name.text, name.position, {}};
        if (parameters.kind != Node::Kind::Null)
            run.parameters = read_parameters(parameters, "runs." + name.text, problems);
        runs.push_back(std::move(run));
    }
    return runs;
}

}  // namespace tidemark::sweep
