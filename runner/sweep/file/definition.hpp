#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/value.hpp"
#include "protocol/capture.hpp"
#include "protocol/request.hpp"
#include "protocol/retries.hpp"
#include "sweep/file/check_definition.hpp"
#include "sweep/file/goal_definition.hpp"
#include "sweep/file/node_reading.hpp"
#include "sweep/file/observe.hpp"
#include "sweep/file/order.hpp"
#include "sweep/file/problems.hpp"
#include "sweep/file/repeats.hpp"
#include "sweep/file/yaml_document.hpp"
#include "sweep/slurm_options.hpp"

namespace tidemark::sweep {

/// A value and where it was written, for the messages about it.
struct GivenValue {
    Value value;
    std::string text;     ///< of the value before paths are made absolute: it is what a run's name shows
    std::string written;  ///< as it stands in the file or in --set, a quoted text without its quotes
    Position position;
    std::string option;         ///< `--set name=value` where it came from the command line
    bool is_structure = false;  ///< a list or a map: the value is its JSON
};

/// A parameter with a single value.
struct GivenParameter {
    std::string name;
    Position position;
    GivenValue value;
};

/// A name that an axis gives values to.
struct AxisName {
    std::string name;
    Position position;
};

/// One step of an axis: a value for each of its names.
struct AxisPoint {
    std::vector<GivenValue> values;
    Position position;
};

/// A SELECT over earlier results.
struct GivenQuery {
    std::string sql;
    Position position;
};

/// An entry of `matrix`: a parameter and its values, or several whose values belong together.
struct Axis {
    std::string key;  ///< as it stands in the file: `batch_size`, `(model, hidden)`
    Position position;
    std::vector<AxisName> names;
    std::vector<AxisPoint> points;
    std::optional<GivenQuery> query;  ///< the points are its rows; they are added once it was asked

    /// The place of that name among its own; nothing where it has none such.
    std::optional<std::size_t> find(std::string_view name) const;
};

/// An entry of `matrix.include`: what it adds to the cells that have its values of axes.
struct GivenAddition {
    Position position;
    std::vector<GivenParameter> parameters;
};

/// `matrix.sample`: which part of the matrix is made.
struct GivenSample {
    std::uint64_t count = 0;
    std::uint64_t of = 0;  ///< as many cells as the matrix is said to have
    std::uint64_t seed = 0;
    bool latin = false;
    Position position;
};

/// An SQL expression; it is compiled by the expansion.
struct GivenExpression {
    std::string name;  ///< of the derived parameter; empty for `exclude`
    std::string text;
    Position position;
};

/// An entry of `runs`, or one of `each`: a variant of every cell.
struct NamedRun {
    std::string name;
    Position position;
    std::vector<GivenParameter> parameters;
    // of `runs` alone, where they are no parameters of the file
    std::optional<Repeats> repeat{};
    std::optional<int> warmup{};
};

/// A command that is no part of what is measured.
struct GivenCommand {
    std::vector<GivenTemplate> words;  ///< none: there is no such command
    Position position;
};

/// A command that is run once for each value of a parameter, before all runs or after them.
struct GivenEach {
    std::string parameter;
    Position position;  ///< of its name
    GivenCommand command;
};

/// `setup` and `teardown` each: once for the sweep, once for each value of a parameter, and around each
/// execution of a run.
struct GivenSteps {
    GivenCommand sweep;
    GivenCommand run;
    std::optional<GivenEach> each;
};

/// A program that runs beside each execution of a run's.
struct GivenService {
    GivenCommand command;
    std::optional<GivenTemplate> port;
    std::string line;  ///< an expression; its braces are its own
    GivenCommand check;
    Seconds within = protocol::kServiceWait;
};

inline constexpr int kLargestPort = 65535;
/// The number of a TCP port, 1 to kLargestPort; nothing where the text is none.
std::optional<int> port_of(std::string_view text);

/// What must be there for the runs that it is about.
struct GivenRequirement {
    GivenCommand command;
    std::optional<GivenExpression> where;  ///< absent: all runs
    std::string reason;
};

/// An entry of `capture`.
struct GivenCapture {
    protocol::Capture capture;          ///< but for its file
    std::optional<GivenTemplate> file;  ///< of JSON and CSV
    Position position;
};

/// The metric that a capture gives, and those that a statistic gives beside it.
std::vector<protocol::MetricDescription> metrics_of(const protocol::Capture& capture);
/// An entry of `secrets`: a parameter, or a variable.
struct GivenSecret {
    std::string name;
    Position position;
};

/// A sweep file as it was written, each part checked by itself. What depends on other parts is checked by the
/// expansion.
struct Definition {
    std::vector<std::string>
        files;  ///< by Position::file: the one that the user named, then all that it includes
    std::filesystem::path folder;  ///< of the first, absolute: paths of the file are relative to it
    std::string name;
    std::string description;
    std::optional<GivenTemplate> workload;
    std::vector<GivenTemplate> command;
    Position command_position;
    std::vector<GivenParameter> parameters;
    std::vector<Axis> matrix;
    bool has_matrix = false;
    Position matrix_position;
    std::vector<GivenAddition> additions;
    std::optional<GivenSample> sample;
    std::vector<NamedRun> each;
    Position each_position;
    std::vector<GivenExpression> derive;
    std::vector<GivenExpression> exclude;
    Position exclude_position;
    std::vector<NamedRun> runs;
    Repeats repeat;
    Order order = Order::Interleaved;
    protocol::Limits limits;  ///< but for those with placeholders
    std::vector<GivenTemplate> limits_to_fill;
    protocol::HeapLayout heap_layout = protocol::HeapLayout::Same;
    std::vector<std::pair<std::string, GivenTemplate>> environment;
    std::optional<std::vector<std::string>> inherit;  ///< sorted; absent: the caller's whole environment
    std::vector<GivenSecret> secrets;
    std::map<std::string, std::string> hidden;  ///< what stands in place of each secret, and the secret
    std::optional<GivenTemplate> working_directory;
    std::optional<GivenTemplate> stdin_file;
    std::optional<std::vector<GivenTemplate>> inputs;  ///< absent: every argument that names a file
    std::vector<int> accept_exit{0};
    std::vector<std::filesystem::path> plugins;  ///< absolute
    Position plugins_position;
    GivenSteps setup;
    GivenSteps teardown;
    std::optional<GivenService> service;
    std::vector<GivenRequirement> requirements;
    int warmup = 0;
    protocol::Retries retries;
    int stop_after = 0;  ///< equal failures in succession; 0: never
    SlurmOptions slurm;
    std::vector<GivenCapture> capture;
    std::optional<std::vector<std::string>> keep;  ///< absent: all that a run leaves in its folder
    Observe observe;
    std::vector<CheckDefinition> checks;
    std::optional<GoalDefinition> goal;
    std::vector<TableDefinition> tables;

