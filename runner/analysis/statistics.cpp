#include "analysis/statistics.hpp"

#include <algorithm>
#include <cmath>

namespace tidemark::analysis {

std::optional<double> median(std::vector<double> values) {
    std::erase_if(values, [](double value) { return std::isnan(value); });
    if (values.empty()) return std::nullopt;
    std::ranges::sort(values);
    const std::size_t middle = values.size() / 2;
    return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

}  // namespace tidemark::analysis
