#include "cli/measured_sweep.hpp"

#include <algorithm>
#include <map>

#include <system_error>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "base/digest.hpp"
#include "base/error.hpp"
#include "base/text_encoding.hpp"
#include "capture/pattern.hpp"
#include "protocol/event.hpp"
#include "protocol/result_columns.hpp"
#include "terminal/display_text.hpp"
#include "terminal/shell_words.hpp"

namespace tidemark::cli {
namespace {

// the order of the file is that in which people read it
using Json = nlohmann::ordered_json;
using Words = std::vector<std::string>;

constexpr const char* kBetween = "--vs";
constexpr const char* kWords = "words";  ///< the parameter that holds a whole command
constexpr std::size_t kLongestName = 60;

/// Its values by the names of the axes.
using Cell = std::vector<std::pair<std::string, std::string>>;

std::string placeholder(const std::string& name) {
    return "{" + name + "}";
}

/// Written so that YAML reads the same number, and no longer than a double keeps.
bool is_number(const std::string& text) {
    static const capture::Pattern kNumber(
        R"(^-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,15})?([eE][-+]?[0-9]{1,2})?$)");
    return kNumber.in(text).has_value();
}

/// A number stays as it was written, which JSON's own would not.
std::string in_yaml(const std::string& text) {
    return is_number(text) ? text : Json(text).dump();
}

void require_utf8(const Words& command) {
    for (const std::string& word : command) {
        if (first_invalid_utf8(word))
            throw UsageError("a word of the command is not UTF-8, in which a sweep file is written");
    }
}

/// Braces that are no place of an axis are doubled, which is how a sweep file writes them.
std::string with_doubled_braces(const std::string& word, const MeasuredSweep& sweep) {
    std::string out;
    for (std::size_t at = 0; at < word.size();) {
        const auto axis = std::ranges::find_if(sweep.axes, [&](const auto& own) {
            return word.compare(at, own.first.size() + 2, placeholder(own.first)) == 0;
        });
        if (axis != sweep.axes.end()) {
            out += placeholder(axis->first);
            at += axis->first.size() + 2;
            continue;
        }
        out += word[at];
        if (word[at] == '{' || word[at] == '}') out += word[at];
        ++at;
    }
    return out;
}

std::string filled(std::string word, const Cell& cell) {
    for (std::size_t at = 0; at < word.size();) {
        const auto value = std::ranges::find_if(cell, [&](const auto& own) {
            return word.compare(at, own.first.size() + 2, placeholder(own.first)) == 0;
        });
        if (value == cell.end()) {
            ++at;
            continue;
        }
        word.replace(at, value->first.size() + 2, value->second);
        at += value->second.size();
    }
    return word;
}

/// All combinations, the last axis fastest.
std::vector<Cell> cells_of(const MeasuredSweep& sweep) {
    std::vector<Cell> cells(1);
    for (const auto& [name, values] : sweep.axes) {
        std::vector<Cell> longer;
        for (const Cell& cell : cells) {
            for (const std::string& value : values) longer.emplace_back(cell).emplace_back(name, value);
        }
        cells = std::move(longer);
    }
    return cells;
}

std::string name_of_command(const Words& command) {
    std::string text;
    for (const std::string& word : command)
        text += (text.empty() ? "" : " ") + terminal::shell_word(terminal::visible(word));
    return terminal::shortened(text, kLongestName);
}

void require_places(const MeasuredSweep& sweep) {
    for (const auto& [name, values] : sweep.axes) {
        const bool has_place = std::ranges::any_of(sweep.commands, [&, own = placeholder(name)](auto& words) {
            return std::ranges::any_of(
                words, [&](const std::string& word) { return word.find(own) != std::string::npos; });
        });
        if (!has_place)
            throw UsageError(fmt::format("--axis {0}: no word of the command has its place, {{{0}}}", name));
    }
}

/// One command, as a person would write its file.
std::string one_command(const MeasuredSweep& sweep) {
    const Words& command = sweep.commands.front();
    Json words = Json::array();
    for (const std::string& word : command) words.push_back(with_doubled_braces(word, sweep));
    std::string text = fmt::format("command: {}\n", words.dump());
    if (sweep.axes.empty())
        return text + fmt::format("runs: {{{}: {{}}}}\n", Json(name_of_command(command)).dump());
    text += "matrix:\n";
    for (const auto& [name, values] : sweep.axes) {
        Words shown;
        for (const std::string& value : values) shown.push_back(in_yaml(value));
        text += fmt::format("  {}: [{}]\n", name, fmt::join(shown, ", "));
    }
    return text;
}

/// Several: each run has the whole command as the value of a parameter, with the axes' values filled in.
std::string several_commands(const MeasuredSweep& sweep) {
    std::string text = fmt::format("command: [\"{{{}...}}\"]\nruns:\n", kWords);
    std::map<std::string, int> seen;
    for (const Words& command : sweep.commands) {
        for (const Cell& cell : cells_of(sweep)) {
            Words words;
            for (const std::string& word : command) words.push_back(filled(word, cell));
            std::string name = name_of_command(words);
            if (const int count = ++seen[name]; count > 1) name += fmt::format(" ({})", count);
            text += fmt::format("  {}: {{{}: {}", Json(name).dump(), kWords, Json(words).dump());
            for (const auto& [axis, value] : cell) text += fmt::format(", {}: {}", axis, in_yaml(value));
            text += "}\n";
        }
    }
    return text;
}

/// Whose first argument that names a file is the program to a reader.
bool is_interpreter(const std::string& program) {
    static const capture::Pattern kInterpreter(
        R"(^((python|pypy)[0-9.]*|(ba|da|z)?sh|node|perl|ruby|julia|Rscript)$)");
    return kInterpreter.in(program).has_value();
}

std::string program_of(const Words& command) {
    std::filesystem::path program = command.front();
    if (is_interpreter(program.filename().string())) {
        std::error_code error;
        const auto script = std::find_if(command.begin() + 1, command.end(), [&](const std::string& word) {
            return std::filesystem::is_regular_file(word, error);
        });
        if (script != command.end()) program = *script;
    }
    const std::string name = terminal::visible(program.stem().string());
    return name.empty() ? "measured" : name;
}

}  // namespace

std::vector<Words> split_commands(const std::vector<std::string>& words) {
    std::vector<Words> commands(1);
    for (const std::string& word : words) {
        if (word == kBetween)
            commands.emplace_back();
        else
            commands.back().push_back(word);
    }
    if (commands.size() == 1 && commands.front().empty())
        throw UsageError("name the command that is to be measured: tidemark measure -- PROGRAM ARGUMENT…");
    if (std::ranges::any_of(commands, &Words::empty))
        throw UsageError("--vs stands between two commands: measure -- A --vs B");
    for (const Words& command : commands) {
        if (command.front().empty()) throw UsageError("the program to be measured has an empty name");
    }
    return commands;
}

std::pair<std::string, std::vector<std::string>> read_axis(const std::string& text) {
    const std::size_t equals = text.find('=');
    const std::string name = text.substr(0, equals);
    if (equals == std::string::npos || name.empty())
        throw UsageError(fmt::format("--axis {}: write a name and its values: --axis size=1,2,4",
                                     terminal::visible(text)));
    if (!protocol::is_valid_name(name) || protocol::is_fixed_column(name) || name == kWords)
        throw UsageError(
            fmt::format("--axis {}: nothing can be called so; a name has small letters, digits and _, and is "
                        "no column of "
                        "the results",
                        terminal::visible(name)));
    std::vector<std::string> values;
    std::size_t begin = equals + 1;
    for (std::size_t comma = begin; comma != std::string::npos; begin = comma + 1) {
        comma = text.find(',', begin);
        values.push_back(text.substr(begin, comma == std::string::npos ? comma : comma - begin));
        if (values.back().empty())
            throw UsageError(fmt::format("--axis {}: a value is missing", terminal::visible(text)));
        if (std::count(values.begin(), values.end(), values.back()) > 1)
            throw UsageError(fmt::format("--axis {}: the value {} stands twice", terminal::visible(text),
                                         terminal::visible(values.back())));
        if (comma == std::string::npos) break;
    }
    return {name, values};
}

std::string name_of(const MeasuredSweep& sweep) {
    if (!sweep.name.empty()) return sweep.name;
    Words names;
    for (const Words& command : sweep.commands) names.push_back(program_of(command));
    names.erase(std::unique(names.begin(), names.end()), names.end());
    return fmt::format("{}", fmt::join(names, "-vs-"));
}

std::string text_of(const MeasuredSweep& sweep) {
    for (const Words& command : sweep.commands) {
        require_utf8(command);
        if (std::ranges::count(sweep.commands, command) > 1)
            throw UsageError("--vs: both commands are the same, word for word");
    }
    for (const auto& [name, values] : sweep.axes) require_utf8(values);
    require_utf8({name_of(sweep), sweep.directory.string()});
    require_places(sweep);
    std::string text =
        "# Written by `tidemark measure`, and again by the next one of this name. To go on with it, copy "
        "it.\n";
    text += fmt::format("sweep: {}\n", Json(name_of(sweep)).dump());
    text += sweep.commands.size() == 1 ? one_command(sweep) : several_commands(sweep);
    text += fmt::format("cwd: {}\nrepeat: {}\n", Json(sweep.directory.string()).dump(), sweep.repeat);
    if (sweep.warmup > 0) text += fmt::format("warmup: {}\n", sweep.warmup);
    if (!sweep.accepted.empty()) text += fmt::format("accept_exit: [{}]\n", fmt::join(sweep.accepted, ", "));
    text += "observe: false\n";  // it is always made anew
    if (!sweep.under.empty()) {
        const std::string name = Json("under " + sweep.under).dump();
        text += fmt::format("checks: [{{name: {}, where: \"true\", metric: peak_rss, max: {}}}]\n", name,
                            Json(sweep.under).dump());
    }
    return text;
}

std::filesystem::path file_of(const MeasuredSweep& sweep, const std::filesystem::path& database) {
    const std::string name = name_of(sweep);
    std::string file;
    for (const char letter : name) {
        const bool is_safe = std::isalnum(static_cast<unsigned char>(letter)) != 0 || letter == '-' ||
                             letter == '_' || (letter == '.' && !file.empty());
        file += is_safe ? letter : '_';
    }
    constexpr std::size_t kDigits = 8;
    file = file.substr(0, kLongestName);
    // two names shall not share a file
    if (file != name) file += "-" + to_text(digest_of(name)).substr(0, kDigits);
    return std::filesystem::absolute(database).lexically_normal().parent_path() / "measured" /
           (file + ".yaml");
}

}  // namespace tidemark::cli
