#include "tables/interval_columns.hpp"

#include <algorithm>
#include <cmath>

namespace tidemark::tables {
namespace {

using report::Cell;

/// Nothing bounds it there.
Cell end_of(double value) {
    return std::isfinite(value) ? Cell{value, {}} : Cell{};
}

}  // namespace

void add_interval_columns(report::Table& table) {
    for (std::size_t at = table.columns.size(); at-- > 0;) {
        const auto interval_of = [&](const auto& row) {
            return row[at].interval ? row[at].interval : row[at].doubt;
        };
        if (std::ranges::none_of(table.rows, [&](const auto& row) { return interval_of(row).has_value(); }))
            continue;
        const auto behind = static_cast<std::ptrdiff_t>(at) + 1;
        const report::Column column = table.columns[at];
        for (const char* const end : {"_high", "_low"}) {
            report::Column own = column;
            own.name += end;
            own.heading += end;
            table.columns.insert(table.columns.begin() + behind, own);
        }
        for (auto& row : table.rows) {
            const auto interval = interval_of(row);
            row.insert(row.begin() + behind, 2, Cell{});
            if (!interval) continue;
            row[at + 1] = end_of(interval->low);
            row[at + 2] = end_of(interval->high);
        }
    }
}

}  // namespace tidemark::tables
