#include "cli/output.hpp"

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iostream>

#include <unistd.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error.hpp"
#include "terminal/visible_stream.hpp"

namespace tidemark::cli {
namespace {

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

}  // namespace

void OutputOptions::add_to(Options& declared, const std::vector<std::string>& more) {
    std::vector<std::string> names = report::format_names();
    names.insert(names.end(), more.begin(), more.end());
    const std::string last = names.back();
    declared.choice("--format", format, names,
                    fmt::format("{} or {}", fmt::join(names.begin(), names.end() - 1, ", "), last));
    declared.text("--output", file, "write the table to this file instead of stdout");
}

bool OutputOptions::for_people() const {
    return format == "text" || format == "markdown";
}

bool OutputOptions::for_machines() const {
    return format == "csv" || format == "json";
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
    if (options.for_people()) {
        const terminal::VisibleStream visible(std::cout);
        write(std::cout);
    } else {
        write(std::cout);
    }
    std::cout.flush();
    if (!std::cout) explain_lost_output();
}

void write_tables(const OutputOptions& options, const std::vector<report::Table>& tables) {
    write_output(options, [&](std::ostream& out) {
        bool is_first = true;
        for (const report::Table& table : tables) {
            if (!is_first) out << '\n';
            is_first = false;
            report::render(table, options.chosen(), out);
        }
    });
}

void write_table(const OutputOptions& options, const report::Table& table) {
    write_output(options, [&](std::ostream& out) { report::render(table, options.chosen(), out); });
}

}  // namespace tidemark::cli
