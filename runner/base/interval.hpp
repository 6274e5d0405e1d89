#pragma once

namespace tidemark {

/// From one figure to another, both included; what it is an interval of, and how sure it is, says who gives
/// it. The unit is that of the figures.
struct Interval {
    double low = 0;
    double high = 0;
    bool operator==(const Interval&) const = default;
};

}  // namespace tidemark
