#pragma once

#include <limits>
#include <optional>
#include <string>

#include "base/interval.hpp"

namespace tidemark::analysis {

/// What is known of a figure that is measured with bounds: the truth lies between them.
struct KnownBounds {
    std::optional<double> low;
    std::optional<double> high;
    std::string why_no_high{};  ///< where there is none
    std::string method{};       ///< how it was measured
    std::string way_out{};      ///< how closer ones can be had, where the method does not tell it

    /// Infinity where nothing bounds it from above.
    Interval interval() const {
        return {low.value_or(0), high.value_or(std::numeric_limits<double>::infinity())};
    }
};

}  // namespace tidemark::analysis
