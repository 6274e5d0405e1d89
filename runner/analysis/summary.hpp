#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/value.hpp"
#include "store/queries.hpp"

namespace tidemark::analysis {

/// A figure over the repeats of a run, or why there is none.
struct Figure {
    std::optional<double> median;
    std::string missing;
};

/// The repeats of one run together. Figures are medians over those that ended ok.
struct RunSummary {
    std::size_t repeats = 0;
    std::size_t ok = 0;
    std::string status;  ///< ok when all are; else that of the first that is not
    std::string reason;
    Figure wall_s;
    Figure peak_rss_bytes;
    std::map<std::string, Figure, std::less<>> metrics;
};

/// By cell.
std::map<std::string, RunSummary> summarise(const std::vector<store::ResultRow>& rows);

}  // namespace tidemark::analysis
