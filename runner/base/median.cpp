#include "base/median.hpp"

#include <algorithm>
#include <cmath>

namespace tidemark {

double median_of_sorted(const std::vector<double>& values) {
    const std::size_t middle = values.size() / 2;
    return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

std::optional<double> median(std::vector<double> values) {
    std::erase_if(values, [](double value) { return std::isnan(value); });
    if (values.empty()) return std::nullopt;
    std::ranges::sort(values);
    return median_of_sorted(values);
}

Value median_value(double median, bool all_whole) {
    constexpr double kExactIntegers = 9007199254740992.0;  // 2^53: beyond, a double stands for several
    if (!all_whole || std::abs(median) > kExactIntegers || std::trunc(median) != median) return median;
    return static_cast<std::int64_t>(median);
}

}  // namespace tidemark
