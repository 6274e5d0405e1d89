#include "analysis/summary.hpp"

#include "analysis/statistics.hpp"

namespace tidemark::analysis {
namespace {

std::optional<double> number_of(const Value& value) {
    if (const auto* integer = std::get_if<std::int64_t>(&value)) return static_cast<double>(*integer);
    if (const auto* real = std::get_if<double>(&value)) return *real;
    return std::nullopt;
}

/// Collects one column over the repeats.
template <typename ValueOf>
Figure figure(const std::vector<const store::ResultRow*>& rows, std::string_view column, ValueOf value_of) {
    std::vector<double> values;
    std::string why;
    for (const store::ResultRow* row : rows) {
        if (const auto value = value_of(*row)) {
            values.push_back(*value);
        } else if (const auto reason = row->missing.find(column); reason != row->missing.end()) {
            why = reason->second;
        }
    }
    const auto middle = median(values);
    return {middle, middle ? std::string() : why};
}

RunSummary summarise(const std::vector<const store::ResultRow*>& rows) {
    RunSummary summary;
    summary.repeats = rows.size();
    summary.status = "ok";
    std::vector<const store::ResultRow*> good;
    for (const store::ResultRow* row : rows) {
        if (row->status == "ok") {
            good.push_back(row);
        } else if (summary.status == "ok") {
            summary.status = row->status;
            summary.reason = row->reason;
        }
    }
    summary.ok = good.size();
    // a run that never ended well still has a memory and a time that say something
    const auto& counted = good.empty() ? rows : good;
    summary.wall_s = figure(counted, "wall_s", [](const store::ResultRow& row) { return row.wall_s; });
    summary.peak_rss_bytes = figure(counted, "peak_rss_bytes", [](const store::ResultRow& row) {
        return row.peak_rss_bytes ? std::optional(static_cast<double>(*row.peak_rss_bytes)) : std::nullopt;
    });
    for (const auto& [name, value] : counted.front()->metrics) {
        summary.metrics[name] = figure(counted, name, [&](const store::ResultRow& row) {
            const auto found = row.metrics.find(name);
            return found == row.metrics.end() ? std::nullopt : number_of(found->second);
        });
    }
    return summary;
}

}  // namespace

std::map<std::string, RunSummary> summarise(const std::vector<store::ResultRow>& rows) {
    std::map<std::string, std::vector<const store::ResultRow*>> by_cell;
    for (const store::ResultRow& row : rows) by_cell[row.cell].push_back(&row);
    std::map<std::string, RunSummary> summaries;
    for (const auto& [cell, of_cell] : by_cell) summaries.emplace(cell, summarise(of_cell));
    return summaries;
}

}  // namespace tidemark::analysis
