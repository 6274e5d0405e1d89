// Pages of docs/ that say what the program itself knows: commands, keys of the sweep file, columns of the
// results.
#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/command_examples.hpp"
#include "cli/documentation.hpp"
#include "protocol/result_columns.hpp"
#include "protocol/unit.hpp"
#include "results/column_meanings.hpp"
#include "sweep/key_reference.hpp"

namespace tidemark::cli {
namespace {

constexpr const char* kGenerated =
    "<!-- Written by docs/regenerate from what the program says; change it there. -->\n\n";

/// In a field of a table.
std::string field(std::string_view text) {
    std::string out;
    for (const char letter : text) {
        if (letter == '|') out += '\\';
        if (letter == '<') {
            out += "&lt;";
            continue;
        }
        out += letter == '\n' ? ' ' : letter;
    }
    return out;
}

std::string code(std::string_view text) {
    std::string out = "`";
    for (const char letter : text) {
        if (letter == '|') out += '\\';
        out += letter;
    }
    return out + "`";
}

std::string call_of(const DeclaredVerb& verb) {
    std::string text = "tidemark " + verb.name;
    for (const DeclaredOption& option : verb.options) {
        if (!option.is_argument()) continue;
        if (option.is_rest())
            text += fmt::format(" [{}…]", option.name);
        else
            text +=
                option.kind == DeclaredOption::Kind::Argument ? " " + option.name : " [" + option.name + "]";
    }
    return text;
}

std::string name_of(const DeclaredOption& option) {
    std::string text = option.brief.empty() ? option.name : option.brief + ", " + option.name;
    if (!option.choices.empty()) return fmt::format("{} {}", text, fmt::join(option.choices, "|"));
    const bool has_value =
        option.kind == DeclaredOption::Kind::Value || option.kind == DeclaredOption::Kind::RepeatedValue;
    return has_value ? text + " VALUE" : text;
}

void write_verb(const DeclaredVerb& verb, std::ostream& out) {
    out << fmt::format("\n## tidemark {}\n\n`{}`: {}.\n", verb.name, call_of(verb), verb.meaning);
    bool has_examples = false;
    for (const CommandExample& example : command_examples()) {
        if (example.verb != verb.name) continue;
        if (!has_examples)
            out << "\n<!-- not run: the page is made of what the program declares -->\n```sh\n";
        has_examples = true;
        out << fmt::format("{:<70} # {}\n", example.line, example.meaning);
    }
    if (has_examples) out << "```\n";
    if (verb.options.empty()) return;
    out << "\n| option | meaning |\n| --- | --- |\n";
    for (const DeclaredOption& option : verb.options)
        out << fmt::format("| {} | {} |\n", code(name_of(option)), field(option.meaning));
}

void write_block(std::string_view text, std::ostream& out) {
    out << "<!-- not run: a test reads each piece -->\n```yaml\n" << text << "\n```\n";
}

void write_section(const sweep::KeySection& section, std::ostream& out) {
    out << (section.path.empty() ? "\n## At the top of the file\n" : fmt::format("\n## {}\n", section.path));
    out << "\n| key | type | without it | meaning |\n| --- | --- | --- | --- |\n";
    for (const sweep::DescribedKey& key : section.keys)
        out << fmt::format("| `{}` | {} | {} | {} |\n", key.name, field(key.type), field(key.standard),
                           field(key.meaning));
    for (const sweep::DescribedKey& key : section.keys) {
        if (key.example.empty()) continue;
        const std::string place = section.path.empty() ? key.name : section.path + "." + key.name;
        out << fmt::format("\n**`{}`**, and a mistake:\n\n", place);
        write_block(key.example, out);
        out << '\n';
        write_block(key.mistake, out);
        out << "\n> " << field(key.error) << '\n';
    }
}

}  // namespace

void write_commands_page(const std::vector<DeclaredVerb>& verbs, std::ostream& out) {
    out << "# Commands\n\n"
        << kGenerated
        << "`tidemark COMMAND --help` says the same. Results go to stdout; progress and messages go to "
           "stderr.\n";
    for (const DeclaredVerb& verb : verbs) write_verb(verb, out);
    out << "\n## Exit codes\n\n| exit code | meaning |\n| --- | --- |\n";
    for (const ExitMeaning& exit : exit_meanings())
        out << fmt::format("| {} | {} |\n", exit.code, exit.meaning);
    out << "\n## Environment\n\n| variable | meaning |\n| --- | --- |\n";
    for (const HeededVariable& variable : heeded_variables())
        out << fmt::format("| `{}` | {} |\n", variable.name, field(variable.meaning));
}

void write_sweep_keys_page(std::ostream& out) {
    out << "# Every key of a sweep file\n\n"
        << kGenerated
        << "[Sweep files](sweep-file.md) explains them by subject. Each key has an example, a mistake, and "
           "what Tidemark says "
           "of the mistake.\n";
    for (const sweep::KeySection& section : sweep::key_reference()) write_section(section, out);
}

void write_result_columns_page(std::ostream& out) {
    out << "# Every column of the results\n\n"
        << kGenerated
        << "The views `results` and `attempts` have the first 23 columns in this order, then a column for "
           "each parameter and\n"
           "metric, then the others. Bytes, seconds and fractions are unrounded. A figure that could not be "
           "measured is null,\n"
           "and the table `missing` says why. [Measuring](measuring.md) explains how they are measured.\n\n"
           "| column | type | unit | heading | meaning |\n| --- | --- | --- | --- | --- |\n";
    for (const results::ColumnMeaning& column : results::column_meanings()) {
        const protocol::Unit unit = protocol::unit_of(column.name);
        const protocol::Figure* figure = protocol::find_figure(column.name);
        out << fmt::format("| `{}` | {} | {} | {} | {} |\n", column.name, column.type,
                           unit == protocol::Unit::None ? "" : std::string(protocol::to_text(unit)),
                           figure == nullptr ? "" : std::string(figure->heading), field(column.meaning));
    }
    out << "\n## Metrics that are known\n\nPrograms report what they like. These names have a unit and a "
           "heading of their own, "
           "whatever program reports them:\n\n| metric | unit | heading |\n| --- | --- | --- |\n";
    for (const protocol::KnownMetric& metric : protocol::kKnownMetrics)
        out << fmt::format(
            "| `{}` | {} | {} |\n", metric.name,
            metric.unit == protocol::Unit::None ? "" : std::string(protocol::to_text(metric.unit)),
            metric.heading);
}

}  // namespace tidemark::cli
