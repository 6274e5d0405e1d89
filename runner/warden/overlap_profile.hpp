#pragma once

#include <cstdint>
#include <vector>

namespace tidemark::warden {

/// An upper bound of what several processes held together at any time, from the high-water mark and the life
/// of each: the largest sum of the marks of those that lived at the same time. Takes bounded memory: where it
/// would have to remember too many moments, neighbours are joined, which can only raise the bound.
class OverlapProfile {
  public:
    /// A process that lived from `begin` to `end` (seconds) and never held more than `bytes`.
    void add(double begin, double end, std::int64_t bytes);
    std::int64_t peak() const;

    static constexpr std::size_t kMostSteps = 4096;

  private:
    /// From `at` on, until the next step begins.
    struct Step {
        double at;
        std::int64_t bytes;
    };
    std::size_t cut_at(double at);
    void join_neighbours();

    std::vector<Step> steps_;  ///< in order of time; before the first there is nothing
};

}  // namespace tidemark::warden
