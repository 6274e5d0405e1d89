#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

#include "base/interval.hpp"
#include "planning/space.hpp"

namespace tidemark::planning {

/// What was measured of a cell.
struct Observation {
    std::size_t cell = 0;
    double value = 0;
    bool more_than = false;  ///< it was not measured how much: it ended at this limit
};

/// What a measurement of a cell will give.
struct Prediction {
    double value = 0;   ///< as likely too small as too large
    Interval interval;  ///< with a confidence of 95 %
};

/// Predicts a figure of all cells of a space from what was measured of some: a Gaussian process over the
/// logarithm of the figure, or over the figure itself where one is not positive. Its intervals are as wide as
/// they must be for the measured cells: each is predicted from all others, and what share of their own
/// spread the predictions were off by widens or narrows all (conformal prediction, Vovk et al. 2005). That
/// says nothing of numbers beyond those that were measured: there a figure may stay as it is, or grow or fall
/// in proportion, and the interval holds both.
class Regression {
  public:
    /// The space must outlive it.
    explicit Regression(const Space& space);
    Regression(Regression&&) noexcept;
    Regression& operator=(Regression&&) noexcept;
    ~Regression();

    /// From all that is known, each cell once at most. `careful` looks longer for what suits it best.
    void learn(const std::vector<Observation>& observations, bool careful);

    /// Whether there is a measured figure to predict from.
    bool any() const;

    Prediction predict(std::size_t cell) const;

    /// How likely a measurement of the cell is at most this, from 0 to 1.
    double chance_of_at_most(std::size_t cell, double limit) const;

    /// By how much a cell is expected to be better than `best`, and 0 where it is not: of a figure that is
    /// positive as a share, of another in units of its scatter.
    double expected_gain(std::size_t cell, double best, bool larger_is_better) const;

    /// The axis that makes the figure differ most, as an index of Space::axes(); nothing where there is none.
    std::optional<std::size_t> strongest_axis() const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace tidemark::planning
