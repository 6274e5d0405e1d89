#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

namespace tidemark::sweep {

/// Random numbers that are the same on every machine: SplitMix64 (Steele, Lea and Flood 2014).
class SampleRandom {
  public:
    explicit SampleRandom(std::uint64_t seed) : state_(seed) {}

    std::uint64_t next();
    /// Each number below `end` is equally likely; `end` must not be 0.
    std::uint64_t below(std::uint64_t end);

  private:
    std::uint64_t state_;
};

/// Draws all numbers below `end`, each once, in random order: a shuffle (Fisher and Yates) that remembers
/// only what it has moved.
class DistinctDraws {
  public:
    DistinctDraws(std::uint64_t end, std::uint64_t seed) : end_(end), random_(seed) {}

    /// How many are left.
    std::uint64_t left() const { return end_ - drawn_; }
    /// There must be one left.
    std::uint64_t draw();

  private:
    std::uint64_t end_;
    SampleRandom random_;
    std::uint64_t drawn_ = 0;
    std::unordered_map<std::uint64_t, std::uint64_t>
        moved_;  ///< what lies at a place, where it is not its number
};

/// A Latin hypercube of cells: of every axis, whose numbers of points are `sizes`, each point is taken as
/// often as any other, give or take one. The cells' numbers are sorted and all different; fewer than `count`
/// where no such ones were found.
std::vector<std::uint64_t> latin_hypercube(const std::vector<std::size_t>& sizes, std::uint64_t count,
                                           std::uint64_t seed);

}  // namespace tidemark::sweep
