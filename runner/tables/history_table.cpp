#include "tables/history_table.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "analysis/change_points.hpp"
#include "base/median.hpp"
#include "tables/figure_text.hpp"

namespace tidemark::tables {
namespace {

using protocol::Unit;
using report::Cell;

constexpr std::size_t kShownOfACommit = 10;

std::string short_revision(const std::string& revision) {
    const bool is_changed = revision.ends_with('+');
    return revision.substr(0, kShownOfACommit) + (is_changed && revision.size() > kShownOfACommit ? "+" : "");
}

std::vector<double> medians_of(const History& history) {
    std::vector<double> medians;
    for (const Revision& revision : history.revisions) medians.push_back(*median(revision.values));
    return medians;
}

/// From the least to the greatest value.
std::string sparkline(const std::vector<double>& values) {
    constexpr std::array kBars{"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    const auto [low, high] = std::ranges::minmax(values);
    std::string text;
    for (const double value : values) {
        const double share = high > low ? (value - low) / (high - low) : 0;
        text += kBars[static_cast<std::size_t>(std::lround(share * (kBars.size() - 1)))];
    }
    return text;
}

Cell figure_cell(const Revision& revision) {
    Cell cell{*median(revision.values), {}};
    const auto [low, high] = std::ranges::minmax(revision.values);
    if (low < high) cell.interval = Interval{low, high};
    return cell;
}

double level(const std::vector<double>& values, std::size_t begin, std::size_t end) {
    return *median({values.begin() + static_cast<std::ptrdiff_t>(begin),
                    values.begin() + static_cast<std::ptrdiff_t>(end)});
}

report::Table table_of(const History& history, const std::string& column, const results::Units& units) {
    const std::vector<double> values = medians_of(history);
    const std::vector<std::size_t> steps = analysis::change_points(values);
    report::Table table;
    table.title = fmt::format("{}  {}", history.run, sparkline(values));
    table.columns = {{"revision", "commit", Unit::None, false},
                     {"started_at", "measured", Unit::None, false},
                     {"repeats", "repeats", Unit::Count, false},
                     {column, units.heading(column), units.of(column), false},
                     {"step", "step", Unit::None, false}};
    for (std::size_t i = 0; i < values.size(); ++i) {
        const Revision& revision = history.revisions[i];
        const bool is_step = std::ranges::find(steps, i) != steps.end();
        table.rows.push_back({Cell{short_revision(revision.revision), {}}, Cell{revision.started_at, {}},
                              Cell{static_cast<std::int64_t>(revision.values.size()), {}},
                              figure_cell(revision), Cell{std::string(is_step ? "◀" : ""), {}}});
    }
    for (std::size_t i = 0; i < steps.size(); ++i) {
        const double before = level(values, i == 0 ? 0 : steps[i - 1], steps[i]);
        const double after = level(values, steps[i], i + 1 == steps.size() ? values.size() : steps[i + 1]);
        const std::string share =
            before == 0 ? std::string() : fmt::format(" ({:+.1f} %)", (after / before - 1) * 100);
        table.notes.push_back(fmt::format("A step from {} to {}{} lies in {}..{}",
                                          figure_text(before, units.of(column)),
                                          figure_text(after, units.of(column)), share,
                                          short_revision(history.revisions[steps[i] - 1].revision),
                                          short_revision(history.revisions[steps[i]].revision)));
    }
    if (values.size() < 2 * analysis::kFewestOfALevel)
        table.notes.push_back(
            fmt::format("Steps are looked for from {} commits on.", 2 * analysis::kFewestOfALevel));
    else if (steps.empty())
        table.notes.emplace_back("No step was found.");
    return table;
}

}  // namespace

std::vector<report::Table> history_for_people(const std::vector<History>& histories,
                                              const std::string& column, const results::Units& units) {
    std::vector<report::Table> tables;
    for (const History& history : histories) tables.push_back(table_of(history, column, units));
    return tables;
}

report::Table history_for_machines(const std::vector<History>& histories, const std::string& column,
                                   const results::Units& units) {
    report::Table table;
    table.columns = {{"run", "run", Unit::None, false},
                     {"revision", "commit", Unit::None, false},
                     {"started_at", "measured", Unit::None, false},
                     {"repeats", "repeats", Unit::Count, false},
                     {column, units.heading(column), units.of(column), false},
                     {"step", "step", Unit::None, false}};
    for (const History& history : histories) {
        const std::vector<std::size_t> steps = analysis::change_points(medians_of(history));
        for (std::size_t i = 0; i < history.revisions.size(); ++i) {
            const Revision& revision = history.revisions[i];
            table.rows.push_back(
                {Cell{history.run, {}}, Cell{revision.revision, {}}, Cell{revision.started_at, {}},
                 Cell{static_cast<std::int64_t>(revision.values.size()), {}}, figure_cell(revision),
                 Cell{std::int64_t{std::ranges::find(steps, i) != steps.end()}, {}}});
        }
    }
    return table;
}

}  // namespace tidemark::tables
