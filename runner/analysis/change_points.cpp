#include "analysis/change_points.hpp"

#include <algorithm>
#include <cmath>
#include <random>
#include <span>

namespace tidemark::analysis {
namespace {

constexpr int kPermutations = 199;
constexpr double kSignificance = 0.05;
constexpr std::uint64_t kSeed = 1;

struct Split {
    std::size_t at = 0;    ///< the first value of the second side
    double distance = -1;  ///< below 0: there is no place for one
};

/// Sum of the distances of all pairs, one of each side.
double between(std::span<const double> first, std::span<const double> second) {
    double sum = 0;
    for (const double a : first) {
        for (const double b : second) sum += std::abs(a - b);
    }
    return sum;
}

/// Sum of the distances of all pairs of one side.
double within(std::span<const double> values) {
    double sum = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        for (std::size_t j = i + 1; j < values.size(); ++j) sum += std::abs(values[i] - values[j]);
    }
    return sum;
}

double mean_of_pairs(std::span<const double> values) {
    const auto count = static_cast<double>(values.size());
    return within(values) / (count * (count - 1) / 2);
}

/// The split with the greatest energy distance, weighted by the sizes of its sides.
Split best_split(std::span<const double> values) {
    Split best;
    for (std::size_t at = kFewestOfALevel; at + kFewestOfALevel <= values.size(); ++at) {
        const auto first = values.first(at), second = values.subspan(at);
        const auto n = static_cast<double>(first.size()), m = static_cast<double>(second.size());
        const double energy =
            2 * between(first, second) / (n * m) - mean_of_pairs(first) - mean_of_pairs(second);
        const double distance = n * m / (n + m) * energy;
        if (distance > best.distance) best = {at, distance};
    }
    return best;
}

/// How often chance makes as great a distance.
bool is_significant(std::span<const double> values, const Split& split, std::mt19937_64& random) {
    std::vector<double> shuffled(values.begin(), values.end());
    int as_great = 0;
    for (int i = 0; i < kPermutations; ++i) {
        std::ranges::shuffle(shuffled, random);
        if (best_split(shuffled).distance >= split.distance) ++as_great;
    }
    return (as_great + 1.0) / (kPermutations + 1.0) <= kSignificance;
}

void find(std::span<const double> values, std::size_t offset, std::mt19937_64& random,
          std::vector<std::size_t>& found) {
    const Split split = best_split(values);
    if (split.distance <= 0 || !is_significant(values, split, random)) return;
    find(values.first(split.at), offset, random, found);
    found.push_back(offset + split.at);
    find(values.subspan(split.at), offset + split.at, random, found);
}

}  // namespace

std::vector<std::size_t> change_points(const std::vector<double>& values) {
    std::vector<std::size_t> found;
    std::mt19937_64 random(kSeed);
    find(values, 0, random, found);
    return found;
}

}  // namespace tidemark::analysis
