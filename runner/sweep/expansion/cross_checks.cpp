#include "sweep/expansion/cross_checks.hpp"

#include <array>
#include <set>

#include <fmt/format.h>

#include "base/suggestion.hpp"
#include "sql/sql_tokens.hpp"
#include "sweep/file/structure.hpp"
#include "sweep/own_placeholders.hpp"

namespace tidemark::sweep {
namespace {

/// What a placeholder does with a list or a map that it cannot show.
std::string misfit_of(const Template::Part& part, const std::string& json) {
    using enum PlaceholderForm;
    const Placeholder& placeholder = part.placeholder;
    const std::string& name = placeholder.name;
    if (placeholder.form == Json) return {};
    const bool is_list = json.starts_with('[');
    if (placeholder.form == Plain) {
        return fmt::format(
            "'{{{0}}}' is the {1} {2} in a run; write {3}{{{0}:json}}", name, is_list ? "list" : "map", json,
            is_list ? fmt::format("{{{0}...}} for a word for each item, {{{0}:,}} or ", name) : "");
    }
    if (!is_list)
        return fmt::format("'{{{}}}' is the map {} in a run, which has no items; write {{{}:json}}",
                           part.text, json, name);
    for (const std::string& item : items_of_json(json)) {
        if (item != "null" && !item.starts_with('[') && !item.starts_with('{')) continue;
        return fmt::format(
            "'{{{}}}' is the list {} in a run, whose item {} is no single value; write {{{}:json}}",
            part.text, json, item, name);
    }
    return {};
}

void check_forms(const Definition& definition, const GivenTemplate& part, Problems& problems) {
    for (const Template::Part& own : part.text.parts()) {
        if (!own.is_name) continue;
        for_each_value(definition, own.placeholder.name, [&](const GivenValue& value) {
            if (!value.is_structure) return;
            const std::string misfit = misfit_of(own, value.written);
            if (!misfit.empty()) problems.add(part.position, part.key, misfit);
        });
    }
}

void check_placeholders(const Definition& definition, const SweepParameters& columns, Problems& problems) {
    std::vector<std::string_view> known(columns.names().begin(), columns.names().end());
    known.insert(known.end(), kOwnPlaceholders.begin(), kOwnPlaceholders.end());
    const auto check = [&](const GivenTemplate& part) {
        for (const Template::Part& own : part.text.parts()) {
            if (!own.is_name || columns.find(own.placeholder.name)) continue;
            // a workload is chosen by parameters alone
            if (is_own_placeholder(own.text) && part.key != "workload") continue;
            problems.add(
                part.position, part.key,
                fmt::format("the placeholder '{{{}}}' names no parameter{}; write '{{{{' for a brace",
                            own.text, did_you_mean(own.placeholder.name, known)));
        }
        if (!part.when.empty() && !columns.find(part.when)) {
            problems.add(
                part.position, part.key,
                fmt::format("'when: {}' names no parameter{}", part.when,
                            did_you_mean(part.when, {columns.names().begin(), columns.names().end()})));
        }
        check_forms(definition, part, problems);
    };
    for_each_template(definition, check);
    for_each_template_around(definition, check);
}

/// The parameters that decide what becomes of a word.
std::vector<std::string> names_in(const GivenTemplate& word) {
    std::vector<std::string> names = word.text.names();
    if (!word.when.empty()) names.push_back(word.when);
    return names;
}

bool differs_between_runs(const std::string& name, const SweepParameters& columns) {
    if (const auto column = columns.find(name)) return columns.all()[*column].varies;
    return is_own_placeholder(name) && name != kSweepPlaceholder;
}

/// What is done once for the sweep has the value of no single run.
void check_sweep_steps(const Definition& definition, const SweepParameters& columns, Problems& problems) {
    const auto check = [&](const GivenCommand& command, bool is_step) {
        for (const GivenTemplate& word : command.words) {
            for (const std::string& name : names_in(word)) {
                if (!differs_between_runs(name, columns)) continue;
                std::string message = fmt::format(
                    "'{}' is not the same in all runs, and this is done once for the sweep", name);
                if (is_step) {
                    message += fmt::format("; for a command of each run write {}: {{run: […]}}",
                                           word.key.substr(0, word.key.find('.')));
                }
                problems.add(word.position, word.key, message);
            }
        }
    };
    check(definition.setup.sweep, true);
    check(definition.teardown.sweep, true);
    for (const GivenRequirement& requirement : definition.requirements) check(requirement.command, false);
}

/// A command for each value of a parameter has no other value that differs between runs.
void check_value_steps(const Definition& definition, const SweepParameters& columns, Problems& problems) {
    const std::vector<std::string_view> known(columns.names().begin(), columns.names().end());
    const std::array<std::pair<const char*, const GivenSteps*>, 2> all{
        {{"setup", &definition.setup}, {"teardown", &definition.teardown}}};
    for (const auto& [key, steps] : all) {
        if (!steps->each) continue;
        const GivenEach& each = *steps->each;
        if (!columns.find(each.parameter)) {
            problems.add(each.position, fmt::format("{}.each", key),
                         fmt::format("'{}' is no parameter of the sweep{}", each.parameter,
                                     did_you_mean(each.parameter, known)));
            continue;
        }
        if (columns.all()[*columns.find(each.parameter)].by_repeat) {
            problems.add(
                each.position, fmt::format("{}.each", key),
                fmt::format("'{}' is another in each repeat of a run, and this is done once for each "
                            "value; for a command of each run write {}: {{run: […]}}",
                            each.parameter, key));
            continue;
        }
        for (const GivenTemplate& word : each.command.words) {
            for (const std::string& name : names_in(word)) {
                if (name == each.parameter || !differs_between_runs(name, columns)) continue;
                problems.add(
                    word.position, word.key,
                    fmt::format("'{}' is not the same in all runs of one value of '{}', and this is "
                                "done once for each; for a command of each run write {}: {{run: […]}}",
                                name, each.parameter, key));
            }
        }
    }
}

/// They must be known before the run is made, and are the same in all repeats.
void check_inputs(const Definition& definition, const SweepParameters& columns, Problems& problems) {
    if (!definition.inputs) return;
    for (const GivenTemplate& input : *definition.inputs) {
        for (const std::string& name : input.text.names()) {
            const auto column = columns.find(name);
            const bool is_late = column ? columns.all()[*column].by_repeat
                                        : name == kRepeatPlaceholder || name == kRunDirPlaceholder;
            if (!is_late) continue;
            problems.add(
                input.position, input.key,
                fmt::format("'{{{}}}' is known only when the run is made; an input is there before", name));
        }
    }
}

void check_numbers(const Definition& definition, const SweepParameters& columns, Problems& problems) {
    const auto check = [&](const GivenTemplate& part, const char* what) {
        for (const std::string& name : part.text.names()) {
            if (name != kRunDirPlaceholder || columns.find(name)) continue;
            problems.add(part.position, part.key,
                         fmt::format("'{{{}}}' is a folder, and {} is a number", name, what));
        }
    };
    for (const GivenTemplate& limit : definition.limits_to_fill) check(limit, "a limit");
    if (definition.service && definition.service->port) check(*definition.service->port, "a port");
}

/// A condition is about all repeats of a run, and has one answer.
void check_conditions(const Definition& definition, const SweepParameters& columns, Problems& problems) {
    const auto check = [&](const GivenExpression& given, const std::string& key) {
        for (const sql::Token& token : sql::tokenize(given.text)) {
            const auto column = columns.find(token.text);
            if (!column || token.kind == sql::TokenKind::Text || !columns.all()[*column].by_repeat) continue;
            problems.add(given.position, key,
                         fmt::format("'{}' is another in each repeat of a run, and this is about all of them",
                                     token.text));
        }
    };
    for (const GivenExpression& given : definition.exclude) check(given, "exclude");
    for (const GivenRequirement& requirement : definition.requirements)
        if (requirement.where) check(*requirement.where, "requires.where");
}

void check_captures(const Definition& definition, const SweepParameters& columns, Problems& problems) {
    std::set<std::string> others;
    for (const GivenCapture& given : definition.capture) others.insert(given.capture.metric);
    for (const GivenCapture& given : definition.capture) {
        const std::string key = "capture." + given.capture.metric;
        for (const auto& metric : metrics_of(given.capture)) {
            if (columns.find(metric.name)) {
                problems.add(
                    given.position, key,
                    fmt::format("'{}' is a parameter of the sweep; choose another name for the metric",
                                metric.name));
            } else if (metric.name != given.capture.metric && others.contains(metric.name)) {
                problems.add(
                    given.position, key,
                    fmt::format("gives the metric '{}', too, which 'capture.{}' gives already; choose "
                                "another name for one of them",
                                metric.name, metric.name));
            }
        }
    }
}

}  // namespace

void check_across(const Definition& definition, const SweepParameters& columns, Problems& problems) {
    check_placeholders(definition, columns, problems);
    check_sweep_steps(definition, columns, problems);
    check_value_steps(definition, columns, problems);
    check_captures(definition, columns, problems);
    check_conditions(definition, columns, problems);
    check_inputs(definition, columns, problems);
    check_numbers(definition, columns, problems);
}

}  // namespace tidemark::sweep
