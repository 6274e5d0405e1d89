#pragma once

#include <optional>
#include <vector>

namespace tidemark::analysis {

/// The middle value, or the mean of the two middle ones; nothing of nothing. NaNs are left out.
std::optional<double> median(std::vector<double> values);

}  // namespace tidemark::analysis
