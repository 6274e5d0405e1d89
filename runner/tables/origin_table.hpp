#pragma once

#include <string>
#include <vector>

#include "analysis/comparability.hpp"
#include "report/table.hpp"

namespace tidemark::tables {

/// What is unlike in how the two sides of one run were measured.
struct UnlikeRun {
    std::string run;
    std::vector<analysis::OriginDifference> differences;
};

/// What `compare` and `check` say first, where anything is unlike: what it is, and which figures can still be
/// compared; each once, with the runs that it is about where it is not about all. No rows where nothing is.
report::Table origin_table(const std::string& first, const std::string& second,
                           const std::vector<UnlikeRun>& runs);

}  // namespace tidemark::tables
