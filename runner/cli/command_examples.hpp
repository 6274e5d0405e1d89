#pragma once

#include <span>
#include <string_view>
#include <vector>

namespace tidemark::cli {

/// A command line that works as it stands, where the files and runs that it names exist.
struct CommandExample {
    std::string_view verb;
    std::string_view line;
    std::string_view meaning;
};

/// For the manual page and the page of commands; in the order of the verbs.
std::span<const CommandExample> command_examples();

/// A variable of the environment that a command heeds.
struct HeededVariable {
    std::string_view name;
    std::string_view meaning;
};
std::span<const HeededVariable> heeded_variables();

/// What the exit codes mean, of every command.
struct ExitMeaning {
    int code;
    std::string_view meaning;
};
std::span<const ExitMeaning> exit_meanings();

}  // namespace tidemark::cli
