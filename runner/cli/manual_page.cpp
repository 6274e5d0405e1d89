#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/build_info.hpp"
#include "cli/command_examples.hpp"
#include "cli/documentation.hpp"

namespace tidemark::cli {
namespace {

std::string value_of(const DeclaredOption& option) {
    if (option.kind == DeclaredOption::Kind::Flag || option.is_argument()) return {};
    return fmt::format(" \\fI{}\\fR", option.choices.empty()
                                          ? std::string("VALUE")
                                          : in_roff(fmt::format("{}", fmt::join(option.choices, "|"))));
}

std::string synopsis(const DeclaredVerb& verb) {
    std::string text = fmt::format("\\fBtidemark {}\\fR", verb.name);
    for (const DeclaredOption& option : verb.options) {
        if (!option.is_argument() || option.is_rest()) continue;
        const bool needed = option.kind == DeclaredOption::Kind::Argument;
        const std::string what = option.choices.empty() ? fmt::format("\\fI{}\\fR", option.name)
                                                        : fmt::format("{}", fmt::join(option.choices, "|"));
        text += needed ? " " + what : " [" + what + "]";
    }
    const bool has_options =
        std::ranges::any_of(verb.options, [](const DeclaredOption& option) { return !option.is_argument(); });
    if (has_options) text += " [\\fIOPTION\\fR]...";
    for (const DeclaredOption& option : verb.options) {
        if (option.is_rest()) text += fmt::format(" [\\fI{}\\fR]...", option.name);
    }
    return text;
}

constexpr const char* kEnd = R"(.SH FILES
.TP
.I results/tidemark.db
the database of results, an SQLite file, in the nearest folder upwards that has one or has a .git
.TP
.I results/runs
a directory per run: request, events, logs, measurement
.SH SEE ALSO
.BR tidemark\-sweep (5),
.BR tidemark\-results (5),
.BR sqlite3 (1),
.BR cgroups (7)
)";

void write_examples(std::ostream& out) {
    out << ".SH EXAMPLES\n";
    for (const CommandExample& example : command_examples())
        out << ".TP\n.B " << in_roff(example.line) << '\n' << in_roff(example.meaning) << '\n';
}

void write_environment(std::ostream& out) {
    out << ".SH ENVIRONMENT\n";
    for (const HeededVariable& variable : heeded_variables())
        out << ".TP\n.B " << in_roff(variable.name) << '\n' << in_roff(variable.meaning) << '\n';
}

void write_exit_status(std::ostream& out) {
    out << ".SH EXIT STATUS\n";
    for (const ExitMeaning& exit : exit_meanings())
        out << ".TP\n" << exit.code << '\n' << in_roff(exit.meaning) << '\n';
}

}  // namespace

std::string in_roff(std::string_view text) {
    std::string out;
    bool begins = true;
    for (const char letter : text) {
        if (begins && (letter == '.' || letter == '\'')) out += "\\&";
        begins = letter == '\n';
        if (letter == '\\')
            out += "\\e";
        else if (letter == '-')
            out += "\\-";
        else
            out += letter;
    }
    return out;
}

void write_manual_page(const std::vector<DeclaredVerb>& verbs, std::ostream& out) {
    out << ".TH TIDEMARK 1 \"\" \"tidemark " << in_roff(version()) << "\" \"User Commands\"\n"
        << ".SH NAME\ntidemark \\- run experiments in isolation and measure their memory\n.SH SYNOPSIS\n";
    for (std::size_t i = 0; i < verbs.size(); ++i)
        out << (i > 0 ? ".br\n" : "") << synopsis(verbs[i]) << '\n';
    out << ".SH DESCRIPTION\n"
           "A sweep file in YAML names a matrix of experiments. Each run gets a fresh, isolated process "
           "tree; time, peak\n"
           "memory and what the program tells go into a database, from which tables are made and checks are "
           "decided.\n"
           ".SH COMMANDS\n";
    for (const DeclaredVerb& verb : verbs) {
        out << ".SS " << synopsis(verb) << '\n' << in_roff(verb.meaning) << ".\n";
        for (const DeclaredOption& option : verb.options) {
            out << ".TP\n";
            if (!option.brief.empty()) out << "\\fB" << in_roff(option.brief) << "\\fR, ";
            out << "\\fB" << in_roff(option.name) << "\\fR" << value_of(option) << '\n'
                << in_roff(option.meaning) << '\n';
        }
    }
    write_examples(out);
    write_exit_status(out);
    write_environment(out);
    out << kEnd;
}

}  // namespace tidemark::cli
