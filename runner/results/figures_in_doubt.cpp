// How far the figures of the current results can be trusted: bounds of peaks, disturbances, and ranges over
// repeats.
#include <fmt/format.h>

#include "protocol/peak_memory.hpp"
#include "results/current_results.hpp"
#include "store/disturbed_attempts.hpp"

namespace tidemark::results {

const std::vector<std::optional<Interval>>& CurrentResults::doubts_of_peaks() {
    if (!doubts_of_peaks_.empty()) return doubts_of_peaks_;
    // one repeat that nothing bounds takes the upper bound of all away
    sql::Statement rows = connection_.prepare(fmt::format(
        "SELECT median(r.{1}) FILTER (WHERE s.counted), median(r.{2}) FILTER (WHERE s.counted), "
        "count(r.{0}) FILTER (WHERE s.counted) > count(r.{2}) FILTER (WHERE s.counted) FROM temp.shown_runs "
        "AS own JOIN temp.shown_repeats AS s ON s.number = own.number LEFT JOIN main.runs AS r ON r.rowid = "
        "s.place GROUP BY own.number ORDER BY own.number",
        protocol::kPeakMemory.name, protocol::kPeakMemory.low, protocol::kPeakMemory.high));
    while (rows.step()) {
        const auto number_at = [&](int column) {
            return rows.is_null(column) ? std::nullopt : std::optional(rows.real(column));
        };
        const bool is_open = rows.integer(2) != 0;
        doubts_of_peaks_.push_back(
            protocol::doubt_of_peak(number_at(0), is_open ? std::nullopt : number_at(1)));
    }
    return doubts_of_peaks_;
}

const std::vector<run::Disturbed>& CurrentResults::disturbed() {
    if (!disturbed_.empty()) return disturbed_;
    disturbed_.resize(runs_.size());
    sql::Statement rows = connection_.prepare(
        "SELECT number, run_id FROM temp.shown_repeats WHERE counted AND run_id IS NOT NULL");
    while (rows.step())
        disturbed_[static_cast<std::size_t>(rows.integer(0))] |=
            store::disturbed_figures(connection_, rows.text(1));
    return disturbed_;
}

std::vector<std::vector<std::optional<Interval>>> CurrentResults::ranges(
    const std::vector<std::string>& columns) {
    std::string selected;
    for (const std::string& name : columns) {
        const std::string source = has_column(name) ? source_of(name) : "NULL";
        for (const char* end : {"min", "max"})
            selected +=
                fmt::format("{}{}({}) FILTER (WHERE s.counted)", selected.empty() ? "" : ", ", end, source);
    }
    sql::Statement statement = connection_.prepare(
        fmt::format("SELECT {} FROM temp.shown_repeats AS s LEFT JOIN main.runs AS r ON r.rowid = s.place "
                    "GROUP BY s.number ORDER BY s.number",
                    selected));
    std::vector<std::vector<std::optional<Interval>>> rows;
    while (statement.step()) {
        std::vector<std::optional<Interval>>& row = rows.emplace_back();
        for (int column = 0; column < statement.column_count(); column += 2) {
            const auto low = number_of(statement.value(column));
            const auto high = number_of(statement.value(column + 1));
            const bool apart = low && high && *low < *high;
            row.push_back(apart ? std::optional(Interval{*low, *high}) : std::nullopt);
        }
    }
    return rows;
}

}  // namespace tidemark::results
