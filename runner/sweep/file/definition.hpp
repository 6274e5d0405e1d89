#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/value.hpp"
#include "protocol/capture.hpp"
#include "protocol/request.hpp"
#include "sweep/file/check_definition.hpp"
#include "sweep/file/node_reading.hpp"
#include "sweep/file/observe.hpp"
#include "sweep/file/order.hpp"
#include "sweep/file/problems.hpp"
#include "sweep/file/yaml_document.hpp"

namespace tidemark::sweep {

/// A value and where it was written, for the messages about it.
struct GivenValue {
    Value value;
    std::string text;     ///< of the value before paths are made absolute: it is what a run's name shows
    std::string written;  ///< as it stands in the file or in --set, a quoted text without its quotes
    Position position;
    std::string option;  ///< `--set name=value` where it came from the command line
};

/// A parameter with a single value.
struct GivenParameter {
    std::string name;
    Position position;
    GivenValue value;
};

/// An entry of `matrix`.
struct Axis {
    std::string name;
    Position position;
    std::vector<GivenValue> values;
};

/// An SQL expression; it is compiled by the expansion.
struct GivenExpression {
    std::string name;  ///< of the derived parameter; empty for `exclude`
    std::string text;
    Position position;
};

/// An entry of `runs`.
struct NamedRun {
    std::string name;
    Position position;
    std::vector<GivenParameter> parameters;
};

/// A command that is no part of what is measured.
struct GivenCommand {
    std::vector<GivenTemplate> words;  ///< none: there is no such command
    Position position;
};

/// The words of a command with their placeholders replaced.
std::vector<std::string> filled(const GivenCommand& command, const ValueOf& value_of);

/// `setup` and `teardown` each: once for the sweep, and around each execution of a run.
struct GivenSteps {
    GivenCommand sweep;
    GivenCommand run;
};

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

/// A sweep file as it was written, each part checked by itself. What depends on other parts is checked by the
/// expansion.
struct Definition {
    std::string file;              ///< as the user named it
    std::filesystem::path folder;  ///< absolute: paths of the file are relative to it
    std::string name;
    std::string description;
    std::optional<GivenTemplate> workload;
    std::vector<GivenTemplate> command;
    Position command_position;
    std::vector<GivenParameter> parameters;
    std::vector<Axis> matrix;
    bool has_matrix = false;
    Position matrix_position;
    std::vector<GivenExpression> derive;
    std::vector<GivenExpression> exclude;
    Position exclude_position;
    std::vector<NamedRun> runs;
    int repeat = 1;
    Order order = Order::Interleaved;
    protocol::Limits limits;
    protocol::HeapLayout heap_layout = protocol::HeapLayout::Same;
    std::vector<std::pair<std::string, GivenTemplate>> environment;
    std::optional<std::vector<std::string>> inherit;  ///< sorted; absent: the caller's whole environment
    std::optional<GivenTemplate> working_directory;
    std::optional<GivenTemplate> stdin_file;
    std::optional<std::vector<GivenTemplate>> inputs;  ///< absent: every argument that names a file
    std::vector<int> accept_exit{0};
    std::vector<std::filesystem::path> plugins;  ///< absolute
    Position plugins_position;
    GivenSteps setup;
    GivenSteps teardown;
    std::vector<GivenRequirement> requirements;
    int warmup = 0;
    std::vector<GivenCapture> capture;
    std::optional<std::vector<std::string>> keep;  ///< absent: all that a run leaves in its folder
    Observe observe;
    std::vector<CheckDefinition> checks;
    std::vector<TableDefinition> tables;
};

/// Reads all keys of the contract; everything that is wrong is added to `problems`. Paths are made absolute
/// from the folder of the file.
Definition read_definition(const std::filesystem::path& file, Problems& problems);

/// Calls `use` with all templates that tell a run what to do, and so are part of its cell, in the order in
/// which they are in it.
template <typename Use>
void for_each_template(const Definition& definition, Use use) {
    for (const GivenTemplate& part : definition.command) use(part);
    for (const auto& [name, part] : definition.environment) use(part);
    for (const auto* part : {&definition.workload, &definition.working_directory, &definition.stdin_file}) {
        if (*part) use(**part);
    }
}

/// Calls `use` with each value that the file or the command line gives the parameter, for whichever runs.
template <typename Use>
void for_each_value(const Definition& definition, const std::string& parameter, Use use) {
    for (const Axis& axis : definition.matrix) {
        if (axis.name != parameter) continue;
        for (const GivenValue& value : axis.values) use(value);
    }
    for (const GivenParameter& own : definition.parameters) {
        if (own.name == parameter) use(own.value);
    }
    for (const NamedRun& run : definition.runs) {
        for (const GivenParameter& own : run.parameters) {
            if (own.name == parameter) use(own.value);
        }
    }
}

// Parts of it, in files of their own. Each is given the node of its key, and adds to `problems` what is wrong
// with it; what could not be read is left out.

/// A map of single values, `parameters` or those of a named run; `key` is its path for messages.
std::vector<GivenParameter> read_parameters(const Node& node, const std::string& key, Problems& problems);
/// A map of lists of values.
std::vector<Axis> read_matrix(const Node& node, Problems& problems);
/// A map of SQL expressions, which are compiled by the expansion.
std::vector<GivenExpression> read_derive(const Node& node, Problems& problems);
/// A list of SQL conditions, which are compiled by the expansion.
std::vector<GivenExpression> read_exclude(const Node& node, Problems& problems);
/// A map of maps like `parameters`.
std::vector<NamedRun> read_runs(const Node& node, Problems& problems);
/// `limits`, with amounts of memory in bytes and times in seconds.
protocol::Limits read_limits(const Node& node, Problems& problems);
/// `all`, for which there is nothing, `none`, or a list of variables.
std::optional<std::vector<std::string>> read_inherit(const Node& node, Problems& problems);
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
/// How many times the program is run before it is measured; 0 where the number is wrong.
int read_warmup(const Node& node, Problems& problems);
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
/// A list of tables; their SQL is compiled by the expansion.
std::vector<TableDefinition> read_tables(const Node& node, Problems& problems);

}  // namespace tidemark::sweep
