// `goal`: what `tidemark plan` looks for.
#include <algorithm>

#include <fmt/format.h>

#include "protocol/result_columns.hpp"
#include "sweep/file/definition.hpp"
#include "sweep/file/grammar.hpp"
#include "sweep/file/scalar.hpp"
#include "sweep/file/value_reading.hpp"

namespace tidemark::sweep {
namespace {

constexpr const char* kUnder = "--under";
constexpr const char* kCeilingMetric = "peak_rss";

GoalFigure figure_of(const std::string& metric, const std::vector<GivenCapture>& captures) {
    GoalFigure figure{metric, column_of_metric(metric)};
    figure.unit = unit_of_metric(metric, captures);
    return figure;
}

class Reader {
  public:
    Reader(const std::vector<GivenCapture>& captures, Problems& problems)
        : captures_(captures), problems_(problems) {}

    std::optional<GoalDefinition> read(const Node& node) {
        if (!check_members(node, "goal", goal_keys(), problems_)) return std::nullopt;
        GoalDefinition goal;
        goal.position = node.position;
        read_figure(node, goal);
        if (const Node* bounds = node.find("subject_to");
            bounds != nullptr && bounds->kind == Node::Kind::List) {
            for (std::size_t i = 0; i < bounds->items.size(); ++i)
                read_bound(bounds->items[i], fmt::format("goal.subject_to[{}]", i), goal);
        }
        if (const Node* budget = node.find("budget")) read_budget(*budget, goal);
        if (const Node* probe = node.find("probe"); probe != nullptr && probe->kind == Node::Kind::Map)
            read_probe(*probe, goal);
        return goal;
    }

  private:
    void read_figure(const Node& node, GoalDefinition& goal) {
        const Node* const most = node.find("maximise");
        const Node* const least = node.find("minimise");
        if (most != nullptr && least != nullptr) {
            problems_.add(least->position, "goal.minimise",
                          "a goal has one figure, maximise or minimise, not both; what the other must hold "
                          "belongs to subject_to");
            return;
        }
        const Node* const given = most != nullptr ? most : least;
        if (given == nullptr) {
            problems_.add(node.position, "goal",
                          "does not say what to look for; write maximise: images_per_s or minimise: wall");
            return;
        }
        goal.maximise = most != nullptr;
        const auto text = read_text(*given, goal.maximise ? "goal.maximise" : "goal.minimise", problems_);
        if (!text) return;
        goal.figure = figure_of(*text, captures_);
        goal.figure.position = given->position;
    }

    void read_bound(const Node& node, const std::string& key, GoalDefinition& goal) {
        if (!check_members(node, key, goal_bound_keys(), problems_)) return;
        GoalBound bound;
        if (const Node* metric = node.find("metric")) {
            bound.figure = figure_of(read_text(*metric, key + ".metric", problems_).value_or(""), captures_);
            bound.figure.position = metric->position;
        }
        const Node* const most = node.find("max");
        const Node* const least = node.find("min");
        if (most != nullptr) bound.most = read_bound_of(*most, key + ".max", bound.figure.unit, problems_);
        if (least != nullptr) bound.least = read_bound_of(*least, key + ".min", bound.figure.unit, problems_);
        if (most == nullptr && least == nullptr)
            problems_.add(node.position, key, "has no bound; give max or min");
        if (const Node* where = node.find("where")) {
            bound.where = read_text(*where, key + ".where", problems_).value_or("");
            bound.where_position = where->position;
        }
        goal.bounds.push_back(std::move(bound));
    }

    void read_budget(const Node& node, GoalDefinition& goal) {
        if (node.kind != Node::Kind::Map) {
            read_runs(node, "goal.budget", goal);
            return;
        }
        check_members(node, "goal.budget", budget_keys(), problems_);
        if (const Node* runs = node.find("runs")) read_runs(*runs, "goal.budget.runs", goal);
        const Node* const wall = node.find("wall");
        const auto text = wall == nullptr ? std::nullopt : read_text(*wall, "goal.budget.wall", problems_);
        if (!text) return;
        const auto span = parse_seconds(*text);
        if (span.quantity && span.quantity->value > 0)
            goal.wall = span.quantity;
        else
            problems_.add(wall->position, "goal.budget.wall",
                          span.quantity ? "must be more than 0, or no run could be made" : span.problem);
    }