    /// The entry of `runs` with that name, where it has repeats or a warm-up of its own; else null.
    const NamedRun* made_otherwise(std::string_view run) const;
};

/// Reads all keys of the contract; everything that is wrong is added to `problems`. Paths are made absolute
/// from the folder of the file.
Definition read_definition(const std::filesystem::path& file, Problems& problems);

/// Of the run that is made most often.
int most_repeats(const Definition& definition);

/// Calls `use` with all templates that tell a run what to do, and so are part of its cell, in the order in
/// which they are in it.
template <typename Use>
void for_each_template(const Definition& definition, Use use) {
    for (const GivenTemplate& part : definition.command) use(part);
    for (const auto& [name, part] : definition.environment) use(part);
    for (const auto* part : {&definition.workload, &definition.working_directory, &definition.stdin_file}) {
        if (*part) use(**part);
    }
    for (const GivenTemplate& part : definition.limits_to_fill) use(part);
}

/// Calls `use` with each value that the file or the command line gives the parameter, for whichever runs.
template <typename Use>
void for_each_value(const Definition& definition, const std::string& parameter, Use use) {
    for (const Axis& axis : definition.matrix) {
        const auto place = axis.find(parameter);
        if (!place) continue;
        for (const AxisPoint& point : axis.points) use(point.values[*place]);
    }
    const auto use_own = [&](const std::vector<GivenParameter>& given) {
        for (const GivenParameter& own : given) {
            if (own.name == parameter) use(own.value);
        }
    };
    use_own(definition.parameters);
    for (const GivenAddition& addition : definition.additions) use_own(addition.parameters);
    for (const NamedRun& variant : definition.each) use_own(variant.parameters);
    for (const NamedRun& run : definition.runs) use_own(run.parameters);
}

/// Calls `use` with all templates of what goes on around a run, which are no part of its cell.
template <typename Use>
void for_each_template_around(const Definition& definition, Use use) {
    for (const GivenCommand* command : {&definition.setup.run, &definition.teardown.run,
                                        &definition.setup.sweep, &definition.teardown.sweep}) {
        for (const GivenTemplate& word : command->words) use(word);
    }
    for (const GivenSteps* steps : {&definition.setup, &definition.teardown}) {
        if (!steps->each) continue;
        for (const GivenTemplate& word : steps->each->command.words) use(word);
    }
    if (definition.service) {
        for (const GivenCommand* command : {&definition.service->command, &definition.service->check})
            for (const GivenTemplate& word : command->words) use(word);
        if (definition.service->port) use(*definition.service->port);
    }
    for (const GivenRequirement& requirement : definition.requirements) {
        for (const GivenTemplate& word : requirement.command.words) use(word);
    }
    for (const GivenCapture& capture : definition.capture)
        if (capture.file) use(*capture.file);
    if (definition.inputs)
        for (const GivenTemplate& input : *definition.inputs) use(input);
}

// Parts of it, in files of their own. Each is given the node of its key, and adds to `problems` what is wrong
// with it; what could not be read is left out.

/// A map of single values, `parameters` or those of a named run; `key` is its path for messages.
std::vector<GivenParameter> read_parameters(const Node& node, const std::string& key, Problems& problems);
/// A map of axes, into `matrix`, `additions` and `sample`. Files are found from the definition's folder.
void read_matrix(const Node& node, Definition& out, Problems& problems);
/// A map of SQL expressions, which are compiled by the expansion.
std::vector<GivenExpression> read_derive(const Node& node, Problems& problems);
/// A list of SQL conditions, which are compiled by the expansion.
std::vector<GivenExpression> read_exclude(const Node& node, Problems& problems);
/// A map of maps like `parameters`: `each`.
std::vector<NamedRun> read_variants(const Node& node, Problems& problems);
/// The same of `runs`, which may have `repeat` and `warmup` of their own. `definition` has all parameters
/// that the file gives elsewhere: one of that name is meant instead.
std::vector<NamedRun> read_runs(const Node& node, const Definition& definition, Problems& problems);
/// A number, `until 2 %`, or a map that says more of the latter; `key` is its path for messages.
Repeats read_repeats(const Node& node, const std::string& key, Problems& problems);
/// The column of `results` that is meant: `peak_rss` is short for `peak_rss_bytes`, `wall` for `wall_s`.
std::string column_of_metric(const std::string& metric);
/// The unit of that column, or the one that a capture declares for the metric.
protocol::Unit unit_of_metric(const std::string& metric, const std::vector<GivenCapture>& captures);
/// The bound of a figure of that unit, in bytes, seconds or as a fraction.
std::optional<double> read_bound_of(const Node& node, const std::string& key, protocol::Unit unit,
                                    Problems& problems);
/// `limits`, with amounts of memory in bytes and times in seconds. Those with placeholders, which have a
/// value for each run, are added to `to_fill`.
protocol::Limits read_limits(const Node& node, std::vector<GivenTemplate>& to_fill, Problems& problems);
/// Sets the limit of that key, as `limits.memory`, to what the text says, which its placeholders were
/// replaced in; what is wrong with it, else nothing.
std::string set_limit(std::string_view key, const std::string& text, protocol::Limits& limits);
/// One of them, of that name, as `key` for messages; another name sets nothing.
void read_limit(const std::string& name, const Node& value, const std::string& key, protocol::Limits& limits,
                Problems& problems);
/// `all`, for which there is nothing, `none`, or a list of variables.
std::optional<std::vector<std::string>> read_inherit(const Node& node, Problems& problems);
/// A list of parameters and variables.
std::vector<GivenSecret> read_secrets(const Node& node, Problems& problems);
/// A list of files, folders and patterns.
std::vector<GivenTemplate> read_inputs(const Node& node, Problems& problems);
/// Exit codes from 0 to 255: one, or a list.
std::vector<int> read_accept_exit(const Node& node, Problems& problems);
/// `setup` or `teardown`, as `key` says.
GivenSteps read_steps(const Node& node, const std::string& key, Problems& problems);
/// Files of libraries, made absolute from `folder`.
std::vector<std::filesystem::path> read_plugins(const Node& node, const std::filesystem::path& folder,
                                                Problems& problems);
/// A list of a program and its arguments.
GivenCommand read_step(const Node& node, const std::string& key, Problems& problems);
/// A program that runs beside each execution, and how it tells that it is ready.
std::optional<GivenService> read_service(const Node& node, Problems& problems);
/// How often runs that did not end well are made again: a number, or a map with the endings.
protocol::Retries read_retries(const Node& node, Problems& problems);
/// `3 equal failures`; 0 where it is something else.
int read_stop_after(const Node& node, Problems& problems);
/// The section `slurm`.
SlurmOptions read_slurm(const Node& node, Problems& problems);
/// How many times the program is run before it is measured; 0 where the number is wrong.
int read_warmup(const Node& node, const std::string& key, Problems& problems);
/// A list of commands with the conditions for which runs they count.
std::vector<GivenRequirement> read_requirements(const Node& node, Problems& problems);
/// A map of metrics and where they are taken from.
std::vector<GivenCapture> read_captures(const Node& node, Problems& problems);
/// A list of patterns of files, relative to a run's own folder.
std::vector<std::string> read_keep(const Node& node, Problems& problems);
/// True, false, or a map with patterns of what is left out.
Observe read_observe(const Node& node, Problems& problems);
/// A list of checks; their bounds are in bytes, seconds or as a fraction. `captures` declare the units of the
/// metrics that they may be about.
std::vector<CheckDefinition> read_checks(const Node& node, const std::vector<GivenCapture>& captures,
                                         Problems& problems);
/// `goal`: what is looked for, and what must hold of it.
std::optional<GoalDefinition> read_goal(const Node& node, const std::vector<GivenCapture>& captures,
                                        Problems& problems);
/// What `tidemark plan` gives instead; then there must be a goal.
void apply_goal_options(Definition& definition, const GoalOptions& options, Problems& problems);
/// What no run can hold.
void check_goal(const GoalDefinition& goal, Problems& problems);
/// A list of tables; their SQL is compiled by the expansion.
std::vector<TableDefinition> read_tables(const Node& node, Problems& problems);

}  // namespace tidemark::sweep
