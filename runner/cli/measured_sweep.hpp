#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace tidemark::cli {

/// What `tidemark measure` is asked for: a sweep that stands on the command line.
struct MeasuredSweep {
    std::string name;                                ///< empty: that of the programs
    std::vector<std::vector<std::string>> commands;  ///< each with at least one word
    /// Names and their values as they were written; in the commands `{name}` stands for one.
    std::vector<std::pair<std::string, std::vector<std::string>>> axes;
    int repeat = 1;
    int warmup = 0;
    std::vector<int> accepted{};        ///< exit codes; none: 0 alone
    std::string under{};                ///< what no peak may exceed; empty: nothing
    std::filesystem::path directory{};  ///< in which the commands are run
};

/// The words behind the options: commands with `--vs` between them. Throws UsageError where one is empty.
std::vector<std::vector<std::string>> split_commands(const std::vector<std::string>& words);

/// `x=1,2,4`. Throws UsageError where it is none, or its name can be no parameter's.
std::pair<std::string, std::vector<std::string>> read_axis(const std::string& text);

/// What the sweep is called: `--name`, or the programs' names.
std::string name_of(const MeasuredSweep& sweep);

/// As a sweep file, which `run`, `report` and `check` read as any other. Throws UsageError where a word is
/// not UTF-8, an axis has no place in a command, or two commands are the same.
std::string text_of(const MeasuredSweep& sweep);

/// Where that file is kept: beside the database.
std::filesystem::path file_of(const MeasuredSweep& sweep, const std::filesystem::path& database);

}  // namespace tidemark::cli
