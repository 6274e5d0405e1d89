#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/value.hpp"

namespace tidemark::planning {

/// A parameter that is not the same in all cells of a space.
struct SpaceAxis {
    enum class Kind {
        Choice,       ///< values that have no order: two are alike or not
        Linear,       ///< numbers, of which differences count
        Logarithmic,  ///< positive numbers, of which ratios count: 16, 32, 64
    };
    std::string name;
    Kind kind = Kind::Choice;
    std::size_t levels = 0;  ///< how many different values it has
    double span = 0;         ///< on a logarithmic one, the logarithm of the largest number over the smallest
};

/// The cells that a search may choose from, each a point: on an axis of numbers from 0 to 1, on one of
/// choices the number of the choice.
class Space {
  public:
    /// `cells` has a value for each name. Axes on which all cells are alike are left out.
    Space(const std::vector<std::string>& names, const std::vector<std::vector<Value>>& cells);

    std::size_t size() const { return size_; }
    const std::vector<SpaceAxis>& axes() const { return axes_; }
    const double* point(std::size_t cell) const { return points_.data() + cell * axes_.size(); }

    /// How far apart two points are on an axis: 1 at most.
    double distance(std::size_t axis, const double* a, const double* b) const;

  private:
    std::size_t size_;
    std::vector<SpaceAxis> axes_;
    std::vector<double> points_;  ///< cell by cell
};

}  // namespace tidemark::planning
