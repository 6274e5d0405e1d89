#include "capture/capture.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include <fmt/format.h>

#include "base/median.hpp"
#include "capture/csv_file.hpp"
#include "capture/json_file.hpp"
#include "capture/log_scan.hpp"
#include "capture/series.hpp"

namespace tidemark::capture {
namespace {

using protocol::Capture;
using protocol::CaptureSource;
using protocol::CaptureTake;

void take_told(const Capture& capture, const Leavings& leavings, Captured& found) {
    const auto is_meant = [&](const protocol::Metric& metric) { return metric.name == capture.what; };
    const bool is_there_already = capture.what == capture.metric && capture.factor == 1 &&
                                  (capture.take == CaptureTake::Last || capture.take == CaptureTake::Each);
    if (is_there_already && std::ranges::any_of(leavings.told, is_meant)) return;
    Series series(capture, found);
    for (const protocol::Metric& metric : leavings.told) {
        if (is_meant(metric) && series.wants_more()) series.add(metric.value, metric.epoch);
    }
    series.finish();
    if (series.is_empty())
        report_lacking(capture, fmt::format("the program told no metric '{}'", capture.what), found);
}

std::vector<const Capture*> of_source(const std::vector<Capture>& captures, CaptureSource source) {
    std::vector<const Capture*> chosen;
    for (const Capture& capture : captures)
        if (capture.source == source) chosen.push_back(&capture);
    return chosen;
}

/// 81.5 / 100 is 0.815, while 81.5 * 0.01 is not. KiB in an hour are no whole part of a byte in a second.
double in_our_unit(const Capture& capture, double value) {
    constexpr double kRounding = 1e-9;
    const double divisor = std::round(1 / capture.factor);
    const bool divides = capture.factor < 1 && std::abs(divisor * capture.factor - 1) < kRounding;
    return divides ? value / divisor : value * capture.factor;
}

}  // namespace

void report_lacking(const Capture& capture, const std::string& why, Captured& found) {
    if (capture.required)
        found.lacking.push_back(fmt::format("the metric '{}' was not found: {}", capture.metric, why));
}

void Series::add(double value, std::optional<std::int64_t> epoch) {
    ++count_;
    last_ = in_our_unit(capture_, value);
    last_epoch_ = epoch;
    const bool is_statistic = protocol::is_statistic(capture_.take);
    if (is_statistic && count_ <= kMostPoints) all_.push_back(last_);
    if (!is_statistic && capture_.take != CaptureTake::Each) return;
    if (!epoch) last_epoch_ = count_;
    if (count_ < kMostPoints) found_.metrics.push_back({capture_.metric, last_, last_epoch_});
}

void Series::finish() {
    if (count_ == 0) return;
    if (protocol::is_statistic(capture_.take)) return add_statistic();
    if (capture_.take != CaptureTake::Each) {
        found_.metrics.push_back({capture_.metric, last_, last_epoch_});
    } else if (count_ >= kMostPoints) {
        found_.metrics.push_back({capture_.metric, last_, last_epoch_});
        if (count_ > kMostPoints) {
            found_.warnings.push_back(fmt::format("'{}' came {} times; the first {} and the last are kept",
                                                  capture_.metric, count_, kMostPoints - 1));
        }
    }
}

/// Each value stays a point of the metric; the figure of the run comes last.
void Series::add_statistic() {
    if (count_ > kMostPoints) {
        found_.warnings.push_back(fmt::format("'{}' came {} times; its statistic is of the first {}",
                                              capture_.metric, count_, kMostPoints));
    }
    const bool has_nan = std::ranges::any_of(all_, [](double value) { return std::isnan(value); });
    const double nan = std::numeric_limits<double>::quiet_NaN();
    const auto [least, most] = std::ranges::minmax(all_);
    double figure = least;
    if (capture_.take == CaptureTake::Mean)
        figure = std::accumulate(all_.begin(), all_.end(), 0.0) / static_cast<double>(all_.size());
    if (capture_.take == CaptureTake::Median && !has_nan) figure = median(all_).value_or(nan);
    // what is not a number makes none of all
    found_.metrics.push_back({capture_.metric, has_nan ? nan : figure, {}});
    found_.metrics.push_back(
        {capture_.metric + std::string(protocol::kCountSuffix), static_cast<double>(all_.size()), {}});
    found_.metrics.push_back(
        {capture_.metric + std::string(protocol::kSpreadSuffix), has_nan ? nan : most - least, {}});
}

Captured take(const std::vector<Capture>& captures, const Leavings& leavings) {
    Captured found;
    scan_log(leavings.stdout_log, of_source(captures, CaptureSource::Stdout), found);
    scan_log(leavings.stderr_log, of_source(captures, CaptureSource::Stderr), found);
    for (const Capture* capture : of_source(captures, CaptureSource::Json))
        take_from_json(*capture, leavings, found);
    for (const Capture* capture : of_source(captures, CaptureSource::Csv))
        take_from_csv(*capture, leavings, found);
    for (const Capture* capture : of_source(captures, CaptureSource::Events))
        take_told(*capture, leavings, found);
    return found;
}

}  // namespace tidemark::capture
