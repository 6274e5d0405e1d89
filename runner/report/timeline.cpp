#include "report/timeline.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "base/median.hpp"
#include "base/units.hpp"
#include "terminal/display_text.hpp"

namespace tidemark::report {
namespace {

constexpr std::size_t kRows = 8;
constexpr std::size_t kEighths = 8;  // of a character cell
constexpr std::array<const char*, kEighths + 1> kBlocks{" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
constexpr std::size_t kScaleWidth = 11;  // "  972 MiB ┤"
constexpr std::size_t kFewestColumns = 10;
/// Samples are a second apart at most while they can be had (warden/sampler), and twice that when the machine
/// is busy. Thinned ones are further apart.
constexpr double kNoGap = 2;  // seconds
constexpr double kMuchLonger = 5;
constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

std::string scale(double bytes) {
    return terminal::padded(to_text(Bytes{std::llround(bytes)}), kScaleWidth - 2, true);
}

/// The largest value that falls into each column; a column without a point keeps the last one before it, or
/// is empty in a gap.
std::vector<double> columns_of(const Timeline& timeline, std::size_t count) {
    std::vector<double> columns(count, 0);
    auto point = timeline.points.begin();
    double last = point->second;
    for (std::size_t at = 0; at < count; ++at) {
        const auto column_of = [&](double time) {
            const double share = timeline.seconds > 0 ? std::clamp(time / timeline.seconds, 0.0, 1.0) : 0;
            return std::min(count - 1, static_cast<std::size_t>(share * static_cast<double>(count)));
        };
        const bool any = point != timeline.points.end() && column_of(point->first) == at;
        double largest = any || std::isnan(last) ? 0 : last;
        for (; point != timeline.points.end() && column_of(point->first) == at; ++point) {
            last = point->second;
            if (!std::isnan(last)) largest = std::max(largest, last);
        }
        columns[at] = largest;
    }
    return columns;
}

std::string chart_row(const std::vector<double>& columns, double top, std::size_t row) {
    std::string text;
    for (const double value : columns) {
        const auto eighths =
            static_cast<std::size_t>(std::lround(value / top * static_cast<double>(kRows * kEighths)));
        const std::size_t below = row * kEighths;
        text += kBlocks[std::min(kEighths, eighths > below ? eighths - below : 0)];
    }
    return text.erase(text.find_last_not_of(' ') + 1);
}

/// `│data│train      │evaluate`: a mark where each phase begins, and as much of its name as has room before
/// the next.
std::string phase_row(const Timeline& timeline, std::size_t count) {
    std::string text;
    std::size_t used = 0;
    for (std::size_t i = 0; i < timeline.phases.size(); ++i) {
        const auto column_of = [&](double start) {
            const double share = timeline.seconds > 0 ? std::clamp(start / timeline.seconds, 0.0, 1.0) : 0;
            return std::min(count, static_cast<std::size_t>(share * static_cast<double>(count)));
        };
        const std::size_t begin = std::max(used, column_of(timeline.phases[i].second));
        const std::size_t end =
            i + 1 < timeline.phases.size() ? column_of(timeline.phases[i + 1].second) : count;
        if (end <= begin + 1) continue;  // too short to be seen
        text += std::string(begin - used, ' ') + "│";
        const std::string name =
            terminal::shortened(terminal::visible(timeline.phases[i].first), end - begin - 1);
        text += name;
        used = begin + 1 + terminal::display_width(name);
    }
    return text;
}

}  // namespace

void tell_gaps(Timeline& timeline) {
    if (timeline.points.empty()) return;
    std::vector<double> distances;
    for (std::size_t i = 1; i < timeline.points.size(); ++i)
        distances.push_back(timeline.points[i].first - timeline.points[i - 1].first);
    const double usual = median(std::move(distances)).value_or(0);
    const double longest = std::max(kNoGap, kMuchLonger * usual);
    std::vector<std::pair<double, double>> points;
    if (timeline.points.front().first > longest) points.emplace_back(0, kUnknown);
    for (std::size_t i = 0; i < timeline.points.size(); ++i) {
        const double begin = timeline.points[i].first;
        const double end = i + 1 < timeline.points.size() ? timeline.points[i + 1].first : timeline.seconds;
        points.push_back(timeline.points[i]);
        if (end - begin > longest) points.emplace_back(begin + usual, kUnknown);
    }
    timeline.points = std::move(points);
}

std::string draw_timeline(const Timeline& timeline, std::size_t width) {
    if (timeline.points.empty()) return {};
    const std::size_t count = std::max(kFewestColumns, width > kScaleWidth ? width - kScaleWidth : 0);
    const std::vector<double> columns = columns_of(timeline, count);
    const double top = std::max(1.0, *std::ranges::max_element(columns));
    std::string text;
    for (std::size_t row = kRows; row-- > 0;) {
        const bool labelled = row == kRows - 1 || row == kRows / 2 - 1;
        const std::string label =
            labelled ? scale(top * static_cast<double>(row + 1) / static_cast<double>(kRows)) + " ┤"
                     : std::string(kScaleWidth - 1, ' ') + "│";
        text += label + chart_row(columns, top, row) + "\n";
    }
    std::string axis;
    for (std::size_t i = 0; i < count; ++i) axis += "─";
    text += scale(0) + " ┼" + axis + "\n";
    const std::string margin(kScaleWidth, ' ');
    if (const std::string phases = phase_row(timeline, count); !phases.empty())
        text += margin + phases + "\n";
    const std::string end = to_text(Seconds{timeline.seconds});
    return text + margin + "0 s" + terminal::padded(end, count - 3, true) + "\n";
}

}  // namespace tidemark::report
