#pragma once

#include <cstdint>

namespace tidemark::trainer {

/// A small generator of random numbers that can be made anew for each image (SplitMix64, Steele, Lea and
/// Flood 2014, doi:10.1145/2660193.2660195), so that what an image looks like does not depend on who draws it
/// and when.
class Random {
  public:
    template <typename... More>
    explicit Random(std::uint64_t seed, More... more) : state_(seed) {
        ((state_ = next() ^ static_cast<std::uint64_t>(more)), ...);
    }

    std::uint64_t next() {
        state_ += 0x9e3779b97f4a7c15ULL;
        std::uint64_t z = state_;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
        return z ^ (z >> 31);
    }

    /// In [0, 1).
    float uniform() { return static_cast<float>(next() >> 40) * 0x1p-24F; }
    float uniform(float low, float high) { return low + (high - low) * uniform(); }

    /// In [0, bound). The bias of the remainder is below 2^-50 for the bounds that are used here.
    std::int64_t below(std::int64_t bound) {
        return static_cast<std::int64_t>(next() % static_cast<std::uint64_t>(bound));
    }

  private:
    std::uint64_t state_;
};

}  // namespace tidemark::trainer
