#pragma once

#include <optional>
#include <vector>

#include "base/value.hpp"

namespace tidemark {

/// The middle value, or the mean of the two middle ones; nothing of nothing. NaNs are left out.
std::optional<double> median(std::vector<double> values);

/// The same of values that are sorted already and hold no NaN; there must be one.
double median_of_sorted(const std::vector<double>& values);

/// The median as a value: whole where those that it is taken of are all whole and it is, too, so that bytes
/// stay bytes.
Value median_value(double median, bool all_whole);

}  // namespace tidemark
