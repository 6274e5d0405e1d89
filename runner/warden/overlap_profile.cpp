#include "warden/overlap_profile.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace tidemark::warden {

/// The index of the step that begins at that time, made by cutting in two the one that goes on then.
std::size_t OverlapProfile::cut_at(double at) {
    const auto next = std::lower_bound(steps_.begin(), steps_.end(), at,
                                       [](const Step& step, double time) { return step.at < time; });
    const auto index = static_cast<std::size_t>(next - steps_.begin());
    if (next != steps_.end() && next->at == at) return index;
    const std::int64_t before = index == 0 ? 0 : steps_[index - 1].bytes;
    steps_.insert(next, Step{at, before});
    return index;
}

void OverlapProfile::add(double begin, double end, std::int64_t bytes) {
    const std::size_t first = cut_at(begin);
    // a life too short for the clock has been, all the same
    const double after = std::nextafter(begin, std::numeric_limits<double>::infinity());
    const std::size_t behind = cut_at(std::max(after, end));
    for (std::size_t i = first; i < behind; ++i) steps_[i].bytes += bytes;
    if (steps_.size() > kMostSteps) join_neighbours();
}

void OverlapProfile::join_neighbours() {
    // the older half: what is yet to come overlaps with the newer one, and would be counted on top
    const std::size_t old = steps_.size() / 2;
    std::size_t kept = 0;
    std::size_t i = 0;
    for (; i + 1 < old; i += 2)
        steps_[kept++] = {steps_[i].at, std::max(steps_[i].bytes, steps_[i + 1].bytes)};
    for (; i < steps_.size(); ++i) steps_[kept++] = steps_[i];
    steps_.resize(kept);
}

std::int64_t OverlapProfile::peak() const {
    std::int64_t most = 0;
    for (const Step& step : steps_) most = std::max(most, step.bytes);
    return most;
}

}  // namespace tidemark::warden
