#include "sweep/sweep.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "sweep/expansion/cross_checks.hpp"
#include "sweep/expansion/expansion.hpp"
#include "sweep/expansion/given_values.hpp"
#include "sweep/expansion/result_expressions.hpp"
#include "sweep/expansion/runs_that_need.hpp"
#include "sweep/expansion/sweep_parameters.hpp"
#include "sweep/expansion/value_pool.hpp"
#include "sweep/file/definition.hpp"
#include "sweep/file/overrides.hpp"
#include "sweep/identity.hpp"
#include "sweep/key_sources.hpp"

namespace tidemark::sweep {
namespace {

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

/// Whether runs are told their own name, which is then part of what they are told.
bool tell_their_names(const Definition& definition, const SweepParameters& columns) {
    bool tell = false;
    for_each_template(definition, [&](const GivenTemplate& part) {
        tell |= std::ranges::count(part.text.names(), kRunPlaceholder) > 0 && !columns.find(kRunPlaceholder);
    });
    return tell;
}

}  // namespace

struct Sweep::State {
    State(const std::filesystem::path& own_file, Definition own_definition, SweepParameters own_columns,
          const LoadOptions& options)
        : file(own_file),
          definition(std::move(own_definition)),
          columns(std::move(own_columns)),
          sources(definition.folder, options.never_inputs) {
        for (std::size_t i = 0; i < columns.all().size(); ++i) {
            const SweepParameter& column = columns.all()[i];
            if (column.varies) {
                varying.push_back(i);
                varying_names.push_back(column.name);
            } else {
                add_constant(i);
            }
        }
    }

    void add_constant(std::size_t column) {
        for (const Profile& profile : columns.profiles()) {
            const Value& value = profile.base[column]->value;
            if (is_null(value)) continue;
            constant.emplace_back(columns.names()[column], value);
            return;
        }
    }

    Row row(const RunSpec& run) const { return columns.row(varying, run.values); }

    /// Of a command without placeholders that differ between runs.
    std::vector<std::string> filled_for_all(const GivenCommand& command) const {
        if (runs.empty()) return {};
        const Row first = row(runs.front());
        return filled(command, [&](std::string_view name) {
            const bool is_own = !columns.find(name) && name == kSweepPlaceholder;
            return is_own ? definition.name : columns.text_of(name, first);
        });
    }

    std::filesystem::path file;
    Definition definition;
    std::unique_ptr<const WorkloadCatalogue> workloads;  ///< what columns and profiles point into
    std::unique_ptr<ValuePool> values;                   ///< what profiles and runs point into
    SweepParameters columns;
    std::vector<std::size_t> varying;  ///< indices of columns
    std::vector<std::string> varying_names;
    protocol::Parameters constant;
    std::vector<RunSpec> runs;
    std::size_t excluded = 0;
    std::vector<std::vector<std::size_t>> needing;  ///< for each requirement the runs that it is about
    mutable KeySources sources;
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
    apply_overrides(definition, options.set, problems);
    auto workloads = std::make_unique<const WorkloadCatalogue>(with_plugins(installed, definition, problems));
    auto values = std::make_unique<ValuePool>();
    SweepParameters columns = make_columns(definition, *workloads, options, *values, problems);
    check_across(definition, columns, problems);
    check_result_expressions(definition, columns, *workloads, problems);
    auto state = std::make_unique<State>(file, std::move(definition), std::move(columns), options);
    state->workloads = std::move(workloads);
    state->values = std::move(values);
    CellDigests cells(state->definition, state->columns);
    Expansion expansion = expand(
        state->definition, state->columns, state->varying, options,
        [&](RowView row, const Profile& profile) { return cells.of(row, profile); }, *state->values,
        problems);
    state->runs = std::move(expansion.runs);
    state->excluded = expansion.excluded;
    if (tell_their_names(state->definition, state->columns)) {
        for (RunSpec& run : state->runs) run.cell = named_cell(run.cell, run.run);
    }
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
std::size_t Sweep::excluded() const {
    return state_->excluded;
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
const Observe& Sweep::observe() const {
    return state_->definition.observe;
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

ResolvedRun Sweep::resolve(const RunSpec& run) const {
    return {state_->definition, state_->columns, state_->sources, run, state_->row(run)};
}

protocol::Parameters Sweep::parameters(const RunSpec& run) const {
    return resolve(run).parameters();
}

const protocol::WorkloadDescription* Sweep::workload(const RunSpec& run) const {
    if (!state_->columns.choose_workload()) return state_->columns.profiles().front().workload;
    return resolve(run).workload();
}

std::vector<const protocol::WorkloadDescription*> Sweep::workloads() const {
    std::vector<const protocol::WorkloadDescription*> found;
    for (const RunSpec& run : state_->runs) {
        const auto* own = workload(run);
        if (own != nullptr && std::ranges::find(found, own) == found.end()) found.push_back(own);
        if (!state_->columns.choose_workload()) break;  // all have the same
    }
    return found;
}

protocol::Request Sweep::request(const RunSpec& run) const {
    return resolve(run).request();
}

protocol::Request Sweep::request(const RunSpec& run, const Occasion& occasion) const {
    return resolve(run).request(occasion);
}

std::map<std::string, std::string> Sweep::variables() const {
    std::map<std::string, std::string> all;
    for (const RunSpec& run : state_->runs) all.merge(request(run).variables);
    return all;
}

std::vector<std::string> Sweep::described_inputs() const {
    if (!state_->definition.inputs) return {};
    for (const RunSpec& run : state_->runs) {
        const ResolvedRun resolved = resolve(run);
        for (const std::string& entry : *resolved.request().inputs)
            state_->sources.inputs.of(entry, state_->sources.files);
    }
    return state_->sources.inputs.descriptions();
}

std::vector<std::string> Sweep::notes_on_inputs() const {
    return state_->sources.inputs.notes();
}

Digest Sweep::key(const RunSpec& run) const {
    return resolve(run).key();
}

}  // namespace tidemark::sweep
