#pragma once

#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include "cli/options.hpp"
#include "report/document.hpp"
#include "report/format.hpp"
#include "report/table.hpp"

namespace tidemark::cli {

/// `--format`, `--output` and `--wide`, the same wherever a table comes out.
struct OutputOptions {
    std::string format;   ///< empty: not given
    std::string file;     ///< empty: stdout
    bool wide = false;    ///< a terminal gets what a file would
    std::string columns;  ///< which ones of the tables; empty: all
    bool paged = true;    ///< what is longer than the terminal goes to the user's pager

    /// `more`: formats that only this verb has, and writes by itself.
    void add_to(Options& declared, const std::vector<std::string>& more = {});
    /// `--columns`, for verbs whose tables have columns that are known by name.
    void add_columns_to(Options& declared);
    /// The tables as they are shown: with the chosen columns.
    std::vector<report::Table> chosen_of(std::vector<report::Table> tables) const;
    /// The format that was given, else the one that the file's name ends with, else text.
    std::string named() const;
    report::Format chosen() const { return report::format_from_name(named()); }
    bool for_machines() const;  ///< CSV of both kinds and JSON
    bool for_people() const;    ///< text and markdown, as terminals show them
    bool on_screen() const;     ///< text that a person reads in a terminal, which it has to fit

  private:
    std::vector<std::string> more_{};  ///< formats that only this verb has
};

/// For a verb that works for long before it writes: throws CannotGoOn where the file has no place.
void require_place_of_output(const OutputOptions& options);

/// Calls `write` with the file or stdout. The file appears whole or not at all. Throws CannotGoOn naming what
/// could not be written; a reader that has closed the pipe is no error (`tidemark list | head -1`).
void write_output(const OutputOptions& options, const std::function<void(std::ostream&)>& write);

/// A table in the chosen format, or as it fits the screen; of which `out` must be then.
void render_table(const OutputOptions& options, const report::Table& table, std::ostream& out);

/// One after the other, with an empty line between them; not for machines.
void write_tables(const OutputOptions& options, std::vector<report::Table> tables);

void write_table(const OutputOptions& options, report::Table table);

/// A whole report.
void write_document(const OutputOptions& options, report::Document document);

}  // namespace tidemark::cli
