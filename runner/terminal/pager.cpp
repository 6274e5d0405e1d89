#include "terminal/pager.hpp"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>

#include <sys/wait.h>
#include <unistd.h>

#include "terminal/terminal.hpp"

namespace tidemark::terminal {
namespace {

/// Nothing where the user wants none.
std::string pager_command() {
    for (const char* variable : {kPagerVariable, "PAGER"}) {
        const char* command = std::getenv(variable);
        if (command != nullptr) return std::string(command) == "cat" ? std::string() : command;
    }
    return "less";
}

/// A shell says with it that there is no such command.
constexpr int kNoSuchCommand = 127;

}  // namespace

bool page(const std::string& text) {
    if (!is_terminal(STDOUT_FILENO)) return false;
    const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
    if (lines < terminal_height(STDOUT_FILENO)) return false;
    const std::string command = pager_command();
    if (command.empty()) return false;
    // what git gives it: quits where all fits, shows colours, leaves the screen as it was
    setenv("LESS", "FRX", 0);
    // Ctrl-C is the pager's own
    const auto former = std::signal(SIGINT, SIG_IGN);
    std::FILE* pager = popen(command.c_str(), "w");
    int ending = -1;
    if (pager != nullptr) {
        std::fwrite(text.data(), 1, text.size(), pager);
        ending = pclose(pager);
    }
    std::signal(SIGINT, former);
    return ending >= 0 && !(WIFEXITED(ending) && WEXITSTATUS(ending) == kNoSuchCommand);
}

}  // namespace tidemark::terminal
