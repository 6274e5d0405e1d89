#include "cli/question.hpp"

#include <iostream>

#include <unistd.h>

#include <fmt/format.h>

#include "base/error.hpp"
#include "terminal/terminal.hpp"

namespace tidemark::cli {

bool agrees(const std::string& question, const std::string& option) {
    if (!terminal::is_terminal(STDIN_FILENO) || !terminal::is_terminal(STDERR_FILENO))
        throw UsageError(
            fmt::format("{} Nobody can answer here: {} does it without the question", question, option));
    std::cerr << question << " [y/N] \n" << std::flush;
    std::string answer;
    std::getline(std::cin, answer);
    return answer == "y" || answer == "yes" || answer == "Y";
}

}  // namespace tidemark::cli
