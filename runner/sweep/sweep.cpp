#include "sweep/sweep.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "base/error.hpp"
#include "sweep/expansion/axis_query.hpp"
#include "sweep/expansion/cross_checks.hpp"
#include "sweep/expansion/expansion.hpp"
#include "sweep/expansion/given_values.hpp"
#include "sweep/expansion/result_expressions.hpp"
#include "sweep/expansion/runs_that_need.hpp"
#include "sweep/expansion/sweep_parameters.hpp"
#include "sweep/expansion/unused_axes.hpp"
#include "sweep/expansion/value_pool.hpp"
#include "sweep/file/definition.hpp"
#include "sweep/file/overrides.hpp"
#include "sweep/identity.hpp"
#include "sweep/key_sources.hpp"
#include "sweep/required_paths.hpp"
#include "sweep/secret_key.hpp"
#include "sweep/secrets.hpp"

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

    std::vector<std::string> by_repeat() const {
        std::vector<std::string> names;
        for (const SweepParameter& column : columns.all()) {
            if (column.by_repeat) names.push_back(column.name);
        }
        return names;
    }

    /// Of a command without placeholders that differ between runs.
    std::vector<std::string> filled_for_all(const GivenCommand& command) const {
        if (runs.empty()) return {};
        const Row first = row(runs.front());
        return columns.filled(command.words, first, [&](std::string_view name) {
            const bool is_own = !columns.find(name) && name == kSweepPlaceholder;
            return is_own ? definition.name : columns.text_of(name, first);
        });
    }

    /// Once for each value that a run has, in the order of the runs.
    std::vector<ValueStep> filled_for_values(const std::optional<GivenEach>& each) const {
        std::vector<ValueStep> steps;
        const auto column = each ? columns.find(each->parameter) : std::nullopt;
        if (!column) return steps;
        std::set<std::string> seen;
        for (const RunSpec& run : runs) {
            const Row own = row(run);
            if (is_null(own[*column]->value)) continue;
            const std::string value = columns.text_of(each->parameter, own);
            if (!seen.insert(value).second) continue;
            steps.push_back({each->parameter + "=" + value,
                             columns.filled(each->command.words, own, [&](std::string_view name) {
                                 const bool is_own = !columns.find(name) && name == kSweepPlaceholder;
                                 return is_own ? definition.name : columns.text_of(name, own);
                             })});
        }
        return steps;
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
    std::vector<std::string> notes;
    std::vector<std::vector<std::size_t>> needing;  ///< for each requirement the runs that it is about
    mutable KeySources sources;
};

void Sweep::find_runs_of_bounds(State& state, Problems& problems) {
    if (!state.definition.goal) return;
    for (GoalBound& bound : state.definition.goal->bounds) {
        std::optional<GivenExpression> where;
        if (!bound.where.empty()) where = GivenExpression{{}, bound.where, bound.where_position};
        bound.runs = runs_that_hold(
            where, "goal.subject_to.where", state.columns.names(), state.runs,
            [&](const RunSpec& run) { return state.row(run); }, problems);
    }
}

Sweep::Sweep(std::unique_ptr<State> state) : state_(std::move(state)) {}
Sweep::Sweep(Sweep&&) noexcept = default;
Sweep& Sweep::operator=(Sweep&&) noexcept = default;
Sweep::~Sweep() = default;

Sweep Sweep::load(const std::filesystem::path& file, const WorkloadCatalogue& installed,
                  const LoadOptions& options) {
    Problems problems(file.string());
    Definition definition = read_definition(file, problems);
    if (problems.any() && definition.name.empty()) problems.throw_if_any();
    ask_queries(definition, options, problems);
    apply_overrides(definition, options.set, problems);
    apply_command_line(definition, options.limit, options.repeat, problems);
    if (options.goal) apply_goal_options(definition, *options.goal, problems);
    if (definition.goal) check_goal(*definition.goal, problems);
    hide_secrets(definition, options.only.value_or(""), problems);
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
    find_runs_of_bounds(*state, problems);
    problems.throw_if_any();
    if (!state->by_repeat().empty())
        state->sources.repeats =
            std::make_unique<RepeatValues>(state->definition, state->columns, *state->values);
    state->notes = notes_on_unused_axes(state->definition, options);
    Sweep sweep(std::move(state));
    sweep.check_limits(problems);
    sweep.check_port(problems);
    problems.throw_if_any();
    return sweep;
}

void Sweep::for_each_filled(const GivenTemplate& part, const UseFilled& use) const {
    const bool differs = std::ranges::any_of(part.text.names(), [&](const std::string& name) {
        const auto column = state_->columns.find(name);
        return column ? state_->columns.all()[*column].by_repeat : name == kRepeatPlaceholder;
    });
    std::set<std::string> known;
    for (const RunSpec& run : runs()) {
        const ResolvedRun resolved = resolve(run);
        for (int number = 1; number <= (differs ? repeats(run).most : 1); ++number) {
            const Occasion occasion{number, {}};
            const std::string text = resolved.filled_text(part, &occasion);
            if (known.insert(text).second) use({run.run, differs ? number : 0, text});
        }
    }
}

