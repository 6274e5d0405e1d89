// The table of all keys of a sweep file.
#include "sweep/file/grammar.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/suggestion.hpp"

namespace tidemark::sweep {
namespace {

using Kind = Shape::Kind;

Shape text() {
    return {};
}
Shape written(std::string pattern) {
    return {.kind = Kind::Written, .pattern = std::move(pattern)};
}
/// With placeholders, where a number would stand else.
Shape filled_in() {
    return {.kind = Kind::Template};
}
Shape any() {
    return {.kind = Kind::Any};
}
Shape integer(std::int64_t least, std::int64_t most) {
    return {.kind = Kind::Integer, .least = least, .most = most};
}
Shape boolean() {
    return {.kind = Kind::Boolean};
}
Shape list_of(Shape item, std::int64_t least = 0) {
    return {.kind = Kind::List, .least = least, .of = {std::move(item)}};
}
Shape map_of(Shape member) {
    return {.kind = Kind::Map, .of = {std::move(member)}};
}
Shape named(std::string_view names, Shape member, std::int64_t least = 0) {
    return {.kind = Kind::Map, .least = least, .of = {std::move(member)}, .names = names};
}
Shape map_with(const Keys& (*keys)()) {
    return {.kind = Kind::KnownKeys, .keys = keys};
}
Shape one_of(std::vector<Shape> shapes) {
    return {.kind = Kind::OneOf, .of = std::move(shapes)};
}
Shape words(std::vector<std::string_view> choices) {
    return {.kind = Kind::Choice, .choices = std::move(choices)};
}
template <typename Meant, std::size_t kCount>
Shape words_of(const Words<Meant, kCount>& all) {
    Shape shape{.kind = Kind::Choice};
    for (const auto& [word, meant] : all) shape.choices.push_back(word);
    return shape;
}
Shape units() {
    Shape shape{.kind = Kind::Choice};
    for (const protocol::Unit unit : kUnits) shape.choices.push_back(protocol::to_text(unit));
    return shape;
}
/// The values of an axis, or how they are computed.
Shape axis() {
    return one_of({list_of(any(), 1), {.kind = Kind::KnownKeys, .least = 1, .most = 1, .keys = axis_keys}});
}
Shape program() {
    return list_of(one_of({text(), map_with(word_keys)}), 1);
}
Shape local_text() {
    return one_of({text(), map_with(local_text_keys)});
}
Shape steps() {
    return one_of({program(), map_with(step_keys)});
}
Shape parameters() {
    return named(kParameterPattern, any());
}

/// Words of other tools for what has a name here.
struct OtherName {
    std::string_view word;
    std::string_view meant;
};
constexpr std::array kOtherNames{OtherName{"env", "environment"},
                                 OtherName{"envs", "environment"},
                                 OtherName{"vars", "environment"},
                                 OtherName{"params", "parameters"},
                                 OtherName{"args", "parameters"},
                                 OtherName{"defaults", "parameters"},
                                 OtherName{"grid", "matrix"},
                                 OtherName{"axes", "matrix"},
                                 OtherName{"sweep_parameters", "matrix"},
                                 OtherName{"timeout", "limits: {wall: …}"},
                                 OtherName{"wall", "limits: {wall: …}"},
                                 OtherName{"memory", "limits: {memory: …}"},
                                 OtherName{"extends", "include"},
                                 OtherName{"inherits", "include"},
                                 OtherName{"base", "include"},
                                 OtherName{"import", "include"},
                                 OtherName{"name", "sweep"},
                                 OtherName{"title", "sweep"},
                                 OtherName{"program", "command"},
                                 OtherName{"cmd", "command"},
                                 OtherName{"script", "command"},
                                 OtherName{"repeats", "repeat"},
                                 OtherName{"repetitions", "repeat"},
                                 OtherName{"trials", "repeat"},
                                 OtherName{"metrics", "capture"},
                                 OtherName{"workdir", "cwd"},
                                 OtherName{"working_directory", "cwd"},
                                 OtherName{"before", "setup"},
                                 OtherName{"after", "teardown"},
                                 OtherName{"artifacts", "keep"},
                                 OtherName{"variables", "environment"}};

/// Words of other tools for limits.
constexpr std::array kOtherLimits{
    OtherName{"timeout", "wall"}, OtherName{"time", "wall"},      OtherName{"mem", "memory"},
    OtherName{"ram", "memory"},   OtherName{"cpu", "cpu_time"},   OtherName{"cores", "cpus"},
    OtherName{"threads", "cpus"}, OtherName{"processes", "pids"}, OtherName{"strict", "enforce"}};

template <std::size_t kCount>
std::string_view meant_by(std::string_view word, const std::array<OtherName, kCount>& others) {
    const auto found = std::ranges::find(others, word, &OtherName::word);
    return found == others.end() ? std::string_view() : found->meant;
}

}  // namespace

const Keys& top_keys() {
    static const Keys kKeys{
        {"sweep",
         "The sweep's name, by which its results are found.",
         text(),
         {},
         "missing; give the sweep a name"},
        {"include",
         "A sweep file that this one builds on, or a list of them; its path is relative to this file.",
         one_of({text(), list_of(text(), 1)})},
        {"description", "What it is for, in a sentence or more.", text()},
        {"workload", "A built-in workload, such as train; instead of a command.", text()},
        {"command", "The program and its arguments, without a shell; {NAME} is a parameter's value.",
         program(),
         "must be a list of the program and its arguments, such as [python3, train.py]; for a shell write "
         "[sh, "
         "-c, '…']"},
        {"parameters", "Parameters with one value for all runs.", parameters()},
        {"matrix",
         "Parameters with several values, of which every combination is a run.",
         {.kind = Kind::Map, .least = 1, .of = {axis()}, .keys = matrix_keys, .names = kAxisPattern}},
        {"derive", "Parameters that are computed from others, by SQL expressions.",
         named(kParameterPattern, text())},
        {"exclude", "SQL conditions; cells of the matrix that hold one are left out.", list_of(text())},
        {"runs", "Named runs with parameters of their own, beside the matrix.",
         map_of(one_of({parameters(), {.kind = Kind::Null}}))},
        {"each", "Named variants of every cell of the matrix, with parameters of their own.",
         map_of(one_of({parameters(), {.kind = Kind::Null}}))},
        {"repeat", "How many times each run is executed: a number, or until a median is known well enough.",
         one_of({integer(1, kMostRepeats), text(), map_with(repeat_keys)})},
        {"order", "In what order the repeats are executed.", words_of(kOrders)},
        {"limits", "What each run may use at most.", map_with(limit_keys)},
        {"heap_layout", "Whether the heap of each repeat begins elsewhere.", words_of(kHeapLayouts)},
        {"environment", "Variables that the program gets on top of the caller's.", map_of(text()),
         "must be a map, such as {OMP_NUM_THREADS: 2}"},
        {"inherit", "Which of the caller's variables the program gets: all, none, or a list.",
         one_of({words({"all", "none"}), list_of(text())})},
        {"secrets", "Parameters and variables whose values are stored and shown nowhere.", list_of(text())},
        {"cwd", "The working directory, relative to this file.", text()},
        {"stdin", "A file that the program reads as its standard input.", text()},
        {"inputs", "Files, folders and patterns whose content belongs to what a run is.", list_of(text()),
         "must be a list of files, such as [train.py, data.csv]"},
        {"observe", "Whether Tidemark watches what runs read below this file's folder.",
         one_of({boolean(), map_with(observe_keys)})},
        {"accept_exit", "The exit codes that are a success.",
         one_of({integer(0, kLargestExitCode), list_of(integer(0, kLargestExitCode), 1)})},
        {"plugins", "Shared libraries with models of your own, for a workload.", list_of(text()),
         "must be a list of shared libraries, such as [build/libmine.so]"},
        {"setup", "A command before all runs, or one for the sweep and one for each run.", steps()},
        {"teardown", "A command after all runs, or one for the sweep and one for each run.", steps()},
        {"service", "What runs beside the program, such as a server: started before it, ended after it.",
         map_with(service_keys)},
        {"retries", "How often a run that did not end well is run again.",
         one_of({integer(0, kMostRetries), map_with(retry_keys)})},
        {"stop_after", "When a sweep stops whose runs all fail alike, such as 3 equal failures.",
         written("^[1-9][0-9]* equal failures?$")},
        {"slurm", "What Slurm is told of the jobs that runs are made in, with `run --on slurm`.",
         map_with(slurm_keys)},
        {"requires", "Commands that say whether what some runs need is there.",
         list_of(map_with(requirement_keys)),
         "must be a list, such as [{command: [python3, -c, import torch], reason: PyTorch is not "
         "installed}]"},
        {"warmup", "How many times the program is run before it is measured.", integer(0, kMostWarmups)},
        {"capture", "Metrics that are taken from the program's output or from files that it writes.",
         named(kMetricPattern, one_of({text(), map_with(capture_keys)}), 1),
         "must be a map of metrics, such as {accuracy: 'accuracy: ([0-9.]+)'}"},
        {"keep", "Which files stay of those that a run leaves in its folder.", list_of(text()),
         "must be a list of files that a run leaves in its folder, such as [model.pt, '*.csv']"},
        {"checks", "What must hold of the results, for `tidemark check`.", list_of(map_with(check_keys)),
         "must be a list, such as [{name: fits, where: \"true\", metric: peak_rss, max: 1 GiB}]"},
        {"goal", "What `tidemark plan` looks for among the runs.", map_with(goal_keys)},
        {"tables", "Tables of the report, each an SQL statement over the results.",
         list_of(map_with(table_keys)),
         "must be a list, such as [{title: Memory, sql: \"SELECT run, peak_rss_bytes FROM results\"}]"}};
    return kKeys;
}

const Keys& limit_keys() {
    static const Keys kKeys{
        {"memory", "Of the whole process tree, such as 16 GiB.", text()},
        {"swap", "What may be swapped out beside the memory; 0: nothing.", text()},
        {"pids", "Processes and threads at the same time.", one_of({integer(1, kMostPids), filled_in()})},
        {"wall", "Time until the run is ended, such as 2 h.", text()},
        {"cpu_time", "User and system time of the whole tree.", text()},
        {"cpus", "How many CPUs the run may use.", one_of({integer(1, kMostCpus), filled_in()})},
        {"enforce", "What becomes of a limit that this machine cannot enforce.", words_of(kEnforcements)}};
    return kKeys;
}

const Keys& matrix_keys() {
    static const Keys kKeys{
        {"include",
         "What is added to the cells that have some values: a list of maps. Or an axis of that name.",
         axis()},
        {"sample", "A part of all cells, such as 20 of 5000 seed 1. Or an axis of that name.",
         one_of({written(R"(^\s*[0-9]+\s+of\s+[0-9]+\s+(latin\s+)?seed\s+[0-9]+\s*$)"), axis()})}};
    return kKeys;
}

const Keys& axis_keys() {
    static const std::string kNumber = R"([-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?)";
    static const std::string kEnds = R"(^\s*)" + kNumber + R"(\.\.)" + kNumber;
    static const Keys kKeys{
        {"range", "Numbers with the same distance, such as 1..64 step 7.",
         written(kEnds + R"((\s+step\s+)" + kNumber + R"()?\s*$)")},
        {"log2", "Powers of two, such as 8..1024.", written(R"(^\s*\+?[0-9]+\.\.\+?[0-9]+\s*$)")},
        {"linspace", "So many numbers between two, such as 0..1 count 5.",
         written(kEnds + R"(\s+count\s+\+?[0-9]+\s*$)")},
        {"files", "The files that a pattern matches, sorted, such as data/*.txt.", text()},
        {"lines", "The lines of a file.", text()},
        {"sql", "What a SELECT over earlier results gives.", text()}};
    return kKeys;
}

const Keys& word_keys() {
    static const Keys kKeys{
        {"when", "A parameter; where it is null or false the words are left out.", text()},
        {"words", "The words that may be left out.", list_of(text(), 1)}};
    return kKeys;
}

const Keys& service_keys() {
    static const Keys kKeys{
        {"command",
         "The program and its arguments, without a shell.",
         program(),
         {},
         "missing; write {command: [./server, --port, 8080], port: 8080}"},
        {"port", "The TCP port that it listens at when it is ready.", text()},
        {"line", "A regular expression for the line of its output that says that it is ready.", text()},
        {"check", "A command that ends with 0 when it is ready.", program()},
        {"within", "How long Tidemark waits for it at most, such as 30 s.", text()}};
    return kKeys;
}

const Keys& retry_keys() {
    static const Keys kKeys{
        {"times", "How often at most.", integer(0, kMostRetries)},
        {"after", "After which endings, such as [crashed, timeout].", one_of({text(), list_of(text(), 1)})}};
    return kKeys;
}

const Keys& slurm_keys() {
    static const Keys kKeys{
        {"partition", "The partition, or several parted by commas.", text()},
        {"account", "The account that pays for the jobs.", text()},
        {"qos", "The quality of service.", text()},
        {"constraint", "Features that the nodes must have, such as skylake.", text()},
        {"gpus", "How many GPUs each run gets, such as 1 or a100:2.", text()},
        {"options", "More options of sbatch, each one word, such as --nice=100.", list_of(text()),
         "must be a list of options of sbatch, each one word, such as [--nice=100, --exclusive]"},
        {"runs_per_job", "How many runs one job makes, one after the other; 1 where it is not given.",
         integer(1, kMostRunsPerJob)}};
    return kKeys;
}

const Keys& repeat_keys() {
    static const Keys kKeys{
        {"until", "How well the median is to be known, such as 2 %.", text()},
        {"metric", "Of which figure the median is, such as peak_rss; else the wall time.", text()},
        {"min", "How often a run is executed at least.", integer(1, kMostRepeats)},
        {"max", "How often a run is executed at most.", integer(1, kMostRepeats)}};
    return kKeys;
}

const Keys& step_keys() {
    static const Keys kKeys{{"sweep", "Once for the sweep.", program()},
                            {"run", "For each execution of a run.", program()},
                            {"each", "A parameter, for each value of which the command is run once.", text()},
                            {"command", "What is run for each value of the parameter.", program()}};
    return kKeys;
}

const Keys& requirement_keys() {
    static const Keys kKeys{
        {"command",
         "A program that ends with 0 where all is there.",
         program(),
         {},
         "missing; name a program that ends with 0 where all is there, such as [python3, -c, import torch]"},
        {"where", "An SQL condition: the runs that need it; without it all.", text()},
        {"reason",
         "What is not there then, and how to get it.",
         text(),
         {},
         "missing; say what is not there then, and how to get it"}};
    return kKeys;
}

const Keys& capture_keys() {
    static const Keys kKeys{
        {"stdout", "A regular expression over the standard output; its group is the value.", text()},
        {"stderr", "A regular expression over the standard error; its group is the value.", text()},
        {"json", "A JSON file that the program writes.", text()},
        {"csv", "A CSV file that the program writes.", text()},
        {"events", "A metric that the program reports in its events.", text()},
        {"take", "Which of several values counts.", words_of(kTakes)},
        {"unit", "What the program writes it in, such as MiB, ms, %, images/s.", text()},
        {"required", "Whether a run without it has failed.", boolean()},
        {"at", "The place in the JSON file, a pointer such as /test/accuracy.", text()},
        {"column", "The heading of the column in the CSV file.", text()},
        {"epoch", "The heading of the column with the epoch in the CSV file.", text()}};
    return kKeys;
}

const Keys& observe_keys() {
    static const Keys kKeys{{"except", "Files and folders that are no inputs.", list_of(text())}};
    return kKeys;
}

const Keys& check_keys() {
    static const Keys kKeys{
        {"name", "What it is called in the table of checks.", text(), {}, "missing; a check needs a name"},
        {"where",
         "An SQL condition over results: which runs are checked.",
         text(),
         {},
         "missing; say which runs are checked ('where: \"true\"' for all)"},
        {"metric",
         "What is checked, such as peak_rss.",
         text(),
         {},
         "missing; name what is checked, such as peak_rss"},
        {"max", "No repeat may be above it.", text()},
        {"min", "No repeat may be below it.", text()},
        {"max_increase", "How much more than the baseline's the median may be, such as 3 %.", text()},
        {"against", "The baseline's name, or best-of:NAME:N for the best of its last N saves.", text()}};
    return kKeys;
}

const Keys& goal_keys() {
    static const Keys kKeys{
        {"maximise", "The figure that is to be as large as can be, such as images_per_s.", text()},
        {"minimise", "The figure that is to be as small as can be, such as wall.", text()},
        {"subject_to", "What must hold of the run that is looked for.", list_of(map_with(goal_bound_keys)),
         "must be a list, such as [{metric: peak_rss, max: 1 GiB}]"},
        {"budget", "How many runs may be made for it, or for how long.",
         one_of({integer(1, kMostBudget), map_with(budget_keys)})},
        {"probe", "Parameters under which a run shows the same sooner; the answer is measured without them.",
         parameters(), "must be a map of parameters, such as {train_samples: 64, epochs: 1}"}};
    return kKeys;
}

const Keys& goal_bound_keys() {
    static const Keys kKeys{
        {"metric",
         "What is bounded, such as peak_rss.",
         text(),
         {},
         "missing; name what is bounded, such as peak_rss"},
        {"max", "No repeat may be above it.", text()},
        {"min", "No repeat may be below it.", text()},
        {"where", "An SQL condition over parameters: which runs it is about; without it all.", text()}};
    return kKeys;
}

const Keys& budget_keys() {
    static const Keys kKeys{{"runs", "How many runs may be made.", integer(1, kMostBudget)},
                            {"wall", "No run is begun after that time, such as 30 min.", text()}};
    return kKeys;
}

const Keys& table_keys() {
    static const Keys kKeys{
        {"title", "What stands above it.", local_text(), {}, "missing; give the table a title"},
        {"note", "What stands below it.", local_text()},
        {"sql", "One SELECT over results.", text(), {}, "missing; write a SELECT over results"},
        {"rows", "Whether rows of one run are its repeats, and become one.", words_of(kTableRows)},
        {"columns", "Headings and units of its columns.", list_of(map_with(column_keys)),
         "must be a list, such as [{name: peak_rss_bytes, heading: peak, unit: bytes}]"}};
    return kKeys;
}

const Keys& column_keys() {
    static const Keys kKeys{
        {"name", "A column of the table's sql.", text(), {}, "missing; name a column of the table's sql"},
        {"heading", "What stands above it.", local_text()},
        {"unit", "In what its figures are.", units()},
        {"decimals", "How many decimals are shown.", integer(0, kMostDecimals)},
        {"translate", "Texts of it and their Chinese.", map_of(text()),
         "must be a map of texts to their Chinese, such as {passed: 通过}"}};
    return kKeys;
}

const Keys& local_text_keys() {
    static const Keys kKeys{
        {"en", "In English.", text(), {}, "missing; the English text is used where there is no other"},
        {"zh", "In Chinese.", text()}};
    return kKeys;
}

bool fits(const Node& node, const Shape& shape) {
    switch (shape.kind) {
        case Kind::Null:
            return node.kind == Node::Kind::Null;
        case Kind::List:
            return node.kind == Node::Kind::List && std::ssize(node.items) >= shape.least;
        case Kind::Map:
        case Kind::KnownKeys:
            return node.kind == Node::Kind::Map;
        case Kind::OneOf:
            return std::ranges::any_of(shape.of, [&](const Shape& one) { return fits(node, one); });
        case Kind::Any:
            return true;
        default:
            return node.kind == Node::Kind::Scalar;
    }
}

std::string key_meant(std::string_view word, const Keys& known) {
    std::string_view meant;
    for (const std::string_view nearly : {"x_", "X_", "X-"}) {
        if (&known != &top_keys() || !word.starts_with(nearly)) continue;
        return fmt::format(" (did you mean '{}{}'?)", kLeftAlone, word.substr(nearly.size()));
    }
    if (&known == &top_keys()) meant = meant_by(word, kOtherNames);
    if (&known == &limit_keys()) meant = meant_by(word, kOtherLimits);
    if (!meant.empty()) return fmt::format(" (did you mean '{}'?)", meant);
    std::vector<std::string_view> names;
    for (const Key& key : known) names.push_back(key.name);
    return did_you_mean(word, names);
}

}  // namespace tidemark::sweep
