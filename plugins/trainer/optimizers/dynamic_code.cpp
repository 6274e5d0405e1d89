#include "trainer/optimizers/dynamic_code.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace tidemark::trainer {
namespace {

constexpr int kDecades = 7;
constexpr double kSmallestFraction = 0.1;

/// A float's sign, exponent and leading three bits of its fraction choose where to begin the search.
constexpr int kDroppedBits = 20;
constexpr std::size_t kGuesses = std::size_t{1} << (32 - kDroppedBits);

std::size_t leading_bits(float value) {
    return std::bit_cast<std::uint32_t>(value) >> kDroppedBits;
}

/// Each decade has twice as many values as the one below it, in even steps.
std::vector<float> magnitudes(int values_of_smallest_decade) {
    std::vector<float> all;
    for (int decade = 0; decade < kDecades; ++decade) {
        const int count = values_of_smallest_decade << decade;
        const double step = (1 - kSmallestFraction) / count;
        const double scale = std::pow(10.0, decade - (kDecades - 1));
        for (int i = 0; i < count; ++i)
            all.push_back(static_cast<float>(scale * (kSmallestFraction + step * (i + 0.5))));
    }
    return all;
}

}  // namespace

DynamicCode::DynamicCode(Sign sign) : sign_(sign), first_guess_(kGuesses) {
    std::vector<float> all{0, 1};
    for (const float magnitude : magnitudes(sign == Sign::Signed ? 1 : 2)) {
        all.push_back(magnitude);
        if (sign == Sign::Signed) all.push_back(-magnitude);
    }
    std::ranges::sort(all);
    std::ranges::copy(all, values_.begin());
    for (std::size_t i = 0; i < bounds_.size(); ++i) bounds_[i] = (values_[i] + values_[i + 1]) / 2;
    if (sign_ == Sign::Unsigned) bounds_[0] = 0;
    for (std::size_t bits = 0; bits < kGuesses; ++bits) {
        // the end of the range nearer to minus infinity, so that the search only goes up
        const auto lowest = static_cast<std::uint32_t>(bits << kDroppedBits);
        const bool negative = (lowest >> 31) != 0;
        const auto value =
            std::bit_cast<float>(negative ? lowest | ((std::uint32_t{1} << kDroppedBits) - 1) : lowest);
        const auto guess = std::ranges::lower_bound(bounds_, std::isnan(value) ? 0.0F : value);
        first_guess_[bits] = static_cast<std::uint8_t>(guess - bounds_.begin());
    }
}

std::uint8_t DynamicCode::encode(float value) const {
    std::size_t code = first_guess_[leading_bits(value)];
    while (code < bounds_.size() && value > bounds_[code]) ++code;
    return static_cast<std::uint8_t>(code);
}

}  // namespace tidemark::trainer