/// Those with placeholders, as each run and repeat will have them.
void Sweep::check_limits(Problems& problems) const {
    for (const GivenTemplate& limit : state_->definition.limits_to_fill) {
        for_each_filled(limit, [&](const Filled& filled) {
            protocol::Limits limits;
            if (const std::string problem = set_limit(limit.key, filled.text, limits); !problem.empty())
                problems.add(limit.position, limit.key,
                             fmt::format("in the run {}: {}", filled.run, problem));
        });
    }
}

/// The first that is no port says enough.
void Sweep::check_port(Problems& problems) const {
    const auto& service = state_->definition.service;
    if (!service || !service->port || !service->port->text.has_placeholders()) return;
    const GivenTemplate& port = *service->port;
    bool told = false;
    for_each_filled(port, [&](const Filled& filled) {
        if (told || port_of(filled.text)) return;
        told = true;
        const std::string repeat = filled.repeat > 0 ? fmt::format(", repeat {}", filled.repeat) : "";
        problems.add(port.position, port.key,
                     fmt::format("must be a TCP port from 1 to {}, and is none in run '{}'{}: '{}'",
                                 kLargestPort, filled.run, repeat, filled.text));
    });
}

const std::filesystem::path& Sweep::file() const {
    return state_->file;
}
std::filesystem::path Sweep::file_of(const Position& position) const {
    return state_->definition.files.at(static_cast<std::size_t>(position.file));
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
    return most_repeats(state_->definition);
}
const Repeats& Sweep::repeats() const {
    return state_->definition.repeat;
}
const Repeats& Sweep::repeats(const RunSpec& run) const {
    const NamedRun* const own = state_->definition.made_otherwise(run.run);
    return own != nullptr && own->repeat ? *own->repeat : state_->definition.repeat;
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
const std::optional<GoalDefinition>& Sweep::goal() const {
    return state_->definition.goal;
}
const std::vector<TableDefinition>& Sweep::tables() const {
    return state_->definition.tables;
}
std::vector<std::string> Sweep::by_repeat() const {
    return state_->by_repeat();
}
const std::vector<std::string>& Sweep::notes() const {
    return state_->notes;
}
const Observe& Sweep::observe() const {
    return state_->definition.observe;
}

protocol::Limits Sweep::limits() const {
    if (state_->definition.limits_to_fill.empty() || runs().empty()) return state_->definition.limits;
    const Occasion first{1, {}};
    const ResolvedRun run = resolve(runs().front());
    return run.limits(run.row_for(&first), &first);
}

std::vector<std::string> Sweep::setup() const {
    return state_->filled_for_all(state_->definition.setup.sweep);
}
std::vector<std::string> Sweep::teardown() const {
    return state_->filled_for_all(state_->definition.teardown.sweep);
}
std::vector<ValueStep> Sweep::setup_of_values() const {
    return state_->filled_for_values(state_->definition.setup.each);
}
std::vector<ValueStep> Sweep::teardown_of_values() const {
    return state_->filled_for_values(state_->definition.teardown.each);
}
const protocol::Retries& Sweep::retries() const {
    return state_->definition.retries;
}
const SlurmOptions& Sweep::slurm() const {
    return state_->definition.slurm;
}
int Sweep::stop_after() const {
    return state_->definition.stop_after;
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
        for (protocol::MetricDescription& metric : metrics_of(given.capture))
            metrics.push_back(std::move(metric));
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

void Sweep::require_paths(const std::vector<RunSpec>& runs) const {
    Problems problems(state_->file.string());
    for (const RunSpec& run : runs) {
        const ResolvedRun resolved = resolve(run);
        if (const auto* description = resolved.workload())
            check_required_paths(state_->definition, *description, resolved.parameters(), problems);
    }
    problems.throw_if_any();
}

std::map<std::string, std::string> Sweep::variables() const {
    std::map<std::string, std::string> all;
    for (const RunSpec& run : state_->runs) all.merge(request(run).variables);
    return all;
}

std::string Sweep::shown_set(const std::string& set) const {
    const std::size_t equals = set.find('=');
    const std::string name = set.substr(0, equals);
    if (!is_secret(name)) return set;
    std::string shown;
    for_each_value(state_->definition, name, [&](const GivenValue& value) { shown = value.written; });
    return name + "=" + shown;
}

bool Sweep::is_secret(const std::string& name) const {
    return std::ranges::find(state_->definition.secrets, name, &GivenSecret::name) !=
           state_->definition.secrets.end();
}

bool Sweep::has_secrets() const {
    return !state_->definition.secrets.empty();
}

std::string Sweep::secret_without_value() const {
    for (const auto& [shown, secret] : state_->definition.hidden) {
        if (shown != secret) continue;
        for (const GivenSecret& named : state_->definition.secrets) {
            bool is_of_it = false;
            for_each_value(state_->definition, named.name, [&, &text = shown](const GivenValue& value) {
                is_of_it |= value.written == text;
            });
            if (is_of_it) return named.name;
        }
    }
    return {};
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

Sweep::Compared Sweep::compared() const {
    std::set<std::string> files = state_->sources.inputs.files();
    const auto& named = state_->sources.named_files;
    files.insert(named.begin(), named.end());
    return {files.size(), state_->sources.named_variables.size()};
}

Digest Sweep::key(const RunSpec& run) const {
    return resolve(run).key();
}

Digest Sweep::measured_key(const RunSpec& run) const {
    return resolve(run).measured_key();
}

}  // namespace tidemark::sweep
