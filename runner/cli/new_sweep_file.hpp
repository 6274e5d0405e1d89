#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace tidemark::cli {

/// A sweep file that is to be written.
struct NewSweep {
    std::string name;
    std::vector<std::string> command;  ///< none: the trainer's
    std::string cwd;                   ///< relative to the file; empty: its own folder
    std::filesystem::path schema;      ///< for editors; empty: there is none
    /// Parameters and their values as they were written; in the command their placeholders stand for them.
    std::vector<std::pair<std::string, std::string>> parameters;
};

/// Takes options with values out of a command: of `--batch-size 32` and `--lr=0.1` the values become
/// parameters. What names a file is left as it is, so that it stays one of the run's inputs.
NewSweep sweep_of_command(const std::vector<std::string>& command);

/// With comments that say what else there is. Throws UsageError where a word of the command is not UTF-8.
std::string text_of(const NewSweep& sweep);

}  // namespace tidemark::cli
