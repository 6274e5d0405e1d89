#include "run/epoch_peaks.hpp"

#include <algorithm>

namespace tidemark::run {
namespace {

double end_of(const PhaseSpan& phase) {
    return phase.start.value + phase.wall.value;
}

}  // namespace

std::optional<EpochPeak> peak_of_epoch(const EpochSpan& epoch, const std::vector<PhaseSpan>& phases,
                                       std::optional<std::int64_t> high_of_run) {
    const double begin = epoch.start.value, end = begin + epoch.wall.value;
    std::optional<EpochPeak> found;
    std::int64_t high = 0;
    // what was before the first phase no mark tells of
    bool is_bounded = !phases.empty() && phases.front().start.value <= begin;
    for (const PhaseSpan& phase : phases) {
        if (end_of(phase) <= begin || phase.start.value >= end) continue;
        is_bounded = is_bounded && phase.peak_rss_high_bytes;
        high = std::max(high, phase.peak_rss_high_bytes.value_or(0));
        const bool lies_in_it = phase.start.value >= begin && end_of(phase) <= end;
        if (!lies_in_it || !phase.peak_rss_bytes) continue;
        if (!found) found.emplace();
        found->best = std::max(found->best, *phase.peak_rss_bytes);
        found->low = std::max(found->low, phase.peak_rss_low_bytes.value_or(*phase.peak_rss_bytes));
    }
    if (found) found->high = is_bounded ? std::optional(high) : high_of_run;
    return found;
}

}  // namespace tidemark::run
