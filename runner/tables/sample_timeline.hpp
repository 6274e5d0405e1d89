#pragma once

#include <vector>

#include "protocol/measurement.hpp"
#include "report/timeline.hpp"
#include "tables/texts.hpp"

namespace tidemark::tables {

/// The samples of a run that took `seconds`, as one quantity throughout. Gaps are not told yet.
report::Timeline sample_timeline(const std::vector<protocol::Sample>& samples, double seconds,
                                 const Texts& texts);

}  // namespace tidemark::tables
