#include "cli/check_comment.hpp"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "report/format.hpp"

namespace tidemark::cli {
namespace {

/// GitHub takes comments of 65,536 characters, and nobody reads that much.
constexpr std::size_t kMostRows = 50;

/// What may stand in a comment of HTML, whatever the sweep is called.
std::string plain(std::string name) {
    std::ranges::replace_if(
        name, [](unsigned char letter) { return std::isalnum(letter) == 0 && letter != '_'; }, '-');
    return name;
}

std::vector<tables::CheckResult> those(const std::vector<tables::CheckResult>& results, bool passing) {
    std::vector<tables::CheckResult> chosen;
    std::ranges::copy_if(results, std::back_inserter(chosen), [&](const tables::CheckResult& result) {
        return (result.finding.verdict == analysis::Verdict::Pass) == passing;
    });
    // the worst first, and else as the file has them
    std::ranges::stable_sort(chosen, std::ranges::greater(),
                             [](const tables::CheckResult& result) { return result.finding.verdict; });
    return chosen;
}

report::Table short_table(std::vector<tables::CheckResult> results) {
    const std::size_t count = results.size();
    if (count > kMostRows) results.erase(results.begin() + kMostRows, results.end());
    report::Table table = tables::rows_of_checks(results);
    if (count > kMostRows) table.notes.push_back(fmt::format("And {} more.", count - kMostRows));
    return table;
}

}  // namespace

void write_comment(const sweep::Sweep& sweep, const std::vector<tables::CheckResult>& results,
                   const std::vector<std::string>& notes, std::ostream& out) {
    out << fmt::format("<!-- tidemark check {} -->\n", plain(sweep.name()));
    const std::vector<tables::CheckResult> open = those(results, false), passing = those(results, true);
    report::Table first = short_table(open.empty() ? passing : open);
    first.title = tables::summary_of(sweep, results);
    for (const std::string& note : notes) {
        if (!note.empty()) first.notes.push_back(note);
    }
    report::render(first, report::Format::Markdown, out);
    for (const report::Table& table : tables::unlike_baselines(sweep, results)) {
        out << '\n';
        report::render(table, report::Format::Markdown, out);
    }
    if (open.empty() || passing.empty()) return;
    out << fmt::format("\n<details><summary>{} that pass{}</summary>\n\n", passing.size(),
                       passing.size() == 1 ? "es" : "");
    report::render(short_table(passing), report::Format::Markdown, out);
    out << "\n</details>\n";
}

}  // namespace tidemark::cli
