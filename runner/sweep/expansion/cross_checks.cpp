#include "sweep/expansion/cross_checks.hpp"

#include <fmt/format.h>

#include "base/suggestion.hpp"
#include "sweep/own_placeholders.hpp"

namespace tidemark::sweep {
namespace {

/// Those that do not tell a run what to do, and so are not part of its `cell`.
template <typename Use>
void for_each_template_around(const Definition& definition, Use use) {
    for (const GivenCommand* command : {&definition.setup.run, &definition.teardown.run,
                                        &definition.setup.sweep, &definition.teardown.sweep}) {
        for (const GivenTemplate& word : command->words) use(word);
    }
    for (const GivenRequirement& requirement : definition.requirements) {
        for (const GivenTemplate& word : requirement.command.words) use(word);
    }
    for (const GivenCapture& capture : definition.capture)
        if (capture.file) use(*capture.file);
    if (definition.inputs)
        for (const GivenTemplate& input : *definition.inputs) use(input);
}

void check_placeholders(const Definition& definition, const SweepParameters& columns, Problems& problems) {
    std::vector<std::string_view> known(columns.names().begin(), columns.names().end());
    known.insert(known.end(), kOwnPlaceholders.begin(), kOwnPlaceholders.end());
    const auto check = [&](const GivenTemplate& part) {
        for (const std::string& name : part.text.names()) {
            // a workload is chosen by parameters alone
            if (columns.find(name) || (is_own_placeholder(name) && part.key != "workload")) continue;
            problems.add(
                part.position, part.key,
                fmt::format("the placeholder '{{{}}}' names no parameter{}; write '{{{{' for a brace", name,
                            did_you_mean(name, known)));
        }
    };
    for_each_template(definition, check);
    for_each_template_around(definition, check);
}

/// What is done once for the sweep has the value of no single run.
void check_sweep_steps(const Definition& definition, const SweepParameters& columns, Problems& problems) {
    const auto check = [&](const GivenCommand& command, bool is_step) {
        for (const GivenTemplate& word : command.words) {
            for (const std::string& name : word.text.names()) {
                const auto column = columns.find(name);
                const bool varies = column ? columns.all()[*column].varies
                                           : is_own_placeholder(name) && name != kSweepPlaceholder;
                if (!varies) continue;
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

/// They must be known before the run is made, and are the same in all repeats.
void check_inputs(const Definition& definition, const SweepParameters& columns, Problems& problems) {
    if (!definition.inputs) return;
    for (const GivenTemplate& input : *definition.inputs) {
        for (const std::string& name : input.text.names()) {
            if (columns.find(name) || (name != kRepeatPlaceholder && name != kRunDirPlaceholder)) continue;
            problems.add(
                input.position, input.key,
                fmt::format("'{{{}}}' is known only when the run is made; an input is there before", name));
        }
    }
}

void check_captures(const Definition& definition, const SweepParameters& columns, Problems& problems) {
    for (const GivenCapture& given : definition.capture) {
        if (!columns.find(given.capture.metric)) continue;
        problems.add(given.position, "capture." + given.capture.metric,
                     fmt::format("'{}' is a parameter of the sweep; choose another name for the metric",
                                 given.capture.metric));
    }
}

}  // namespace

void check_across(const Definition& definition, const SweepParameters& columns, Problems& problems) {
    check_placeholders(definition, columns, problems);
    check_sweep_steps(definition, columns, problems);
    check_captures(definition, columns, problems);
    check_inputs(definition, columns, problems);
}

}  // namespace tidemark::sweep
