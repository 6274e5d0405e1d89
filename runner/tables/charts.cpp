#include "tables/charts.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include <fmt/format.h>

#include "analysis/pareto.hpp"
#include "store/queries.hpp"
#include "tables/sample_timeline.hpp"

namespace tidemark::tables {
namespace {

using report::Charts;
using results::CurrentResults;

/// More curves than these cannot be told apart, and would make the file large.
constexpr std::size_t kMostCurves = 24;
constexpr std::size_t kMostPoints = 400;  // of one curve over time: about the pixels it gets

/// A part of the peak: the column that tells it and what it is called.
struct Part {
    const char* column;
    const char* name;
};
constexpr std::size_t kMostParts = 4;
using Parts = std::array<Part, kMostParts>;
/// As a program reports it, and as the warden measures it where no program does.
constexpr Parts kReportedParts{Part{"model_bytes", "model"}, Part{"activation_bytes", "activations"},
                               Part{"loader_bytes", "loader"}, Part{"overhead_bytes", "process overhead"}};
constexpr Parts kMeasuredParts{Part{"peak_anonymous_bytes", "anonymous"}, Part{"peak_shared_bytes", "shared"},
                               Part{"peak_file_bytes", "files"}, Part{"NULL", ""}};

std::optional<Interval> doubt_of_peak(CurrentResults& results, const std::string& run) {
    const auto* state = results.find(run);
    if (state == nullptr) return std::nullopt;
    return results.doubts_of_peaks()[static_cast<std::size_t>(state - results.runs().data())];
}

void add_costs(CurrentResults& results, Charts& charts) {
    sql::Statement rows = results.prepare(
        "SELECT run, wall_s, peak_rss_bytes FROM medians WHERE ok > 0 AND wall_s IS NOT NULL "
        "AND peak_rss_bytes IS NOT NULL");
    std::vector<std::pair<double, double>> points;
    while (rows.step()) {
        charts.costs.push_back(
            {rows.text(0), rows.real(1), rows.real(2), false, doubt_of_peak(results, rows.text(0))});
        points.emplace_back(rows.real(1), rows.real(2));
    }
    const std::vector<bool> on_front = analysis::pareto_front(points);
    for (std::size_t i = 0; i < points.size(); ++i) charts.costs[i].on_front = on_front[i];
}

/// What the named parts do not explain of a peak is a part as well. False, and nothing added, where no run
/// has any.
bool add_parts(CurrentResults& results, Charts& charts, const Parts& parts, const Texts& texts) {
    std::string columns;
    for (const Part& part : parts) columns += fmt::format(", {}", part.column);
    sql::Statement rows = results.prepare(
        fmt::format("SELECT run, peak_rss_bytes{} FROM medians WHERE peak_rss_bytes IS NOT NULL LIMIT {}",
                    columns, kMostCurves));
    std::array<bool, kMostParts + 1> any{};  // the last is what is not attributed
    std::vector<std::pair<std::string, std::array<double, kMostParts + 1>>> runs;
    while (rows.step()) {
        auto& [run, bytes] = runs.emplace_back();
        run = rows.text(0);
        double rest = rows.real(1);
        for (std::size_t part = 0; part < kMostParts; ++part) {
            const int column = static_cast<int>(part) + 2;
            any[part] = any[part] || !rows.is_null(column);
            bytes[part] = std::max(0.0, rows.real(column));
            rest -= bytes[part];
        }
        bytes.back() = std::max(0.0, rest);
        any.back() = any.back() || bytes.back() > 0;
    }
    if (std::none_of(any.begin(), any.end() - 1, [](bool is_told) { return is_told; })) return false;
    for (std::size_t part = 0; part < kMostParts; ++part) {
        if (any[part]) charts.part_names.push_back(texts.word(parts[part].name));
    }
    charts.attributed = !any.back();
    if (any.back()) charts.part_names.push_back(texts.word("not attributed"));
    for (const auto& [run, bytes] : runs) {
        report::MemoryParts& own = charts.parts.emplace_back();
        own.run = run;
        own.doubt = doubt_of_peak(results, run);
        for (std::size_t part = 0; part < bytes.size(); ++part) {
            if (any[part]) own.bytes.push_back(bytes[part]);
        }
    }
    return true;
}

void add_parts(CurrentResults& results, Charts& charts, const Texts& texts) {
    if (add_parts(results, charts, kReportedParts, texts)) return;
    const bool measured = add_parts(results, charts, kMeasuredParts, texts);
    if (!charts.costs.empty()) charts.notes.push_back(texts.no_parts(measured));
}

/// Of the first runs that tell it by epoch.
void add_accuracy(CurrentResults& results, Charts& charts) {
    sql::Statement rows = results.prepare(
        "SELECT number, run, epoch, median(value) FROM temp.shown_repeats JOIN main.metrics USING(run_id) "
        "WHERE name = 'accuracy' AND epoch IS NOT NULL AND value IS NOT NULL AND counted "
        "GROUP BY number, epoch ORDER BY number, epoch");
    std::optional<std::int64_t> last;
    while (rows.step()) {
        if (!std::isfinite(rows.real(3))) continue;
        if (last != rows.integer(0)) {
            if (charts.accuracy.size() == kMostCurves) return;
            charts.accuracy.push_back({rows.text(1), {}});
        }
        last = rows.integer(0);
        charts.accuracy.back().points.emplace_back(rows.integer(2), rows.real(3));
    }
}

/// Fewer points, of which none is lost that is the largest around it.
std::vector<std::pair<double, double>> thinned(const std::vector<std::pair<double, double>>& points) {
    if (points.size() <= kMostPoints) return points;
    std::vector<std::pair<double, double>> out;
    const double per_point = static_cast<double>(points.size()) / static_cast<double>(kMostPoints);
    for (std::size_t i = 0; i < kMostPoints; ++i) {
        const auto first = points.begin() + static_cast<std::ptrdiff_t>(static_cast<double>(i) * per_point);
        const auto end = points.begin() + static_cast<std::ptrdiff_t>(static_cast<double>(i + 1) * per_point);
        out.push_back(*std::max_element(first, std::max(first + 1, end),
                                        [](const auto& a, const auto& b) { return a.second < b.second; }));
    }
    return out;
}

report::Timeline timeline_of(sql::Connection& connection, const std::string& run_id, double seconds,
                             const Texts& texts) {
    report::Timeline timeline = sample_timeline(store::samples_of(connection, run_id), seconds, texts);
    timeline.points = thinned(timeline.points);
    report::tell_gaps(timeline);
    const auto phases = connection.reuse(
        "SELECT name, start_s FROM main.phases WHERE run_id = ? AND start_s IS NOT NULL ORDER BY start_s, "
        "rowid");
    phases->bind_all(std::string_view(run_id));
    while (phases->step()) timeline.phases.emplace_back(phases->text(0), phases->real(1));
    // a program that says no times: all that is known of its phases is their order
    if (timeline.phases.size() > 1 && timeline.phases.front().second == timeline.phases.back().second)
        timeline.phases.clear();
    return timeline;
}

/// Of each run its first repeat that counts.
void add_timelines(CurrentResults& results, Charts& charts, const Texts& texts) {
    sql::Connection& connection = results.connection();
    sql::Statement rows = connection.prepare(fmt::format(
        "SELECT s.run, s.run_id, coalesce(r.wall_s, 0), min(s.repeat) FROM temp.shown_repeats AS s "
        "JOIN main.runs AS r ON r.rowid = s.place WHERE counted GROUP BY number ORDER BY number "
        "LIMIT {}",
        kMostCurves));
    while (rows.step()) {
        report::Timeline timeline = timeline_of(connection, rows.text(1), rows.real(2), texts);
        if (!timeline.points.empty()) charts.timelines.push_back({rows.text(0), std::move(timeline)});
    }
}

}  // namespace

Charts charts_of(CurrentResults& results, const Texts& texts) {
    Charts charts;
    add_costs(results, charts);
    add_parts(results, charts, texts);
    add_accuracy(results, charts);
    add_timelines(results, charts, texts);
    if (results.runs().size() > kMostCurves)
        charts.notes.push_back(texts.first_curves_only(static_cast<int>(kMostCurves)));
    return charts;
}

}  // namespace tidemark::tables
