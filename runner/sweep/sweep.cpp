#include "sweep/sweep.hpp"

#include <algorithm>
#include <cstdlib>
#include <map>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "base/suggestion.hpp"
#include "sweep/columns.hpp"
#include "sweep/definition.hpp"
#include "sweep/expansion.hpp"
#include "sweep/given_values.hpp"
#include "sweep/identity.hpp"
#include "sweep/overrides.hpp"
#include "sweep/requirements.hpp"
#include "sweep/result_expressions.hpp"

namespace tidemark::sweep {
namespace {

using ValueOf = std::function<std::string(std::string_view)>;

template <typename Use>
void for_each_template(const Definition& definition, Use use) {
    for (const GivenTemplate& part : definition.command) use(part);
    for (const auto& [name, part] : definition.environment) use(part);
    for (const auto* part : {&definition.workload, &definition.working_directory, &definition.stdin_file}) {
        if (*part) use(**part);
    }
}

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
}

void check_placeholders(const Definition& definition, const Columns& columns, Problems& problems) {
    const std::vector<std::string_view> known(columns.names().begin(), columns.names().end());
    const auto check = [&](const GivenTemplate& part) {
        for (const std::string& name : part.text.names()) {
            if (columns.find(name)) continue;
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
void check_sweep_steps(const Definition& definition, const Columns& columns, Problems& problems) {
    const auto check = [&](const GivenCommand& command, bool is_step) {
        for (const GivenTemplate& word : command.words) {
            for (const std::string& name : word.text.names()) {
                const auto column = columns.find(name);
                if (!column || !columns.all()[*column].varies) continue;
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

void check_captures(const Definition& definition, const Columns& columns, Problems& problems) {
    for (const GivenCapture& given : definition.capture) {
        if (!columns.find(given.capture.metric)) continue;
        problems.add(given.position, "capture." + given.capture.metric,
                     fmt::format("'{}' is a parameter of the sweep; choose another name for the metric",
                                 given.capture.metric));
    }
}

/// What changes how a run goes or what is taken from it, without being told to it. Nothing where nothing of
/// it is given.
void add_circumstances(const protocol::Request& request, CanonicalText& text) {
    const auto add_all = [&](std::string_view name, const std::vector<std::string>& words) {
        if (words.empty()) return;
        text.add(name);
        for (const std::string& word : words) text.add(word);
    };
    add_all("setup", request.setup);
    add_all("teardown", request.teardown);
    if (request.warmup > 0) text.add("warmup", std::int64_t{request.warmup});
    if (request.accept_exit != std::vector<int>{0}) {
        for (const int code : request.accept_exit) text.add("accept_exit", std::int64_t{code});
    }
    for (const protocol::Capture& capture : request.capture)
        text.add("capture").add(
            protocol::to_json(capture).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

/// The workloads as they are with the sweep's plugins.
WorkloadCatalogue with_plugins(const WorkloadCatalogue& installed, const Definition& definition,
                               Problems& problems) {
    if (definition.plugins.empty() || problems.any()) return installed;
    if (!definition.workload) {
        problems.add(definition.plugins_position, "plugins",
                     "are for a workload; a command loads what it wants by itself");
        return installed;
    }
    try {
        return installed.with_plugins(definition.plugins);
    } catch (const UsageError& error) {
        problems.add(definition.plugins_position, "plugins", error.what());
        return installed;
    }
}

}  // namespace

struct Sweep::State {
    State(const std::filesystem::path& own_file, Definition own_definition, Columns own_columns)
        : file(own_file), definition(std::move(own_definition)), columns(std::move(own_columns)) {
        for (std::size_t i = 0; i < columns.all().size(); ++i) {
            by_name.push_back(i);
            const Column& column = columns.all()[i];
            if (column.varies) {
                varying.push_back(i);
                varying_names.push_back(column.name);
            } else {
                add_constant(i);
            }
        }
        std::ranges::sort(by_name, {}, [this](std::size_t column) { return columns.names()[column]; });
        for (const Profile& profile : columns.profiles()) constant_texts.emplace(&profile, texts_of(profile));
    }

    /// Made once, for they are the same in many cells.
    std::vector<CanonicalText> texts_of(const Profile& profile) const {
        std::vector<CanonicalText> texts(profile.base.size());
        for (std::size_t column = 0; column < texts.size(); ++column) {
            if (!is_null(profile.base[column]))
                texts[column].add(columns.names()[column], profile.base[column]);
        }
        return texts;
    }

    void add_constant(std::size_t column) {
        for (const Profile& profile : columns.profiles()) {
            if (is_null(profile.base[column])) continue;
            constant.emplace_back(columns.names()[column], profile.base[column]);
            return;
        }
    }

    std::vector<Value> row(const RunSpec& run) const {
        std::vector<Value> values = columns.profiles().front().base;
        if (columns.choose_workload()) {
            lay_over(values, run);
            values = columns.profile(values)->base;
        }
        lay_over(values, run);
        return values;
    }

    void lay_over(std::vector<Value>& values, const RunSpec& run) const {
        for (std::size_t i = 0; i < varying.size(); ++i) values[varying[i]] = run.values[i];
    }

    /// Parameters, command, environment and limits, and where the command has them its working directory and
    /// stdin.
    Digest cell(std::span<const Value> values) const {
        thread_local CanonicalText text;
        text.clear();
        const ValueOf fill = [&](std::string_view name) { return columns.text_of(name, values); };
        const std::vector<CanonicalText>& constants = constant_texts.at(columns.profile(values));
        for (const std::size_t column : by_name) {
            if (!columns.all()[column].varies)
                text.add(constants[column]);
            else if (!is_null(values[column]))
                text.add(columns.names()[column], values[column]);
        }
        for_each_template(definition,
                          [&](const GivenTemplate& part) { text.add(part.key).add(part.text.fill(fill)); });
        const protocol::Limits& limits = definition.limits;
        if (limits.memory) text.add("memory", limits.memory->value);
        if (limits.swap) text.add("swap", limits.swap->value);
        if (limits.pids) text.add("pids", *limits.pids);
        if (limits.wall) text.add("wall", limits.wall->value);
        if (limits.cpu_time) text.add("cpu_time", limits.cpu_time->value);
        if (limits.cpus) text.add("cpus", std::int64_t{*limits.cpus});
        if (limits.enforcement == protocol::Enforcement::BestEffort) text.add("best effort");
        if (definition.heap_layout == protocol::HeapLayout::Varied) text.add("varied heap layout");
        return digest_of(text.text());
    }

    std::filesystem::path working_directory(std::span<const Value> values) const {
        if (!definition.working_directory) return definition.folder;
        const std::string given = definition.working_directory->text.fill(
            [&](std::string_view name) { return columns.text_of(name, values); });
        return (definition.folder / given).lexically_normal();
    }

    static std::vector<std::string> filled(const GivenCommand& command, const ValueOf& fill) {
        std::vector<std::string> words;
        for (const GivenTemplate& word : command.words) words.push_back(word.text.fill(fill));
        return words;
    }

    /// Of a command without placeholders that differ between runs.
    std::vector<std::string> filled_for_all(const GivenCommand& command) const {
        if (runs.empty()) return {};
        const std::vector<Value> values = row(runs.front());
        return filled(command, [&](std::string_view name) { return columns.text_of(name, values); });
    }

    [[noreturn]] void refuse(Position position, const std::string& key, const std::string& message) const {
        Problems problems(definition.file);
        problems.add(position, key, message);
        problems.throw_if_any();
        throw UsageError(message);
    }

    Digest input_digest(const std::filesystem::path& input) const {
        const auto digest = digests.of(input);
        if (!digest)
            refuse(definition.inputs_position, "inputs",
                   fmt::format("cannot read {}: {}", input.string(), errno_text(errno)));
        return *digest;
    }

    std::filesystem::path file;
    Definition definition;
    std::unique_ptr<const WorkloadCatalogue> workloads;  ///< what columns and profiles point into
    Columns columns;
    std::vector<std::size_t> varying;  ///< indices of columns
    std::vector<std::size_t> by_name;  ///< indices of all columns in the order of their names, for the digest
    std::map<const Profile*, std::vector<CanonicalText>> constant_texts;  ///< of all columns
    std::vector<std::string> varying_names;
    protocol::Parameters constant;
    std::vector<RunSpec> runs;
    std::vector<std::vector<std::size_t>> needing;  ///< for each requirement the runs that it is about
    mutable FileDigests digests;
};

Sweep::Sweep(std::unique_ptr<State> state) : state_(std::move(state)) {}
Sweep::Sweep(Sweep&&) noexcept = default;
Sweep& Sweep::operator=(Sweep&&) noexcept = default;
Sweep::~Sweep() = default;

Sweep Sweep::load(const std::filesystem::path& file, const WorkloadCatalogue& installed,
                  const LoadOptions& options) {
    Problems problems(file.string());
    Definition definition = read_definition(file, problems);
    if (problems.any() && definition.name.empty()) problems.throw_if_any();
    apply_overrides(definition, options, problems);
    auto extended = std::make_unique<const WorkloadCatalogue>(with_plugins(installed, definition, problems));
    const WorkloadCatalogue& workloads = *extended;
    Columns columns = make_columns(definition, workloads, options, problems);
    check_placeholders(definition, columns, problems);
    check_sweep_steps(definition, columns, problems);
    check_captures(definition, columns, problems);
    check_result_expressions(definition, columns, workloads, problems);
    auto state = std::make_unique<State>(file, std::move(definition), std::move(columns));
    state->workloads = std::move(extended);
    state->runs = expand(
        state->definition, state->columns, state->varying, options,
        [&](std::span<const Value> values) { return state->cell(values); }, problems);
    state->needing = runs_that_need(
        state->definition.requirements, state->columns.names(), state->runs,
        [&](const RunSpec& run) { return state->row(run); }, problems);
    problems.throw_if_any();
    return Sweep(std::move(state));
}

const std::filesystem::path& Sweep::file() const {
    return state_->file;
}
const std::filesystem::path& Sweep::folder() const {
    return state_->definition.folder;
}
const std::string& Sweep::name() const {
    return state_->definition.name;
}
const std::string& Sweep::description() const {
    return state_->definition.description;
}
int Sweep::repeat() const {
    return state_->definition.repeat;
}
Order Sweep::order() const {
    return state_->definition.order;
}
const std::vector<RunSpec>& Sweep::runs() const {
    return state_->runs;
}
const std::vector<std::string>& Sweep::varying() const {
    return state_->varying_names;
}
const protocol::Parameters& Sweep::constant() const {
    return state_->constant;
}
const std::vector<CheckDefinition>& Sweep::checks() const {
    return state_->definition.checks;
}
const std::vector<TableDefinition>& Sweep::tables() const {
    return state_->definition.tables;
}
const protocol::Limits& Sweep::limits() const {
    return state_->definition.limits;
}

std::vector<std::string> Sweep::setup() const {
    return state_->filled_for_all(state_->definition.setup.sweep);
}
std::vector<std::string> Sweep::teardown() const {
    return state_->filled_for_all(state_->definition.teardown.sweep);
}
std::vector<Requirement> Sweep::requirements() const {
    std::vector<Requirement> requirements;
    for (std::size_t i = 0; i < state_->needing.size(); ++i) {
        const GivenRequirement& given = state_->definition.requirements[i];
        requirements.push_back({state_->filled_for_all(given.command), given.reason, state_->needing[i]});
    }
    return requirements;
}
std::vector<protocol::MetricDescription> Sweep::captured() const {
    std::vector<protocol::MetricDescription> metrics;
    for (const GivenCapture& given : state_->definition.capture)
        metrics.push_back({given.capture.metric, given.capture.unit, {}, true});
    return metrics;
}

protocol::Parameters Sweep::parameters(const RunSpec& run) const {
    protocol::Parameters parameters;
    std::vector<Value> values = state_->row(run);
    for (std::size_t column = 0; column < values.size(); ++column) {
        if (!is_null(values[column]))
            parameters.emplace_back(state_->columns.names()[column], std::move(values[column]));
    }
    return parameters;
}

const protocol::WorkloadDescription* Sweep::workload(const RunSpec& run) const {
    return state_->columns.profile(state_->row(run))->workload;
}

protocol::Request Sweep::request(const RunSpec& run) const {
    const std::vector<Value> values = state_->row(run);
    const ValueOf fill = [&](std::string_view name) { return state_->columns.text_of(name, values); };
    const Definition& definition = state_->definition;
    protocol::Request request;
    request.sweep = definition.name;
    request.run = run.run;
    request.cell = tidemark::to_text(run.cell);
    request.parameters = parameters(run);
    request.limits = definition.limits;
    request.heap_layout = definition.heap_layout;
    request.working_directory = state_->working_directory(values).string();
    if (definition.stdin_file) {
        request.stdin_file =
            (std::filesystem::path(request.working_directory) / definition.stdin_file->text.fill(fill))
                .lexically_normal()
                .string();
    }
    if (const auto* description = workload(run)) {
        request.workload = description->workload;
        request.command = {description->program};
        for (const auto& [name, value] : request.parameters) {
            const auto* parameter = description->parameter(name);
            if (parameter == nullptr) continue;
            const auto brought = parameter->environment.find(to_text(value));
            if (brought != parameter->environment.end()) {
                request.environment.insert(brought->second.begin(), brought->second.end());
            }
        }
    }
    for (const std::filesystem::path& plugin : definition.plugins) request.plugins.push_back(plugin.string());
    request.accept_exit = definition.accept_exit;
    request.setup = State::filled(definition.setup.run, fill);
    request.teardown = State::filled(definition.teardown.run, fill);
    request.warmup = definition.warmup;
    for (const GivenCapture& given : definition.capture) {
        request.capture.push_back(given.capture);
        if (given.file) request.capture.back().file = given.file->text.fill(fill);
    }
    for (const GivenTemplate& part : definition.command) request.command.push_back(part.text.fill(fill));
    for (const auto& [name, part] : definition.environment) request.environment[name] = part.text.fill(fill);
    return request;
}

Digest Sweep::key(const RunSpec& run) const {
    const protocol::Request own = request(run);
    const Definition& definition = state_->definition;
    CanonicalText text;
    text.add(own.cell);
    if (const auto* description = workload(run)) {
        text.add(description->build_id);
        for (const auto& [name, value] : own.parameters) {
            const auto* parameter = description->parameter(name);
            const std::string file =
                parameter == nullptr ? "" : protocol::file_of(*parameter, to_text(value));
            if (!file.empty()) text.add(name).add(tidemark::to_text(state_->input_digest(file)));
        }
        for (const std::string& plugin : own.plugins)
            text.add("plugin").add(tidemark::to_text(state_->input_digest(plugin)));
    } else {
        const auto path = own.environment.find("PATH");
        const char* inherited = std::getenv("PATH");
        std::string problem;
        const std::filesystem::path program = find_program(own.command.front(), own.working_directory,
                                                           path != own.environment.end() ? path->second
                                                           : inherited != nullptr        ? inherited
                                                                                         : "",
                                                           problem);
        if (problem.empty()) problem = interpreter_problem(program);
        if (!problem.empty()) state_->refuse(definition.command_position, "command", problem);
        text.add(tidemark::to_text(state_->input_digest(program)));
    }
    add_circumstances(own, text);
    std::vector<std::string> inputs;
    if (definition.inputs) {
        inputs = *definition.inputs;
    } else if (!own.command.empty()) {
        inputs.assign(own.command.begin() + 1, own.command.end());
    }
    for (const std::string& input : inputs) {
        // what `inputs:` names is relative to the sweep file, what the command names to its working directory
        const std::filesystem::path file =
            (definition.inputs ? definition.folder : std::filesystem::path(own.working_directory)) / input;
        std::error_code error;
        if (!definition.inputs && !std::filesystem::is_regular_file(file, error)) continue;
        text.add(input).add(tidemark::to_text(state_->input_digest(file)));
    }
    std::error_code error;
    if (!own.stdin_file.empty() && std::filesystem::is_regular_file(own.stdin_file, error))
        text.add("stdin").add(tidemark::to_text(state_->input_digest(own.stdin_file)));
    return digest_of(text.text());
}

}  // namespace tidemark::sweep
