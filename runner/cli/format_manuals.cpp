// The manual pages of section 5: the sweep file and the results.
#include <fmt/format.h>

#include "base/build_info.hpp"
#include "cli/documentation.hpp"
#include "protocol/result_columns.hpp"
#include "protocol/unit.hpp"
#include "results/column_meanings.hpp"
#include "sweep/key_reference.hpp"

namespace tidemark::cli {
namespace {

void write_head(std::string_view title, std::string_view name, std::string_view meaning, std::ostream& out) {
    out << fmt::format(".TH {} 5 \"\" \"tidemark {}\" \"File Formats\"\n.SH NAME\n{} \\- {}\n", title,
                       in_roff(version()), in_roff(name), in_roff(meaning));
}

/// As it stands, line by line.
void write_piece(std::string_view text, std::ostream& out) {
    out << ".RS\n.nf\n" << in_roff(text) << "\n.fi\n.RE\n";
}

std::string in_bold(std::string_view text) {
    return fmt::format("\\fB{}\\fR", in_roff(text));
}

void write_key(const sweep::DescribedKey& key, std::ostream& out) {
    std::string type = key.type;
    std::erase(type, '`');
    out << ".TP\n" << in_bold(key.name) << " (" << in_roff(type) << ")\n" << in_roff(key.meaning) << '\n';
    if (!key.standard.empty()) out << "Without it: " << in_roff(key.standard) << ".\n";
    if (!key.example.empty()) write_piece(key.example, out);
}

}  // namespace

void write_sweep_manual_page(std::ostream& out) {
    write_head("TIDEMARK\\-SWEEP", "tidemark-sweep", "the sweep files of tidemark", out);
    out << ".SH DESCRIPTION\nA sweep file is YAML. It says which runs there are, what each is told, what is "
           "taken from its "
           "output, and what must hold.\n";
    write_piece(
        "sweep: batch-sizes\ncommand: [python3, train.py, --batch-size, \"{batch_size}\"]\n"
        "matrix: {batch_size: [16, 32]}\nrepeat: 3",
        out);
    for (const sweep::KeySection& section : sweep::key_reference()) {
        out << ".SH " << (section.path.empty() ? "KEYS AT THE TOP" : "KEYS OF " + in_roff(section.path))
            << '\n';
        for (const sweep::DescribedKey& key : section.keys) write_key(key, out);
    }
    out << ".SH SEE ALSO\n.BR tidemark (1),\n.BR tidemark\\-results (5)\n";
}

void write_results_manual_page(std::ostream& out) {
    write_head("TIDEMARK\\-RESULTS", "tidemark-results", "the database of results of tidemark", out);
    out << ".SH DESCRIPTION\nThe results are an SQLite database. The view \\fBresults\\fR has a row for each "
           "repeat of each run, "
           "the view \\fBattempts\\fR one for each attempt. Parameters and metrics are columns too. Bytes, "
           "seconds and "
           "fractions are unrounded; what could not be measured is null, and the table \\fBmissing\\fR says "
           "why.\n"
           ".SH COLUMNS\n";
    for (const results::ColumnMeaning& column : results::column_meanings()) {
        const protocol::Unit unit = protocol::unit_of(column.name);
        const std::string unit_text =
            unit == protocol::Unit::None ? "" : ", " + std::string(protocol::to_text(unit));
        out << ".TP\n"
            << in_bold(column.name) << " (" << column.type << in_roff(unit_text) << ")\n"
            << in_roff(column.meaning) << '\n';
    }
    out << ".SH SEE ALSO\n.BR tidemark (1),\n.BR tidemark\\-sweep (5),\n.BR sqlite3 (1)\n";
}

}  // namespace tidemark::cli
