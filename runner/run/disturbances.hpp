#pragma once

#include <string>
#include <vector>

#include "protocol/measurement.hpp"
#include "protocol/request.hpp"

namespace tidemark::run {

/// What a reader of a run's figures has to know: that a limit was not enforced or cut the peak off, that the
/// machine swapped, was throttled, or was busy with other things. One sentence each.
std::vector<std::string> disturbances(const protocol::Measurement& measured, const protocol::Limits& limits);

/// More of a spread of the CPUs' speed than this says that times scatter: a machine that is left alone has
/// less.
inline constexpr double kMuchSpread = 0.1;

/// Which figures of a run say less than they would without what went on beside it.
struct Disturbed {
    bool times = false;   ///< other programs, a CPU quota, swapping or reclaim took time from it
    bool memory = false;  ///< memory was taken from it, or had an end: its peaks may be too low

    bool any() const { return times || memory; }
    /// Those of several repeats together.
    Disturbed& operator|=(const Disturbed& other) {
        times = times || other.times;
        memory = memory || other.memory;
        return *this;
    }
};
Disturbed disturbed_figures(const protocol::Measurement& measured);
/// The same of a measurement as the database keeps it; nothing of one that is not to be read.
Disturbed stored_disturbances(const std::string& measurement);

}  // namespace tidemark::run
