#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "sweep/expansion/resolver.hpp"
#include "sweep/expansion/sweep_parameters.hpp"
#include "sweep/expansion/value_pool.hpp"
#include "sweep/file/definition.hpp"
#include "sweep/file/problems.hpp"

namespace tidemark::sweep {

/// As many cells as the matrix has before any exclusion, without its variants; of a matrix that is not there
/// one.
double count_cells(const Definition& definition);

/// What is explicit in one run.
struct Given {
    std::string name;
    std::vector<Explicit> values;
    std::vector<bool> is_explicit;  ///< by column
};

/// The cells of a matrix, each by its number: the last axis turns fastest, like an odometer.
class MatrixCells {
  public:
    /// Checks which cells each entry of `include` is for; problems are added, and values kept in `values`.
    /// All arguments must outlive this.
    MatrixCells(const Definition& definition, const SweepParameters& columns, ValuePool& values,
                Problems& problems);

    /// Calls `use` with each cell, in their order.
    template <typename Use>
    void for_each(Use use) {
        if (!turn_to(0)) return;
        do use(given());
        while (turn());
    }

    /// The cell of that number, which must be one.
    const Given& at(std::uint64_t number) {
        turn_to(number);
        return given();
    }

  private:
    /// A point of an axis as the cells have it.
    struct Point {
        std::vector<Explicit> values;
        std::string in_name;  ///< `,batch_size=16`
    };
    /// An entry of `include`.
    struct Addition {
        std::vector<std::vector<bool>> points;  ///< of each axis: those of its cells; none: all
        std::vector<Explicit> values;
    };

    void add_axis(const Axis& axis);
    void add_addition(const GivenAddition& given, Problems& problems);
    std::vector<bool> points_with(std::size_t axis, std::size_t place, const Value& value) const;
    bool is_for(const Addition& addition) const;
    bool turn_to(std::uint64_t number);
    bool turn();
    void lay_out(std::size_t first_axis);
    const Given& given();

    const Definition& definition_;
    const SweepParameters& columns_;
    ValuePool& values_;
    std::deque<std::string> keys_;
    std::vector<std::vector<Point>> axes_;
    std::vector<Addition> additions_;
    std::vector<std::size_t> at_;
    std::vector<std::size_t> name_ends_;   ///< the name's length before each axis
    std::vector<std::size_t> value_ends_;  ///< how many values there are before each axis
    std::vector<bool> by_axes_;            ///< the columns of axes
    Given given_;
};

}  // namespace tidemark::sweep
