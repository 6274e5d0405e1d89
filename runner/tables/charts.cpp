#include "tables/charts.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include <fmt/format.h>

#include "results/units.hpp"
#include "store/queries.hpp"
#include "tables/sample_timeline.hpp"

namespace tidemark::tables {
namespace {

using report::Charts;
using results::CurrentResults;

/// Of one curve over time: about the pixels it gets. Many runs get fewer, for the page shall open at once.
constexpr std::size_t kMostPoints = 400;
constexpr std::size_t kFewestPoints = 60;
constexpr std::size_t kPointsOfAllRuns = 24'000;

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

/// What the named parts do not explain of a peak is a part as well. False, and nothing added, where no run
/// has any.
bool add_parts(CurrentResults& results, Charts& charts, const Parts& parts, const Texts& texts) {
    std::string columns;
    for (const Part& part : parts) columns += fmt::format(", {}", part.column);
    sql::Statement rows = results.prepare(
        fmt::format("SELECT run, peak_rss_bytes{} FROM medians WHERE peak_rss_bytes IS NOT NULL", columns));
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
    if (results.ok() > 0) charts.notes.push_back(texts.no_parts(measured));
}

/// Of every metric that runs tell by epoch; one point is no curve.
void add_curves(CurrentResults& results, const results::Units& units, const Texts& texts, Charts& charts) {
    sql::Statement rows = results.prepare(
        "SELECT name, number, run, epoch, median(value), min(value), max(value) FROM temp.shown_repeats JOIN "
        "main.metrics USING(run_id) WHERE epoch IS NOT NULL AND value IS NOT NULL AND counted GROUP BY name, "
        "number, epoch ORDER BY name, number, epoch");
    report::MetricCurves metric;
    report::Curve curve;
    const auto end_curve = [&] {
        if (curve.points.size() > 1) metric.curves.push_back(std::move(curve));
        curve = {};
    };
    const auto end_metric = [&] {
        end_curve();
        if (!metric.curves.empty()) charts.curves.push_back(std::move(metric));
        metric = {};
    };
    while (rows.step()) {
        if (!std::isfinite(rows.real(5)) || !std::isfinite(rows.real(6))) continue;
        if (metric.metric != rows.text(0)) {
            end_metric();
            metric.metric = rows.text(0);
            metric.heading = units.heading(metric.metric, texts.language());
            metric.unit = units.of(metric.metric);
        }
        if (curve.run != rows.text(2)) {
            end_curve();
            curve.run = rows.text(2);
        }
        curve.points.push_back({rows.integer(3), rows.real(4), rows.real(5), rows.real(6)});
    }
    end_metric();
}

/// Fewer points, of which none is lost that is the largest around it.
std::vector<std::pair<double, double>> thinned(const std::vector<std::pair<double, double>>& points,
                                               std::size_t most) {
    if (points.size() <= most) return points;
    std::vector<std::pair<double, double>> out;
    const double per_point = static_cast<double>(points.size()) / static_cast<double>(most);
    for (std::size_t i = 0; i < most; ++i) {
        const auto first = points.begin() + static_cast<std::ptrdiff_t>(static_cast<double>(i) * per_point);
        const auto end = points.begin() + static_cast<std::ptrdiff_t>(static_cast<double>(i + 1) * per_point);
        out.push_back(*std::max_element(first, std::max(first + 1, end),
                                        [](const auto& a, const auto& b) { return a.second < b.second; }));
    }
    return out;
}

report::Timeline timeline_of(sql::Connection& connection, const std::string& run_id, double seconds,
                             std::size_t most_points, const Texts& texts) {
    report::Timeline timeline = sample_timeline(store::samples_of(connection, run_id), seconds, texts);
    timeline.points = thinned(timeline.points, most_points);
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

/// One point is none.
bool is_line(const report::Timeline& timeline) {
    const auto is_known = [](const std::pair<double, double>& point) { return std::isfinite(point.second); };
    return std::ranges::count_if(timeline.points, is_known) > 1;
}

/// Of each run its first repeat that counts.
void add_timelines(CurrentResults& results, Charts& charts, const Texts& texts) {
    sql::Connection& connection = results.connection();
    const std::size_t most_points = std::clamp(
        kPointsOfAllRuns / std::max<std::size_t>(results.runs().size(), 1), kFewestPoints, kMostPoints);
    sql::Statement rows = connection.prepare(
        "SELECT s.run, s.run_id, coalesce(r.wall_s, 0), min(s.repeat) FROM temp.shown_repeats AS s "
        "JOIN main.runs AS r ON r.rowid = s.place WHERE counted GROUP BY number ORDER BY number");
    while (rows.step()) {
        report::Timeline timeline = timeline_of(connection, rows.text(1), rows.real(2), most_points, texts);
        if (is_line(timeline)) charts.timelines.push_back({rows.text(0), std::move(timeline)});
    }
}

}  // namespace

Charts charts_of(CurrentResults& results, const results::Units& units, const Texts& texts) {
    Charts charts;
    add_parts(results, charts, texts);
    add_curves(results, units, texts, charts);
    add_timelines(results, charts, texts);
    return charts;
}

}  // namespace tidemark::tables