    void read_runs(const Node& node, const std::string& key, GoalDefinition& goal) {
        const Value value = scalar_value(node);
        const auto* number = std::get_if<std::int64_t>(&value);
        if (node.kind == Node::Kind::Scalar && number != nullptr && *number >= 1 && *number <= kMostBudget) {
            goal.runs = static_cast<int>(*number);
            return;
        }
        problems_.add(
            node.position, key,
            fmt::format("must be how many runs may be made, from 1 to {}{}", kMostBudget,
                        node.kind == Node::Kind::Scalar ? fmt::format(", not '{}'", node.text) : ""));
    }

    void read_probe(const Node& node, GoalDefinition& goal) {
        for (const auto& [name, value] : node.members) {
            const std::string key = "goal.probe." + name.text;
            const auto given = read_value(value, key, problems_);
            if (!given) continue;
            if (given->is_structure)
                problems_.add(value.position, key, "must be a single value");
            else
                goal.probe.push_back({name.text, given->written, name.position});
        }
    }

    const std::vector<GivenCapture>& captures_;
    Problems& problems_;
};

/// Of all runs; of bounds on some runs alone the search finds out whether any run holds them.
void check_contradictions(const GoalDefinition& goal, Problems& problems) {
    for (const GoalBound& low : goal.bounds) {
        for (const GoalBound& high : goal.bounds) {
            const bool is_same = low.figure.column == high.figure.column && low.where == high.where;
            if (!is_same || !low.least || !high.most || *low.least <= *high.most) continue;
            problems.add_given(
                low.figure.position, "goal.subject_to", low.figure.option,
                fmt::format("no run can hold this: '{}' is to be at least more than it may be at most",
                            low.figure.metric));
            return;
        }
    }
}

/// `--maximise` or `--minimise`.
void replace_figure(std::optional<GoalDefinition>& goal, const GoalOptions& options,
                    const std::vector<GivenCapture>& captures, Problems& problems) {
    if (!options.maximise.empty() && !options.minimise.empty()) {
        problems.add_option("--minimise", "a goal has one figure, --maximise or --minimise, not both");
        return;
    }
    const std::string& metric = options.maximise.empty() ? options.minimise : options.maximise;
    if (metric.empty()) return;
    if (!goal) goal.emplace();
    goal->maximise = options.minimise.empty();
    goal->figure = figure_of(metric, captures);
    goal->figure.option = (goal->maximise ? "--maximise " : "--minimise ") + metric;
}

void replace_ceiling(GoalDefinition& goal, const std::string& under, Problems& problems) {
    const std::string option = fmt::format("{} '{}'", kUnder, under);
    const auto size = parse_bytes(under);
    if (!size.quantity || size.quantity->value <= 0) {
        problems.add_option(option, size.quantity ? "must be more than 0" : size.problem);
        return;
    }
    GoalBound ceiling;
    ceiling.figure = figure_of(kCeilingMetric, {});
    ceiling.figure.option = option;
    ceiling.most = static_cast<double>(size.quantity->value);
    for (GoalBound& bound : goal.bounds) {
        if (bound.figure.column == ceiling.figure.column && bound.where.empty()) bound.most.reset();
    }
    std::erase_if(goal.bounds, [](const GoalBound& bound) { return !bound.most && !bound.least; });
    goal.bounds.push_back(std::move(ceiling));
}

}  // namespace

std::optional<GoalDefinition> read_goal(const Node& node, const std::vector<GivenCapture>& captures,
                                        Problems& problems) {
    return Reader(captures, problems).read(node);
}

void apply_goal_options(Definition& definition, const GoalOptions& options, Problems& problems) {
    const bool has_file_problems = problems.any();
    replace_figure(definition.goal, options, definition.capture, problems);
    if (!definition.goal) {
        if (!has_file_problems)
            problems.add({}, "goal",
                         "missing; say what is looked for: --maximise images_per_s or --minimise wall, and "
                         "--under '1 GiB' for a ceiling; or in the file, goal: {maximise: images_per_s, "
                         "subject_to: [{metric: peak_rss, max: 1 GiB}]}");
        return;
    }
    if (!options.under.empty()) replace_ceiling(*definition.goal, options.under, problems);
    if (options.budget) definition.goal->runs = options.budget;
}

void check_goal(const GoalDefinition& goal, Problems& problems) {
    check_contradictions(goal, problems);
}

}  // namespace tidemark::sweep
