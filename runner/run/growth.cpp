#include "run/growth.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "analysis/trend.hpp"
#include "base/units.hpp"
#include "protocol/peak_memory.hpp"
#include "protocol/tree_memory.hpp"

namespace tidemark::run {
namespace {

static_assert(kFewestEpochs == static_cast<int>(analysis::kFewestForATrend));

/// What malloc keeps and gives back is no growth that anybody cares for.
constexpr double kWorthTelling = double{std::int64_t{1} << 20};  // bytes, in all epochs together

void explain(Record& record, const std::string& why) {
    for (const std::string_view column :
         {protocol::kGrowth.name, protocol::kGrowth.low, protocol::kGrowth.high})
        record.measurement.missing.emplace(column, why);
}

void find_largest_samples(Record& record, protocol::TreeMemory kind) {
    for (EpochSpan& epoch : record.epochs) {
        const double end = epoch.start.value + epoch.wall.value;
        auto sample = std::ranges::upper_bound(record.samples, epoch.start.value, {}, &protocol::Sample::t_s);
        for (; sample != record.samples.end() && sample->t_s <= end; ++sample)
            epoch.largest_sample_bytes =
                std::max(epoch.largest_sample_bytes, protocol::tree_memory(*sample, kind));
        if (epoch.largest_sample_bytes) epoch.memory = protocol::name_of(kind);
    }
}

void warn(Record& record, const analysis::Trend& trend, std::size_t epochs) {
    if (trend.interval.low * static_cast<double>(epochs) < kWorthTelling) return;
    const auto text = [](double bytes) { return to_text(Bytes{std::llround(bytes)}); };
    record.warnings.push_back(fmt::format(
        "its memory grew from epoch to epoch, by {} each time (95 % interval {} to {}, {} epochs, "
        "the first left out)",
        text(trend.slope), text(trend.interval.low), text(trend.interval.high), epochs));
}

}  // namespace

void tell_growth(Record& record) {
    if (record.epochs.empty()) return explain(record, "no epochs were told with their times");
    const protocol::TreeMemory kind = protocol::known_throughout(record.samples);
    find_largest_samples(record, kind);
    if (kind == protocol::TreeMemory::Sum)
        return explain(record,
                       "pages that its processes share were not counted in each epoch; by a memory "
                       "cgroup they are");
    std::vector<std::pair<double, double>> points;
    for (auto epoch = record.epochs.begin() + 1; epoch != record.epochs.end(); ++epoch) {
        if (epoch->largest_sample_bytes)
            points.emplace_back(static_cast<double>(epoch->epoch),
                                static_cast<double>(*epoch->largest_sample_bytes));
    }
    const auto trend = analysis::trend_of(points);
    if (!trend)
        return explain(record, fmt::format("{} epoch{} after the first {} a sample; {} are needed",
                                           points.size(), points.size() == 1 ? "" : "s",
                                           points.size() == 1 ? "has" : "have", kFewestEpochs));
    record.measurement.growth_bytes_per_epoch = trend->slope;
    record.measurement.growth_low_bytes_per_epoch = trend->interval.low;
    record.measurement.growth_high_bytes_per_epoch = trend->interval.high;
    warn(record, *trend, points.size());
}

}  // namespace tidemark::run
