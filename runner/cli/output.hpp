#pragma once

#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include "cli/options.hpp"
#include "report/format.hpp"
#include "report/table.hpp"

namespace tidemark::cli {

/// `--format` and `--output`, the same wherever a table comes out.
struct OutputOptions {
    std::string format = "text";
    std::string file;  ///< empty: stdout

    /// `more`: formats that only this verb has, and writes by itself.
    void add_to(Options& declared, const std::vector<std::string>& more = {});
    report::Format chosen() const { return report::format_from_name(format); }
    bool for_machines() const;  ///< CSV and JSON
    bool for_people() const;    ///< text and markdown, as terminals show them
};

/// For a verb that works for long before it writes: throws CannotGoOn where the file has no place.
void require_place_of_output(const OutputOptions& options);

/// Calls `write` with the file or stdout. The file appears whole or not at all. Throws CannotGoOn naming what
/// could not be written; a reader that has closed the pipe is no error (`tidemark list | head -1`).
void write_output(const OutputOptions& options, const std::function<void(std::ostream&)>& write);

/// One after the other, with an empty line between them; not for machines.
void write_tables(const OutputOptions& options, const std::vector<report::Table>& tables);

void write_table(const OutputOptions& options, const report::Table& table);

}  // namespace tidemark::cli
