#pragma once

#include <Eigen/Dense>
#include <cstddef>
#include <vector>

#include "planning/kernel.hpp"

namespace tidemark::planning {

/// A figure of a cell in standardised units, or what it lies above.
struct Datum {
    std::size_t cell = 0;
    double value = 0;
    bool more_than = false;  ///< censored: the figure is larger than `value`
};

/// Where a figure lies, normally distributed.
struct Gaussian {
    double mean = 0;
    double variance = 0;
};

/// Regression by a Gaussian process (Rasmussen and Williams 2006). A censored datum is a likelihood of one
/// side, which expectation propagation (Minka 2001) turns into a normal one that says as much.
class GaussianProcess {
  public:
    explicit GaussianProcess(const Space& space);

    /// `steps` of the search for the parameters that make the data most likely, from those it has now.
    void fit(std::vector<Datum> data, int steps);

    /// Of the figure itself, without what a measurement of it scatters by.
    Gaussian predict(std::size_t cell) const;
    /// What the other data say of a datum, with the scatter of a measurement.
    Gaussian left_out(std::size_t datum) const;

    const std::vector<Datum>& data() const { return data_; }
    double noise_variance() const;
    /// How important the axis is beside the others: the s of the kernel.
    double strength(std::size_t axis) const;

  private:
    void propagate();
    void factorise();
    double log_posterior(Eigen::VectorXd& gradient) const;
    void climb(int steps);

    Kernel kernel_;
    double log_noise_;  ///< of the variance
    std::vector<Datum> data_;
    std::vector<std::size_t> cells_;
    Eigen::VectorXd site_mean_;      ///< of each datum, what stands for it as a normal measurement
    Eigen::VectorXd site_variance_;  ///< the same
    Eigen::MatrixXd inverse_;        ///< of the covariance with the sites
    Eigen::VectorXd weights_;        ///< inverse · site_mean
    Eigen::MatrixXd covariance_;     ///< without the sites
    double log_determinant_ = 0;
};

}  // namespace tidemark::planning
