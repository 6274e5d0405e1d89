#include "planning/kernel.hpp"

#include <cmath>

namespace tidemark::planning {
namespace {

/// What is assumed of a parameter before anything is measured: its logarithm is normally distributed. The
/// figures are standardised and the axes go from 0 to 1, so that these suit any program.
struct Prior {
    double centre;
    double spread;
};
const Prior kVariance{0.0, 1.0};
const Prior kStrength{std::log(0.5), 1.5};
const Prior kLength{std::log(0.8), 0.8};

double normal(const Prior& prior, double at, double& gradient) {
    const double away = (at - prior.centre) / prior.spread;
    gradient -= away / prior.spread;
    return -0.5 * away * away;
}

}  // namespace

Kernel::Kernel(const Space& space) : space_(space) {
    Eigen::VectorXd start(1 + 2 * axes());
    start(0) = kVariance.centre;
    start.segment(1, axes()).setConstant(kStrength.centre);
    start.tail(axes()).setConstant(kLength.centre);
    set(start);
}

void Kernel::set(const Eigen::VectorXd& parameters) {
    parameters_ = parameters;
    strength_.clear();
    reach_.clear();
    logarithm_of_scale_ = parameters_(0);
    for (Eigen::Index axis = 0; axis < axes(); ++axis) {
        strength_.push_back(std::exp(parameters_(1 + axis)));
        reach_.push_back(std::exp(-parameters_(1 + axes() + axis)));
        logarithm_of_scale_ -= std::log1p(strength_.back());
    }
}

double Kernel::variance() const {
    return std::exp(parameters_(0));
}

double Kernel::between(std::size_t a, std::size_t b) const {
    const double* const first = space_.point(a);
    const double* const second = space_.point(b);
    double product = std::exp(logarithm_of_scale_);
    for (std::size_t axis = 0; axis < strength_.size(); ++axis) {
        const double apart = space_.distance(axis, first, second);
        product *= 1 + strength_[axis] * std::exp(-apart * reach_[axis]);
    }
    return product;
}

Eigen::MatrixXd Kernel::matrix(const std::vector<std::size_t>& cells) const {
    const auto size = static_cast<Eigen::Index>(cells.size());
    Eigen::MatrixXd all(size, size);
    for (Eigen::Index row = 0; row < size; ++row) {
        for (Eigen::Index column = 0; column <= row; ++column) {
            all(row, column) =
                between(cells[static_cast<std::size_t>(row)], cells[static_cast<std::size_t>(column)]);
            all(column, row) = all(row, column);
        }
    }
    return all;
}

std::vector<Eigen::MatrixXd> Kernel::gradients(const std::vector<std::size_t>& cells,
                                               const Eigen::MatrixXd& matrix) const {
    std::vector<Eigen::MatrixXd> all(static_cast<std::size_t>(1 + 2 * axes()), matrix);
    for (Eigen::Index row = 0; row < matrix.rows(); ++row) {
        for (Eigen::Index column = 0; column < matrix.cols(); ++column) {
            const double* const a = space_.point(cells[static_cast<std::size_t>(row)]);
            const double* const b = space_.point(cells[static_cast<std::size_t>(column)]);
            for (std::size_t axis = 0; axis < strength_.size(); ++axis) {
                const double apart = space_.distance(axis, a, b);
                const double scaled = apart * reach_[axis];
                const double strength = strength_[axis];
                const double part = strength * std::exp(-scaled);
                all[1 + axis](row, column) *= part / (1 + part) - strength / (1 + strength);
                all[1 + strength_.size() + axis](row, column) *= scaled * part / (1 + part);
            }
        }
    }
    return all;
}

double Kernel::log_prior(Eigen::VectorXd& gradient) const {
    double sum = normal(kVariance, parameters_(0), gradient(0));
    for (Eigen::Index axis = 0; axis < axes(); ++axis) {
        sum += normal(kStrength, parameters_(1 + axis), gradient(1 + axis));
        sum += normal(kLength, parameters_(1 + axes() + axis), gradient(1 + axes() + axis));
    }
    return sum;
}

}  // namespace tidemark::planning
