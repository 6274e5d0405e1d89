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
#include "sweep/check_definition.hpp"
#include "sweep/placeholders.hpp"
#include "sweep/problems.hpp"
#include "sweep/sweep.hpp"
#include "sweep/yaml_document.hpp"

namespace tidemark::sweep {

/// A value and where it was written, for the messages about it.
struct GivenValue {
    Value value;
    std::string text;  ///< as written: it is what a run's name shows
    Position position;
    std::string option;  ///< `--set name=value` where it came from the command line
};

struct GivenParameter {
    std::string name;
    Position position;
    GivenValue value;
};

struct Axis {
    std::string name;
    Position position;
    std::vector<GivenValue> values;
};

struct GivenExpression {
    std::string name;  ///< of the derived parameter; empty for `exclude`
    std::string text;
    Position position;
};

struct NamedRun {
    std::string name;
    Position position;
    std::vector<GivenParameter> parameters;
};

struct GivenTemplate {
    std::string key;  ///< path for messages: `command`, `environment.OMP_NUM_THREADS`
    Template text;
    Position position;
};

/// A command that is no part of what is measured.
struct GivenCommand {
    std::vector<GivenTemplate> words;  ///< none: there is no such command
    Position position;
};

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
    std::optional<GivenTemplate> working_directory;
    std::optional<GivenTemplate> stdin_file;
    Position inputs_position;
    std::optional<std::vector<std::string>> inputs;  ///< absent: every argument that names a file
    std::vector<int> accept_exit{0};
    std::vector<std::filesystem::path> plugins;  ///< absolute
    Position plugins_position;
    GivenSteps setup;
    GivenSteps teardown;
    std::vector<GivenRequirement> requirements;
    int warmup = 0;
    std::vector<GivenCapture> capture;
    std::vector<CheckDefinition> checks;
    std::vector<TableDefinition> tables;
};

/// Reads all keys of the contract; everything that is wrong is added to `problems`.
Definition read_definition(const std::filesystem::path& file, Problems& problems);

// Parts of it, in files of their own:
protocol::Limits read_limits(const Node& node, Problems& problems);
std::vector<int> read_accept_exit(const Node& node, Problems& problems);
GivenSteps read_steps(const Node& node, const std::string& key, Problems& problems);
std::vector<std::filesystem::path> read_plugins(const Node& node, const std::filesystem::path& folder,
                                                Problems& problems);
GivenCommand read_step(const Node& node, const std::string& key, Problems& problems);
int read_warmup(const Node& node, Problems& problems);
std::vector<GivenRequirement> read_requirements(const Node& node, Problems& problems);
std::vector<GivenCapture> read_captures(const Node& node, Problems& problems);
std::vector<CheckDefinition> read_checks(const Node& node, Problems& problems);
std::vector<TableDefinition> read_tables(const Node& node, Problems& problems);

/// The text of a scalar; a problem and nothing where the node is none (or null).
std::optional<std::string> read_text(const Node& node, const std::string& key, Problems& problems);

/// The same, with placeholders.
std::optional<GivenTemplate> read_template(const Node& node, const std::string& key, Problems& problems);

/// A name that may become a column and is not one of the results' own; `what` it is: "parameter", "metric".
bool is_free_name(const std::string& name, std::string_view what, Position position, const std::string& key,
                  Problems& problems);

/// Adds a problem for every member of the map whose name is not among `known`; false where the node is no
/// map.
bool check_members(const Node& node, const std::string& key, const std::vector<std::string_view>& known,
                   Problems& problems);

}  // namespace tidemark::sweep
