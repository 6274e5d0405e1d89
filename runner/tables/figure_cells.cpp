#include "tables/figure_cells.hpp"

#include <algorithm>
#include <cmath>

#include "protocol/peak_memory.hpp"
#include "tables/caveats.hpp"

namespace tidemark::tables {
namespace {

using report::Cell;

/// Metrics are stored as reals: a whole one is written as one.
Value as_whole(const Value& value) {
    constexpr double kLargestExact = 9007199254740992.0;  // 2^53
    const auto* real = std::get_if<double>(&value);
    const bool is_whole = real != nullptr && *real == std::floor(*real) && std::abs(*real) <= kLargestExact;
    return is_whole ? Value(static_cast<std::int64_t>(*real)) : value;
}

}  // namespace

std::vector<std::vector<Cell>> figure_cells(results::CurrentResults& results, const results::Units& units,
                                            const std::vector<std::string>& names) {
    const std::vector<std::vector<Value>> medians = results.medians(names);
    const auto ranges = results.ranges(names);
    std::vector<std::vector<Cell>> rows(medians.size());
    for (std::size_t run = 0; run < rows.size(); ++run) {
        for (std::size_t figure = 0; figure < names.size(); ++figure) {
            const std::string& name = names[figure];
            Cell& cell = rows[run].emplace_back();
            if (is_null(medians[run][figure])) {
                cell.missing = results.why_missing(results.runs()[run].run, name);
                continue;
            }
            cell.value = as_whole(medians[run][figure]);
            cell.interval = ranges[run][figure];
            cell.disturbed = is_disturbed(results.disturbed()[run], name, units.noise(name));
            if (name == protocol::kPeakMemory.name) cell.doubt = results.doubts_of_peaks()[run];
        }
    }
    return rows;
}

Cell parameter_cell(const results::CurrentResults& results, const std::string& run,
                    const protocol::Parameters& parameters, const std::string& name) {
    const auto own = std::ranges::find(parameters, name, &std::pair<std::string, Value>::first);
    if (own == parameters.end()) return {};
    Cell cell{own->second, {}};
    cell.told = results.told(run, name, own->second);
    return cell;
}

}  // namespace tidemark::tables
