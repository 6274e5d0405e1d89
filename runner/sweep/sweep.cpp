#include "sweep/sweep.hpp"

#include <algorithm>
#include <cstdlib>

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/suggestion.hpp"
#include "sweep/columns.hpp"
#include "sweep/definition.hpp"
#include "sweep/expansion.hpp"
#include "sweep/identity.hpp"
#include "sweep/overrides.hpp"
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

void check_placeholders(const Definition& definition, const Columns& columns, Problems& problems) {
    const std::vector<std::string_view> known(columns.names().begin(), columns.names().end());
    for_each_template(definition, [&](const GivenTemplate& part) {
        for (const std::string& name : part.text.names()) {
            if (columns.find(name)) continue;
            problems.add(
                part.position, part.key,
                fmt::format("the placeholder '{{{}}}' names no parameter{}; write '{{{{' for a brace", name,
                            did_you_mean(name, known)));
        }
    });
}

}  // namespace

struct Sweep::State {
    std::filesystem::path file;
    Definition definition;
    const WorkloadCatalogue* workloads = nullptr;
    std::vector<std::string> names;    ///< of all columns
    std::vector<bool> is_default;      ///< of all columns: what `base` holds is the default of a workload
    std::vector<Value> base;           ///< of all columns
    std::vector<std::size_t> varying;  ///< indices of columns
    std::vector<std::size_t> sorted;   ///< indices of columns by name, for the digest
    std::vector<std::string> varying_names;
    protocol::Parameters constant;
    std::vector<RunSpec> runs;
    mutable FileDigests digests;

    void set_columns(const Columns& columns) {
        names = columns.names();
        for (std::size_t i = 0; i < names.size(); ++i) {
            const Column& column = columns.all()[i];
            base.push_back(column.base);
            is_default.push_back(column.is_default);
            sorted.push_back(i);
            if (column.varies) {
                varying.push_back(i);
                varying_names.push_back(column.name);
            } else if (!is_null(column.base)) {
                constant.emplace_back(column.name, column.base);
            }
        }
        std::ranges::sort(sorted, {}, [this](std::size_t column) { return names[column]; });
    }

    std::vector<Value> row(const RunSpec& run) const {
        std::vector<Value> values = base;
        for (std::size_t i = 0; i < varying.size(); ++i) values[varying[i]] = run.values[i];
        if (const auto* own = chosen_workload(values)) {
            for (std::size_t column = 0; column < values.size(); ++column)
                settle_default(column, *own, values[column]);
        }
        return values;
    }

    /// Where runs have different workloads, the one of this run.
    const protocol::WorkloadDescription* chosen_workload(std::span<const Value> values) const {
        if (!definition.workload || !definition.workload->text.has_placeholders()) return nullptr;
        return workloads->find(
            definition.workload->text.fill([&](std::string_view name) { return value_of(name, values); }));
    }

    /// A parameter that nobody gave has the default of the run's own workload, and no value where that one
    /// does not know it.
    void settle_default(std::size_t column, const protocol::WorkloadDescription& own, Value& value) const {
        if (!is_default[column] || value != base[column]) return;
        const auto* parameter = own.parameter(names[column]);
        value = parameter == nullptr ? Value() : parameter->default_value;
    }

    std::string value_of(std::string_view name, std::span<const Value> values) const {
        const auto column = static_cast<std::size_t>(std::ranges::find(names, name) - names.begin());
        return is_null(values[column]) ? std::string() : to_text(values[column]);
    }

