#include "tables/ceilings.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "protocol/peak_memory.hpp"
#include "tables/checks.hpp"

namespace tidemark::tables {
namespace {

using analysis::Verdict;
using report::RunSheet;
using report::Tone;

Tone tone_of(Verdict verdict) {
    switch (verdict) {
        case Verdict::Pass:
            return Tone::Good;
        case Verdict::Broken:
            return Tone::Bad;
        case Verdict::Undecided:
            break;
    }
    return Tone::None;
}

/// Each amount once, by the first that names it.
void add(RunSheet& sheet, double bytes, std::string source) {
    if (std::ranges::find(sheet.ceilings, bytes, &report::Ceiling::bytes) == sheet.ceilings.end())
        sheet.ceilings.push_back({bytes, std::move(source)});
}

/// Nothing where runs have limits of their own.
std::optional<Bytes> limit_of_all(const sweep::Sweep& sweep) {
    const auto limit = sweep.limits().memory;
    const bool is_of_all = limit && std::ranges::all_of(sweep.runs(), [&](const sweep::RunSpec& run) {
                               return sweep.resolve(run).request().limits.memory == limit;
                           });
    return is_of_all ? limit : std::nullopt;
}

void add_declared(RunSheet& sheet, const sweep::Sweep& sweep) {
    for (const sweep::CheckDefinition& check : sweep.checks()) {
        if (check.column == protocol::kPeakMemory.name && check.maximum)
            add(sheet, *check.maximum, fmt::format("check: {}", check.name));
    }
    if (sweep.goal()) {
        for (const sweep::GoalBound& bound : sweep.goal()->bounds) {
            if (bound.figure.column == protocol::kPeakMemory.name && bound.most)
                add(sheet, *bound.most, "goal");
        }
    }
    if (const auto limit = limit_of_all(sweep))
        add(sheet, static_cast<double>(limit->value), "limits: memory");
}

/// Of the repeats that count: a run fits where each of them does.
void add_peaks(RunSheet& sheet, results::CurrentResults& results) {
    sql::Statement rows = results.connection().prepare(
        fmt::format("SELECT s.number, max(coalesce(r.{1}, r.{0})), CASE WHEN count(*) = count(r.{2}) THEN "
                    "max(r.{2}) END FROM temp.shown_repeats AS s JOIN main.runs AS r ON r.rowid = s.place "
                    "WHERE s.counted GROUP BY s.number",
                    protocol::kPeakMemory.name, protocol::kPeakMemory.low, protocol::kPeakMemory.high));
    while (rows.step()) {
        report::SheetRun& run = sheet.runs[static_cast<std::size_t>(rows.integer(0))];
        if (!rows.is_null(1)) run.peak_low = rows.real(1);
        if (!rows.is_null(2)) run.peak_high = rows.real(2);
    }
}

}  // namespace

void add_ceilings(RunSheet& sheet, const sweep::Sweep& sweep, results::CurrentResults& results) {
    add_declared(sheet, sweep);
    add_peaks(sheet, results);
    for (const CheckResult& result : decide_checks(sweep, results)) {
        sheet.checks.push_back({result.check, fmt::format("{} {}", result.metric, result.requirement),
                                result.run, std::string(to_text(result.finding.verdict)),
                                tone_of(result.finding.verdict), told_finding(result)});
    }
}

}  // namespace tidemark::tables
