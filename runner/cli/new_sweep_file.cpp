#include "cli/new_sweep_file.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <string_view>

#include <system_error>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "base/text_encoding.hpp"
#include "capture/pattern.hpp"
#include "protocol/event.hpp"
#include "protocol/result_columns.hpp"

namespace tidemark::cli {
namespace {

/// No longer than a double keeps, and written so that YAML reads the same number.
bool is_number(const std::string& text) {
    static const capture::Pattern kNumber(
        R"(^-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,15})?([eE][-+]?[0-9]{1,2})?$)");
    constexpr std::size_t kLongest = 40;
    return text.size() <= kLongest && kNumber.in(text);
}

/// A text that needs no quotes in YAML, wherever it stands.
bool is_plain(const std::string& text) {
    static const capture::Pattern kPlain(R"(^(--?[A-Za-z]|\.\.?/|[A-Za-z_/])[A-Za-z0-9_./+=-]{0,200}$)");
    static constexpr std::array<std::string_view, 10> kMeanOther{"y",   "n",    "yes",   "no",   "on",
                                                                 "off", "true", "false", "null", "nan"};
    constexpr std::size_t kLongest = 200;
    if (text.size() > kLongest || !kPlain.in(text)) return false;
    std::string lower = text;
    std::ranges::transform(lower, lower.begin(), [](unsigned char letter) { return std::tolower(letter); });
    return std::ranges::find(kMeanOther, lower) == kMeanOther.end();
}

/// A JSON text is a YAML text, too.
std::string in_yaml(const std::string& text) {
    if (is_plain(text) || is_number(text)) return text;
    if (first_invalid_utf8(text))
        throw UsageError("a word of the command is not UTF-8, in which a sweep file is written");
    return nlohmann::json(text).dump();
}

std::string with_doubled_braces(const std::string& text) {
    std::string out;
    for (const char letter : text) {
        out += letter;
        if (letter == '{' || letter == '}') out += letter;
    }
    return out;
}

bool names_a_file(const std::string& text) {
    std::error_code error;
    return std::filesystem::exists(text, error);
}

/// `batch_size` of `--batch-size`; nothing where no parameter can be called so.
std::optional<std::string> parameter_of(std::string option, const NewSweep& sweep) {
    std::ranges::transform(option, option.begin(), [](unsigned char letter) {
        return letter == '-' ? '_' : static_cast<char>(std::tolower(letter));
    });
    const bool is_taken =
        std::ranges::any_of(sweep.parameters, [&](const auto& own) { return own.first == option; });
    if (is_taken || option == "run_dir" || !protocol::is_valid_name(option) ||
        protocol::is_fixed_column(option))
        return std::nullopt;
    return option;
}

/// Whose first argument is the program to a reader.
bool is_interpreter(const std::string& program) {
    static const capture::Pattern kInterpreter(
        R"(^((python|pypy)[0-9.]*|(ba|da|z)?sh|node|perl|ruby|julia|Rscript)$)");
    return kInterpreter.in(program).has_value();
}

std::string name_of(const std::vector<std::string>& command) {
    const std::filesystem::path program = command.front();
    std::string name = program.stem().string();
    if (is_interpreter(program.filename())) {
        const auto script = std::find_if(command.begin() + 1, command.end(), names_a_file);
        if (script != command.end()) name = std::filesystem::path(*script).stem().string();
    }
    return name.empty() ? "sweep" : name;
}

class CommandReader {
  public:
    explicit CommandReader(const std::vector<std::string>& words) : words_(words) {}

    NewSweep read() {
        sweep_.name = name_of(words_);
        sweep_.command.push_back(with_doubled_braces(words_.front()));
        for (std::size_t at = 1; at < words_.size(); ++at) {
            if (words_[at] == "--") ends_options_ = true;
            if (ends_options_ || (!with_equals(at) && !with_value_behind(at)))
                sweep_.command.push_back(with_doubled_braces(words_[at]));
        }
        return std::move(sweep_);
    }

  private:
    /// `--lr=0.1`
    bool with_equals(std::size_t at) {
        const std::string& word = words_[at];
        const std::size_t equals = word.find('=');
        if (!word.starts_with("--") || equals == std::string::npos || equals + 1 == word.size()) return false;
        const std::string value = word.substr(equals + 1);
        const auto name =
            names_a_file(value) ? std::nullopt : parameter_of(word.substr(2, equals - 2), sweep_);
        if (!name) return false;
        sweep_.command.push_back(fmt::format("{}={{{}}}", word.substr(0, equals), *name));
        sweep_.parameters.emplace_back(*name, value);
        return true;
    }

