#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/build_info.hpp"
#include "cli/documentation.hpp"

namespace tidemark::cli {
namespace {

/// Text as roff takes it: no hyphen that becomes another character, no line that begins a request.
std::string escaped(std::string_view text) {
    std::string out;
    for (const char letter : text) {
        if (letter == '\\')
            out += "\\e";
        else if (letter == '-')
            out += "\\-";
        else if ((letter == '.' || letter == '\'') && out.empty())
            out += std::string("\\&") + letter;
        else
            out += letter;
    }
    return out;
}

std::string value_of(const DeclaredOption& option) {
    if (option.kind == DeclaredOption::Kind::Flag || option.is_argument()) return {};
    return fmt::format(" \\fI{}\\fR", option.choices.empty()
                                          ? std::string("VALUE")
                                          : escaped(fmt::format("{}", fmt::join(option.choices, "|"))));
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

constexpr const char* kEnd = R"(.SH EXIT STATUS
.TP
0
everything asked for was done and holds
.TP
1
a run failed or a check was broken
.TP
2
the command line or a config file is wrong; nothing was run
.TP
3
tidemark itself could not go on
.TP
4
a check could not be decided: nothing measured, or too noisy; 1 outranks 4
.TP
130
interrupted; what was finished is kept
.SH FILES
.TP
.I results/tidemark.db
the database of results, an SQLite file; the view \fBresults\fR has a row per run
.TP
.I results/runs
a directory per run: request, events, logs, measurement
.SH SEE ALSO
.BR sqlite3 (1),
.BR cgroups (7)
)";

}  // namespace

void write_manual_page(const std::vector<DeclaredVerb>& verbs, std::ostream& out) {
    out << ".TH TIDEMARK 1 \"\" \"tidemark " << escaped(version()) << "\" \"User Commands\"\n"
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
        out << ".SS " << synopsis(verb) << '\n' << escaped(verb.meaning) << ".\n";
        for (const DeclaredOption& option : verb.options) {
            out << ".TP\n";
            if (!option.brief.empty()) out << "\\fB" << escaped(option.brief) << "\\fR, ";
            out << "\\fB" << escaped(option.name) << "\\fR" << value_of(option) << '\n'
                << escaped(option.meaning) << '\n';
        }
    }
    out << kEnd;
}

}  // namespace tidemark::cli