    /// Parameters, command, environment and limits, and where the command has them its working directory and
    /// stdin.
    Digest cell(std::span<const Value> values) const {
        thread_local CanonicalText text;
        text.clear();
        const ValueOf fill = [&](std::string_view name) { return value_of(name, values); };
        const auto* own = chosen_workload(values);
        for (const std::size_t column : sorted) {
            if (own == nullptr) {
                if (!is_null(values[column])) text.add(names[column], values[column]);
                continue;
            }
            Value value = values[column];
            settle_default(column, *own, value);
            if (!is_null(value)) text.add(names[column], value);
        }
        for_each_template(definition,
                          [&](const GivenTemplate& part) { text.add(part.key).add(part.text.fill(fill)); });
        const protocol::Limits& limits = definition.limits;
        if (limits.memory) text.add("memory", limits.memory->value);
        if (limits.wall) text.add("wall", limits.wall->value);
        if (limits.cpus) text.add("cpus", std::int64_t{*limits.cpus});
        return digest_of(text.text());
    }

    std::filesystem::path working_directory(std::span<const Value> values) const {
        if (!definition.working_directory) return definition.folder;
        const std::string given = definition.working_directory->text.fill(
            [&](std::string_view name) { return value_of(name, values); });
        return (definition.folder / given).lexically_normal();
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
            refuse({}, "inputs", fmt::format("cannot read {}: {}", input.string(), errno_text(errno)));
        return *digest;
    }
};

Sweep::Sweep(std::unique_ptr<State> state) : state_(std::move(state)) {}
Sweep::Sweep(Sweep&&) noexcept = default;
Sweep& Sweep::operator=(Sweep&&) noexcept = default;
Sweep::~Sweep() = default;

Sweep Sweep::load(const std::filesystem::path& file, const WorkloadCatalogue& workloads,
                  const LoadOptions& options) {
    Problems problems(file.string());
    auto state = std::make_unique<State>();
    state->file = file;
    state->workloads = &workloads;
    state->definition = read_definition(file, problems);
    if (problems.any() && state->definition.name.empty()) problems.throw_if_any();
    apply_overrides(state->definition, options, problems);
    const Columns columns(state->definition, workloads, options, problems);
    check_placeholders(state->definition, columns, problems);
    state->set_columns(columns);
    check_result_expressions(state->definition, columns, workloads, problems);
    state->runs = expand(
        state->definition, columns, state->varying, options,
        [&](std::span<const Value> values) { return state->cell(values); }, problems);
    problems.throw_if_any();
    return Sweep(std::move(state));
}

const std::filesystem::path& Sweep::file() const {
    return state_->file;
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

protocol::Parameters Sweep::parameters(const RunSpec& run) const {
    protocol::Parameters parameters;
    std::vector<Value> values = state_->row(run);
    for (std::size_t column = 0; column < values.size(); ++column) {
        if (!is_null(values[column]))
            parameters.emplace_back(state_->names[column], std::move(values[column]));
    }
    return parameters;
}

const protocol::WorkloadDescription* Sweep::workload(const RunSpec& run) const {
    if (!state_->definition.workload) return nullptr;
    const std::vector<Value> values = state_->row(run);
    return state_->workloads->find(state_->definition.workload->text.fill(
        [&](std::string_view name) { return state_->value_of(name, values); }));
}

protocol::Request Sweep::request(const RunSpec& run) const {
    const std::vector<Value> values = state_->row(run);
    const ValueOf fill = [&](std::string_view name) { return state_->value_of(name, values); };
    const Definition& definition = state_->definition;
    protocol::Request request;
    request.sweep = definition.name;
    request.run = run.run;
    request.cell = tidemark::to_text(run.cell);
    request.parameters = parameters(run);
    request.limits = definition.limits;
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
    } else {
        const auto path = own.environment.find("PATH");
        const char* inherited = std::getenv("PATH");
        std::string problem;
        const std::filesystem::path program = find_program(own.command.front(), own.working_directory,
                                                           path != own.environment.end() ? path->second
                                                           : inherited != nullptr        ? inherited
                                                                                         : "",
                                                           problem);
        if (!problem.empty()) state_->refuse(definition.command_position, "command", problem);
        text.add(tidemark::to_text(state_->input_digest(program)));
    }
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
    return digest_of(text.text());
}

}  // namespace tidemark::sweep
