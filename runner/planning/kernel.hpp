#pragma once

#include <Eigen/Dense>
#include <vector>

#include "planning/space.hpp"

namespace tidemark::planning {

/// How alike the figures of two cells are: v · Π over the axes of (1 + s·k) / (1 + s), where k falls from 1
/// to 0 with their distance on the axis, k = exp(-d / l): figures of programs have jumps and bends, and this
/// promises no smoothness (tests/benchmarks/planning.sh; a Gaussian k held its intervals less often). The
/// product is the sum of all interactions of axes (the ANOVA kernel of Stitson et al. 1999): an axis with a
/// small s hardly matters, alone or with others, and what is known of one combination of choices is lent to
/// the next.
class Kernel {
  public:
    explicit Kernel(const Space& space);

    /// All are logarithms: v, then s of each axis, then l of each axis.
    const Eigen::VectorXd& parameters() const { return parameters_; }
    void set(const Eigen::VectorXd& parameters);

    double variance() const;
    double between(std::size_t a, std::size_t b) const;

    Eigen::MatrixXd matrix(const std::vector<std::size_t>& cells) const;
    /// d(matrix)/d(parameter), of all parameters, where `matrix` is what matrix() gave for these cells.
    std::vector<Eigen::MatrixXd> gradients(const std::vector<std::size_t>& cells,
                                           const Eigen::MatrixXd& matrix) const;

    /// The logarithm of how likely parameters are before anything is measured, and its gradient is added.
    double log_prior(Eigen::VectorXd& gradient) const;

  private:
    Eigen::Index axes() const { return static_cast<Eigen::Index>(space_.axes().size()); }

    const Space& space_;
    Eigen::VectorXd parameters_;
    std::vector<double> strength_;  ///< s of each axis
    std::vector<double> reach_;     ///< 1 / l of each axis
    double logarithm_of_scale_ = 0;
};

}  // namespace tidemark::planning
