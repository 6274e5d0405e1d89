#include <algorithm>
#include <cmath>
#include <map>

#include <fmt/format.h>

#include "base/clock.hpp"
#include "protocol/peak_memory.hpp"
#include "tables/caveats.hpp"
#include "tables/checks.hpp"
#include "tables/figure_text.hpp"
#include "tables/origin_table.hpp"

namespace tidemark::tables {
namespace {

using analysis::Verdict;
using protocol::Unit;
using report::Cell;
using report::Table;

/// Of one check; more of them would hide what did not pass.
constexpr std::size_t kMostPassesShown = 10;

Cell text(std::string value) {
    return {Value(std::move(value)), {}};
}

Cell number(const std::optional<double>& value) {
    return value ? Cell{Value(*value), {}} : Cell{};
}

Cell verdict_cell(Verdict verdict) {
    Cell cell = text(std::string(to_text(verdict)));
    if (verdict == Verdict::Pass) cell.tone = report::Tone::Good;
    if (verdict == Verdict::Broken) cell.tone = report::Tone::Bad;
    return cell;
}

std::string measured_text(const CheckResult& result) {
    if (!result.finding.measured) return {};
    const auto& bounds = result.finding.bounds;
    if (bounds && bounds->low && bounds->high && result.metric == protocol::kGrowth.name &&
        *bounds->low < *bounds->high)
        return doubt_text({*bounds->low, *bounds->high}, result.unit);
    if (bounds) {
        if (const auto doubt = protocol::doubt_of_peak(bounds->low, bounds->high))
            return doubt_text(*doubt, result.unit);
    }
    const double value = *result.finding.measured;
    const bool plain = result.unit == Unit::None || result.unit == Unit::Count;
    return plain ? exact_text(value) : figure_text(value, result.unit);
}

/// Whether a check is held against more than one thing.
bool has_several_sides(const std::vector<CheckResult>& results) {
    std::map<std::string_view, std::string_view> sides;
    return std::ranges::any_of(results, [&](const CheckResult& result) {
        if (result.against.empty()) return false;
        return sides.try_emplace(result.check, result.against).first->second != result.against;
    });
}

/// What JUnit calls a case: unique within the sweep.
std::string case_name(const CheckResult& result, bool has_several) {
    std::string name = result.check;
    if (result.bound_kind == analysis::BoundKind::MaximumIncrease)
        name += has_several ? fmt::format(" (drift against {})", result.against) : " (drift)";
    return result.run.empty() ? name : fmt::format("{}: {}", name, result.run);
}

}  // namespace

std::string told_finding(const CheckResult& result) {
    const std::string& why = result.finding.explanation;
    if (!result.disturbed) return why;
    return why.empty() ? "the figure was disturbed while it was measured"
                       : why + " (disturbed while it was measured)";
}

namespace {

/// `baseline main`, `the best of the last 10 of main`
std::string told_side(const std::string& against) {
    std::string problem;
    const auto read = sweep::read_against(against, problem);
    return read && read->is_best_of() ? read->told() : "baseline " + against;
}

}  // namespace

std::vector<Table> unlike_baselines(const sweep::Sweep& sweep, const std::vector<CheckResult>& results) {
    std::map<std::string, std::vector<UnlikeRun>> by_baseline;
    for (const CheckResult& result : results) {
        if (result.bound_kind != analysis::BoundKind::MaximumIncrease || result.run.empty()) continue;
        std::vector<UnlikeRun>& runs = by_baseline[result.against];
        const bool known = std::ranges::find(runs, result.run, &UnlikeRun::run) != runs.end();
        if (!known) runs.push_back({result.run, result.finding.differences});
    }
    std::vector<Table> tables;
    for (const auto& [baseline, runs] : by_baseline) {
        Table table = origin_table(told_side(baseline), sweep.name() + " now", runs);
        if (!table.rows.empty()) tables.push_back(std::move(table));
    }
    return tables;
}

Table rows_of_checks(const std::vector<CheckResult>& results) {
    Table table;
    for (const char* name : {"verdict", "check", "run", "metric", "measured", "required", "finding"})
        table.columns.push_back({name, name, Unit::None, false});
    for (const CheckResult& result : results) {
        Cell measured = text(measured_text(result));
        measured.disturbed = result.disturbed;
        table.rows.push_back({verdict_cell(result.finding.verdict), text(result.check), text(result.run),
                              text(result.metric), std::move(measured), text(result.requirement),
                              text(result.finding.explanation)});
    }
    if (std::string note = note_on_disturbed({&table, 1}, Texts(Language::English)); !note.empty())
        table.notes.push_back(std::move(note));
    return table;
}

Table checks_for_people(const sweep::Sweep& sweep, const std::vector<CheckResult>& results) {
    std::map<std::string_view, std::size_t> passes;
    std::vector<CheckResult> shown;
    for (const CheckResult& result : results) {
        const bool is_pass = result.finding.verdict == Verdict::Pass;
        if (!is_pass || ++passes[result.check] <= kMostPassesShown) shown.push_back(result);
    }
    Table table = rows_of_checks(shown);
    table.title = sweep.name();
    std::vector<std::string> notes = std::move(table.notes);
    table.notes.clear();
    for (const auto& [check, count] : passes) {
        if (count > kMostPassesShown)
            table.notes.push_back(fmt::format("{}: {} more runs pass.", check, count - kMostPassesShown));
    }
    for (std::string& note : notes) table.notes.push_back(std::move(note));
    table.notes.push_back(summary_of(sweep, results));
    return table;
}

Table checks_for_machines(const std::vector<CheckResult>& results) {
    Table table;
    for (const char* name :
         {"check", "run", "verdict", "metric", "bound", "limit", "measured", "before", "change", "change_low",
          "change_high", "pairs", "explanation", "measured_low", "measured_high", "disturbed", "against"})
        table.columns.push_back({name, name, Unit::None, true});
    for (const CheckResult& result : results) {
        const auto& change = result.finding.change;
        const auto of_bounds = [&](auto member) {
            return result.finding.bounds ? number((*result.finding.bounds).*member) : Cell{};
        };
        const auto share = [&](auto choose) {
            const auto value = change ? std::optional<double>(choose(*change)) : std::nullopt;
            return value && std::isfinite(*value) ? number(value) : Cell{};
        };
        const auto of_change = [&](auto choose) {
            return change ? Cell{Value(choose(*change)), {}} : Cell{};
        };
        table.rows.push_back(
            {text(result.check), text(result.run), text(std::string(to_text(result.finding.verdict))),
             text(result.metric), text(std::string(to_text(result.bound_kind))), number(result.bound),
             number(result.finding.measured), of_change([](const auto& c) { return c.before; }),
             change && change->by_bounds ? Cell{} : of_change([](const auto& c) { return c.relative; }),
             share([](const auto& c) { return c.interval.low; }),
             share([](const auto& c) { return c.interval.high; }),
             of_change([](const auto& c) { return static_cast<std::int64_t>(c.pairs); }),
             text(result.finding.explanation), of_bounds(&analysis::KnownBounds::low),
             of_bounds(&analysis::KnownBounds::high), result.disturbed ? text("measured") : Cell{},
             result.against.empty() ? Cell{} : text(result.against)});
    }
    return table;
}

report::JunitSuite checks_as_junit(const sweep::Sweep& sweep, const std::vector<CheckResult>& results) {
    report::JunitSuite suite{sweep.name(), utc_now(), {}};
    const bool has_several = has_several_sides(results);
    for (const CheckResult& result : results) {
        using Outcome = report::JunitCase::Outcome;
        const Verdict verdict = result.finding.verdict;
        const Outcome outcome = verdict == Verdict::Pass     ? Outcome::Passed
                                : verdict == Verdict::Broken ? Outcome::Failed
                                                             : Outcome::Error;
        suite.cases.push_back(
            {sweep.name(), case_name(result, has_several), outcome, told_finding(result), result.disturbed});
    }
    return suite;
}

}  // namespace tidemark::tables
