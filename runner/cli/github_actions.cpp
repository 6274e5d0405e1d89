#include "cli/github_actions.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

#include <unistd.h>

#include <fmt/format.h>

#include "base/error.hpp"
#include "report/format.hpp"

namespace tidemark::cli {
namespace {

/// In the order in which they must be replaced.
std::string escaped(std::string text, bool property) {
    const auto replace = [&](char letter, const char* code) {
        for (std::size_t at = 0; (at = text.find(letter, at)) != std::string::npos; ++at)
            text.replace(at, 1, code);
    };
    replace('%', "%25");
    replace('\r', "%0D");
    replace('\n', "%0A");
    if (property) {
        replace(':', "%3A");
        replace(',', "%2C");
    }
    return text;
}

/// Annotations name files relative to the root of the checkout.
std::string file_in_repository(const std::filesystem::path& file) {
    const char* const root = std::getenv("GITHUB_WORKSPACE");
    const auto whole = std::filesystem::absolute(file).lexically_normal();
    return root == nullptr ? file.string() : whole.lexically_proximate(root).string();
}

bool is_set(const char* variable) {
    const char* const value = std::getenv(variable);
    return value != nullptr && *value != '\0';
}

void add_to_summary(const std::string& file, const report::Table& table) {
    errno = 0;
    std::ofstream out(file, std::ios::app);
    report::render(table, report::Format::Markdown, out);
    out << '\n';
    out.close();
    if (!out)
        throw CannotGoOn(fmt::format("cannot write the job summary {} (GITHUB_STEP_SUMMARY): {}", file,
                                     errno_text(errno)));
}

}  // namespace

void write_annotations(const sweep::Sweep& sweep, const std::vector<tables::CheckResult>& results,
                       std::ostream& out) {
    for (const tables::CheckResult& result : results) {
        if (result.finding.verdict == analysis::Verdict::Pass) continue;
        const bool broken = result.finding.verdict == analysis::Verdict::Broken;
        const std::string file = escaped(file_in_repository(sweep.file_of(result.position)), true);
        const std::string who =
            result.run.empty() ? result.metric : fmt::format("{} of {}", result.metric, result.run);
        out << fmt::format(
            "::{} file={},line={},col={},title={}::{}\n", broken ? "error" : "warning", file,
            result.position.line, result.position.column,
            escaped(fmt::format("{}: {}", to_text(result.finding.verdict), result.check), true),
            escaped(
                fmt::format("{}: {} (required: {})", who, tables::told_finding(result), result.requirement),
                false));
    }
}

namespace {

/// Past std::cerr, which lets no commands through.
void annotate(const sweep::Sweep& sweep, const std::vector<tables::CheckResult>& results) {
    std::ostringstream commands;
    write_annotations(sweep, results, commands);
    std::cerr.flush();
    const std::string text = commands.str();
    [[maybe_unused]] const ssize_t count = ::write(STDERR_FILENO, text.data(), text.size());
}

}  // namespace

void tell_github_actions(const sweep::Sweep& sweep, const std::vector<tables::CheckResult>& results) {
    if (is_set("GITHUB_ACTIONS")) annotate(sweep, results);
    if (is_set("GITHUB_STEP_SUMMARY"))
        add_to_summary(std::getenv("GITHUB_STEP_SUMMARY"), tables::checks_for_people(sweep, results));
}

}  // namespace tidemark::cli
