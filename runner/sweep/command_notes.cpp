#include "sweep/command_notes.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <string_view>

#include <fmt/format.h>

namespace tidemark::sweep {
namespace {

/// Programs for which such a word is an argument.
constexpr std::array<std::string_view, 5> kCompare{"expr", "test", "[", "awk", "jq"};
constexpr std::array<std::string_view, 5> kWords{"|", "||", "&&", "&", "<"};

/// `>`, `>>`, `2>`, `2>&1`, `&>`, `>out.txt`.
bool is_redirection(std::string_view word) {
    word.remove_prefix(std::min(word.find_first_not_of("0123456789"), word.size()));
    if (word.starts_with('&')) word.remove_prefix(1);
    return word.starts_with('>') && !word.starts_with(">=");
}

bool is_of_a_shell(std::string_view word) {
    return std::ranges::find(kWords, word) != kWords.end() || is_redirection(word);
}

}  // namespace

std::vector<std::string> notes_on_command(const Sweep& sweep) {
    std::vector<std::string> notes;
    if (sweep.runs().empty() || sweep.workload(sweep.runs().front()) != nullptr) return notes;
    const std::vector<std::string> command = sweep.request(sweep.runs().front()).command;
    if (command.empty()) return notes;
    const std::string program = std::filesystem::path(command.front()).filename();
    if (std::ranges::find(kCompare, program) != kCompare.end()) return notes;
    for (auto word = command.begin() + 1; word != command.end(); ++word) {
        if (is_of_a_shell(*word) && std::find(command.begin() + 1, word, *word) == word) {
            notes.push_back(
                fmt::format("'{}' in the command is an argument of {}, since there is no shell; for one "
                            "write [sh, -c, '…']",
                            *word, program));
        }
    }
    return notes;
}

}  // namespace tidemark::sweep
