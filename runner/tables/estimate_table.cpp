#include "tables/estimate_table.hpp"

#include <limits>
#include <set>

#include <fmt/format.h>

#include "base/units.hpp"
#include "results/units.hpp"
#include "tables/figure_text.hpp"
#include "terminal/display_text.hpp"

namespace tidemark::tables {
namespace {

using report::Cell;
using results::Estimate;

constexpr std::size_t kPeak = 0, kWall = 1;

const char* basis_of(const Estimate& estimate) {
    if (estimate.repeats > 0) return "measured";
    if (estimate.more_than) return "ran out of memory";
    return estimate.figures[kPeak] || estimate.figures[kWall] ? "predicted" : "unknown";
}

Cell cell_of(const Estimate& estimate, std::size_t figure) {
    if (figure == kPeak && estimate.repeats == 0 && estimate.more_than) {
        Cell cell{*estimate.more_than, {}};
        cell.doubt = Interval{*estimate.more_than, std::numeric_limits<double>::infinity()};
        return cell;
    }
    const auto& own = estimate.figures[figure];
    if (!own) return Cell{Value(), "too little is measured"};
    Cell cell{own->value, {}};
    cell.interval = own->interval;
    return cell;
}

}  // namespace

report::Table estimate_table(const sweep::Sweep& sweep, const std::vector<Estimate>& estimates,
                             const std::vector<std::size_t>& shown) {
    const results::Units units = results::units_of(sweep);
    report::Table table;
    table.title = sweep.name();
    table.columns = {{"run", "run", protocol::Unit::None}, {"basis", "basis", protocol::Unit::None}};
    for (const std::string_view figure : results::kEstimatedFigures)
        table.columns.push_back({std::string(figure), units.heading(figure), units.of(figure)});
    for (const std::size_t run : shown) {
        const Estimate& own = estimates[run];
        table.rows.push_back({Cell{sweep.runs()[run].run, {}}, Cell{std::string(basis_of(own)), {}},
                              cell_of(own, kPeak), cell_of(own, kWall)});
    }
    table.notes.emplace_back(
        "In parentheses: of what was measured from the smallest to the largest repeat, of what is predicted "
        "where "
        "a measurement will lie with a confidence of 95 %, between measured values of an axis and not beyond "
        "them.");
    return table;
}

std::string time_of_all(const sweep::Sweep& sweep, const std::vector<Estimate>& estimates,
                        const std::vector<std::size_t>& shown) {
    Interval all;
    double sum = 0;
    for (const std::size_t run : shown) {
        const auto& wall = estimates[run].figures[kWall];
        if (!wall) return {};
        const double repeats = sweep.repeats(sweep.runs()[run]).least;
        const Interval own = wall->interval.value_or(Interval{wall->value, wall->value});
        sum += repeats * wall->value;
        all.low += repeats * own.low;
        all.high += repeats * own.high;
    }
    return fmt::format("about {} ({} to {})", to_text(Seconds{sum}), to_text(Seconds{all.low}),
                       to_text(Seconds{all.high}));
}

std::vector<std::string> what_will_not_fit(const sweep::Sweep& sweep, const std::vector<Estimate>& estimates,
                                           const std::vector<std::size_t>& planned,
                                           const std::optional<run::FreeMemory>& free) {
    const auto limit = sweep.limits().memory;
    const bool by_limit = limit && (!free || *limit < free->amount);
    if (!by_limit && !free) return {};
    const Bytes room = by_limit ? *limit : free->amount;
    std::set<std::size_t> too_large;
    for (const std::size_t run : planned) {
        const auto& peak = estimates[run].figures[kPeak];
        if (peak && !peak->measured && peak->interval &&
            peak->interval->low > static_cast<double>(room.value))
            too_large.insert(run);
    }
    if (too_large.empty()) return {};
    const auto& first = *estimates[*too_large.begin()].figures[kPeak];
    std::vector<std::string> sentences{fmt::format(
        "run '{}' will likely not fit: by what was measured of others it takes {} ({}), and {}",
        terminal::visible(sweep.runs()[*too_large.begin()].run),
        figure_text(first.value, protocol::Unit::Bytes), doubt_text(*first.interval, protocol::Unit::Bytes),
        by_limit ? fmt::format("its limit is {}", to_text(room))
                 : fmt::format("{} are free here", to_text(room)))};
    if (too_large.size() > 1)
        sentences.push_back(fmt::format("and {} more will likely not fit; `tidemark estimate` tells of each",
                                        too_large.size() - 1));
    return sentences;
}

}  // namespace tidemark::tables
