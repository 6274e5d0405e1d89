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
    // 2^63 is the first double above all whole numbers of 64 bits: what lies beyond cannot be converted
    constexpr double kBeyond = 9223372036854775808.0;
    if (!all_whole || !(median >= -kBeyond && median < kBeyond)) return median;
    const auto whole = static_cast<std::int64_t>(median);
    if (static_cast<double>(whole) == median) return whole;
    return median;
}

}  // namespace tidemark