    /// `--batch-size 32`, `-n 100`
    bool with_value_behind(std::size_t& at) {
        constexpr std::size_t kShortOption = 2;
        const std::string& word = words_[at];
        if (at + 1 >= words_.size()) return false;
        const std::string& value = words_[at + 1];
        const bool is_short = word.size() == kShortOption && word[0] == '-' && word[1] != '-';
        const bool is_value = is_number(value) || (!is_short && !value.empty() && !value.starts_with('-'));
        if (!is_value || names_a_file(value) || (!is_short && !word.starts_with("--"))) return false;
        const auto name = parameter_of(word.substr(is_short ? 1 : 2), sweep_);
        if (!name) return false;
        sweep_.command.push_back(word);
        sweep_.command.push_back(fmt::format("{{{}}}", *name));
        sweep_.parameters.emplace_back(*name, value);
        ++at;
        return true;
    }

    const std::vector<std::string>& words_;
    NewSweep sweep_;
    bool ends_options_ = false;
};

/// Another value beside the one that there is: an example of an axis.
std::string axis_of(const std::string& name, const std::string& value) {
    if (!is_number(value)) return fmt::format("{}: [{}]", name, in_yaml(value));
    const double number = std::stod(value);
    return fmt::format("{}: [{}, {}]", name, value, number == 0 ? 1 : 2 * number);
}

std::string matrix_of(const NewSweep& sweep) {
    std::string out =
        "\n# A parameter with several values is an axis, and every combination of the values is a run.\n";
    if (sweep.parameters.empty()) {
        return out +
               "# Its place in the command is its name in braces, and in quotes: [prog, --size, \"{size}\"]\n"
               "# matrix:\n"
               "#   size: [16, 32]\n";
    }
    out += "# matrix:\n";
    for (const auto& [name, value] : sweep.parameters) out += fmt::format("#   {}\n", axis_of(name, value));
    return out;
}

constexpr const char* kRest = R"(
repeat: 3          # how often each run is made: a single one says nothing about how much it varies

# What a run may use at most, of its whole process tree:
# limits: {memory: 4 GiB, wall: 10 min}
)";

constexpr const char* kCapture = R"(
# Numbers out of what the program prints: a regular expression whose group is the value.
# capture:
#   accuracy: 'accuracy: ([0-9.]+)'
)";

constexpr const char* kChecks = R"(
# What `tidemark check` requires of the results:
# checks:
#   - {name: fits in 4 GiB, where: "true", metric: peak_rss, max: 4 GiB}
)";

constexpr const char* kTrainer = R"(workload: train    # the built-in training program

parameters:        # whatever is not named here keeps its default
  dataset: synthetic
  train_samples: 256
  test_samples: 64
  epochs: 1
  model: baseline

# Every combination of these values is a run:
matrix:
  batch_size: [32, 16]
)";

}  // namespace

NewSweep sweep_of_command(const std::vector<std::string>& command) {
    return CommandReader(command).read();
}

std::string text_of(const NewSweep& sweep) {
    std::string out;
    if (!sweep.schema.empty())
        out += fmt::format("# yaml-language-server: $schema={}\n", sweep.schema.string());
    out += "# Every key, with its meaning and an example: man tidemark-sweep, or docs/sweep-keys.md.\n";
    out += fmt::format("sweep: {}\n", in_yaml(sweep.name));
    if (sweep.command.empty()) return out + kTrainer + kRest + kChecks;
    std::vector<std::string> words;
    for (const std::string& word : sweep.command) words.push_back(in_yaml(word));
    out += fmt::format("command: [{}]\n", fmt::join(words, ", "));
    if (!sweep.cwd.empty()) out += fmt::format("cwd: {}\n", in_yaml(sweep.cwd));
    if (!sweep.parameters.empty()) out += "\nparameters:        # with one value for all runs\n";
    for (const auto& [name, value] : sweep.parameters) out += fmt::format("  {}: {}\n", name, in_yaml(value));
    return out + matrix_of(sweep) + kRest + kCapture + kChecks;
}

}  // namespace tidemark::cli
