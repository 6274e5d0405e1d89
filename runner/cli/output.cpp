#include "cli/output.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string_view>
#include <utility>

#include <unistd.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error.hpp"
#include "cli/chosen_columns.hpp"
#include "report/fitted_text.hpp"
#include "terminal/pager.hpp"
#include "terminal/terminal.hpp"
#include "terminal/visible_stream.hpp"

namespace tidemark::cli {
namespace {

/// What the ending of a file's name says of its format.
constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kEndings{{{".html", "html"},
                                                                                 {".htm", "html"},
                                                                                 {".md", "markdown"},
                                                                                 {".csv", "csv"},
                                                                                 {".json", "json"},
                                                                                 {".svg", "svg"},
                                                                                 {".xml", "junit"}}};

/// Not every verb has it.
bool needs_verb(std::string_view format) {
    const auto& names = report::format_names();
    return std::ranges::find(names, format) == names.end();
}

/// What a link leads to is written, and the link stays.
std::string behind_links(const std::string& file) {
    std::error_code error;
    if (!std::filesystem::is_symlink(std::filesystem::symlink_status(file, error))) return file;
    const auto target = std::filesystem::canonical(file, error);
    return error ? file : target.string();
}

void write_file(const std::string& named, const std::function<void(std::ostream&)>& write) {
    const std::string file = behind_links(named);
    const auto refuse = [&] {
        throw CannotGoOn(fmt::format("cannot write {}: {}", file, errno_text(errno)));
    };
    std::error_code error;
    // a device or a pipe is written to, never replaced
    const bool replace =
        !std::filesystem::exists(file, error) || std::filesystem::is_regular_file(file, error);
    const std::string draft = replace ? file + ".tmp" : file;
    if (replace) std::filesystem::remove(draft, error);  // a link there would be written through
    errno = 0;
    std::ofstream out(draft, std::ios::binary);
    if (!out) refuse();
    try {
        write(out);
    } catch (...) {
        if (replace) std::filesystem::remove(draft, error);
        throw;
    }
    out.close();
    if (!out) {
        const int reason = errno;
        if (replace) std::filesystem::remove(draft, error);
        errno = reason;
        refuse();
    }
    if (!replace) return;
    std::filesystem::rename(draft, file, error);
    if (error) throw CannotGoOn(fmt::format("cannot write {}: {}", file, error.message()));
}

/// By another try, because other calls may have failed since the first that did, and left their own reason.
void explain_lost_output() {
    errno = 0;
    const bool is_possible_now = ::write(STDOUT_FILENO, "\n", 1) == 1;
    if (errno == EPIPE) return;  // nobody wants to read more
    throw CannotGoOn(fmt::format("cannot write to the standard output: {}",
                                 is_possible_now ? "some of it was lost" : errno_text(errno)));
}

/// Text that is safe to print.
void show(const OutputOptions& options, const std::string& text) {
    if (options.paged && terminal::page(text)) return;
    std::cout << text;
}

/// What `write` makes has to be safe to print: its colours are.
void show_on_screen(const OutputOptions& options,
                    const std::function<void(const report::Screen&, std::ostream&)>& write) {
    std::ostringstream text;
    write({terminal::terminal_width(STDOUT_FILENO), terminal::can_redraw(STDOUT_FILENO)}, text);
    show(options, text.str());
    std::cout.flush();
    if (!std::cout) explain_lost_output();
}

}  // namespace

void OutputOptions::add_to(Options& declared, const std::vector<std::string>& more) {
    more_ = more;
    std::vector<std::string> names = report::format_names();
    names.insert(names.end(), more.begin(), more.end());
    const std::string last = names.back();
    declared.choice("--format", format, names,
                    fmt::format("{} or {} (default: by the ending of the file, else text)",
                                fmt::join(names.begin(), names.end() - 1, ", "), last));
    declared.text("--output,-o", file, "write the table to this file instead of stdout");
    declared.flag("--wide", wide, "prints full lines and uses no pager, even in a terminal");
}

void OutputOptions::add_columns_to(Options& declared) {
    declared.text("--columns", columns, "shows these columns alone, in this order: run,peak_rss_bytes");
}

std::vector<report::Table> OutputOptions::chosen_of(std::vector<report::Table> tables) const {
    if (columns.empty()) return tables;
    return with_columns(tables, columns);
}

std::string OutputOptions::named() const {
    if (!format.empty()) return format;
    const std::string ending = std::filesystem::path(file).extension().string();
    for (const auto& [known, name] : kEndings) {
        if (ending == known && (!needs_verb(name) || std::ranges::find(more_, name) != more_.end()))
            return std::string(name);
    }
    return "text";
}

bool OutputOptions::on_screen() const {
    return named() == "text" && file.empty() && !wide && terminal::is_terminal(STDOUT_FILENO);
}

bool OutputOptions::for_people() const {
    const std::string name = named();
    return name == "text" || name == "markdown";
}

bool OutputOptions::for_machines() const {
    const std::string name = named();
    return name == "csv" || name == "spreadsheet-csv" || name == "json";
}

void require_place_of_output(const OutputOptions& options) {
    if (options.file.empty()) return;
    const std::filesystem::path folder = std::filesystem::absolute(options.file).parent_path();
    std::error_code error;
    if (std::filesystem::is_directory(options.file, error))
        throw CannotGoOn(fmt::format("cannot write {}: it is a folder", options.file));
    if (!std::filesystem::is_directory(folder, error))
        throw CannotGoOn(
            fmt::format("cannot write {}: there is no folder {}", options.file, folder.string()));
}

void write_output(const OutputOptions& options, const std::function<void(std::ostream&)>& write) {
    if (!options.file.empty()) {
        write_file(options.file, write);
        return;
    }
    if (options.on_screen()) {
        std::ostringstream text;
        {
            const terminal::VisibleStream visible(text);
            write(text);
        }
        show(options, text.str());
    } else if (options.for_people()) {
        const terminal::VisibleStream visible(std::cout);
        write(std::cout);
    } else {
        write(std::cout);
    }
    std::cout.flush();
    if (!std::cout) explain_lost_output();
}

void render_table(const OutputOptions& options, const report::Table& table, std::ostream& out) {
    if (options.on_screen())
        report::render_fitted(table, {terminal::terminal_width(STDOUT_FILENO), false}, out);
    else
        report::render(table, options.chosen(), out);
}

void write_tables(const OutputOptions& options, std::vector<report::Table> all) {
    const std::vector<report::Table> tables = options.chosen_of(std::move(all));
    if (options.on_screen()) {
        show_on_screen(options, [&](const report::Screen& screen, std::ostream& out) {
            for (std::size_t i = 0; i < tables.size(); ++i) {
                if (i > 0) out << '\n';
                report::render_fitted(tables[i], screen, out);
            }
        });
        return;
    }
    if (options.chosen() == report::Format::Html) return write_document(options, report::document_of(tables));
    write_output(options, [&](std::ostream& out) {
        bool is_first = true;
        for (const report::Table& table : tables) {
            if (!is_first) out << '\n';
            is_first = false;
            report::render(table, options.chosen(), out);
        }
    });
}

void write_table(const OutputOptions& options, report::Table table) {
    std::vector<report::Table> all;  // a list of initialisers would copy it
    all.push_back(std::move(table));
    write_tables(options, std::move(all));
}

void write_document(const OutputOptions& options, report::Document document) {
    document.tables = options.chosen_of(std::move(document.tables));
    if (options.on_screen()) {
        show_on_screen(options, [&](const report::Screen& screen, std::ostream& out) {
            report::render_fitted(document, screen, out);
        });
        return;
    }
    write_output(options, [&](std::ostream& out) { report::render(document, options.chosen(), out); });
}

}  // namespace tidemark::cli
