#pragma once

#include <optional>
#include <vector>

namespace tidemark::warden {

/// The CPU time of a short calculation, about 60 µs: multiplications that wait for one another, so that what
/// shares the core hardly slows them down, and neither caches nor memory have a part in them.
double timed_calculation();

/// How fast the CPUs were while calculations were timed.
struct CpuSpeed {
    double calculation_s = 0;  ///< the median
    double spread = 0;         ///< from the slow tenth of them to the fast tenth, as a share of the median
    bool operator==(const CpuSpeed&) const = default;
};
/// Nothing of fewer than ten, of which a tenth is one.
std::optional<CpuSpeed> speed_of(std::vector<double> calculations);

}  // namespace tidemark::warden
