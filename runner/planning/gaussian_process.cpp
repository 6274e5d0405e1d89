#include "planning/gaussian_process.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace tidemark::planning {
namespace {

/// Of the level that all cells share, in units of the scatter of the data: it is hardly known before.
constexpr double kVarianceOfLevel = 4;
/// Measurements scatter by a fiftieth of what cells differ by, or a factor of some around that.
const double kCentreOfNoise = std::log(0.02 * 0.02);
constexpr double kSpreadOfNoise = 2;
constexpr double kLeastLogNoise = -14;
constexpr double kLargestParameter = 6;
/// Of a site that says nothing.
constexpr double kNothingKnown = 1e8;
constexpr int kPropagations = 4;

double density(double z) {
    return std::exp(-0.5 * z * z) / std::sqrt(2 * std::numbers::pi);
}

double distribution(double z) {
    return 0.5 * std::erfc(-z / std::numbers::sqrt2);
}

/// density / distribution at z, also far below 0, where both vanish.
double inverse_mills(double z) {
    constexpr double kFarBelow = -8;
    if (z < kFarBelow) return -z + 1 / -z;
    return density(z) / distribution(z);
}

}  // namespace

GaussianProcess::GaussianProcess(const Space& space) : kernel_(space), log_noise_(kCentreOfNoise) {}

double GaussianProcess::noise_variance() const {
    return std::exp(log_noise_);
}

double GaussianProcess::strength(std::size_t axis) const {
    return std::exp(kernel_.parameters()(1 + static_cast<Eigen::Index>(axis)));
}

void GaussianProcess::fit(std::vector<Datum> data, int steps) {
    data_ = std::move(data);
    cells_.clear();
    for (const Datum& datum : data_) cells_.push_back(datum.cell);
    const auto size = static_cast<Eigen::Index>(data_.size());
    site_mean_.resize(size);
    site_variance_.resize(size);
    propagate();
    climb(steps);
    propagate();
}

/// The sites of measured data are the measurements; those of censored ones are found with the others.
void GaussianProcess::propagate() {
    bool any = false;
    for (Eigen::Index i = 0; i < site_mean_.size(); ++i) {
        const Datum& datum = data_[static_cast<std::size_t>(i)];
        site_mean_(i) = datum.value;
        site_variance_(i) = datum.more_than ? kNothingKnown : noise_variance();
        any = any || datum.more_than;
    }
    covariance_ = kernel_.matrix(cells_);
    covariance_.array() += kVarianceOfLevel;
    factorise();
    for (int round = 0; any && round < kPropagations; ++round) {
        Eigen::VectorXd means = site_mean_, variances = site_variance_;
        for (std::size_t i = 0; i < data_.size(); ++i) {
            if (!data_[i].more_than) continue;
            const auto at = static_cast<Eigen::Index>(i);
            const Gaussian others = [&] {  // without the scatter of a measurement
                const double precision = inverse_(at, at);
                const double with_site = 1 / precision;
                return Gaussian{site_mean_(at) - weights_(at) / precision,
                                std::max(with_site - site_variance_(at), 1e-10)};
            }();
            const double spread = std::sqrt(others.variance + noise_variance());
            const double z = (others.mean - data_[i].value) / spread;
            const double ratio = inverse_mills(z);
            const double share = ratio * (z + ratio);  // from 0 to 1: how much is learnt
            const double mean = others.mean + others.variance * ratio / spread;
            const double left = others.variance * (1 - share * others.variance / (spread * spread));
            const double precision = std::max(1 / left - 1 / others.variance, 1 / kNothingKnown);
            variances(at) = 1 / precision;
            means(at) = (mean / left - others.mean / others.variance) / precision;
            if (precision <= 1 / kNothingKnown) means(at) = others.mean;
        }
        site_mean_ = means;
        site_variance_ = variances;
        factorise();
    }
}

void GaussianProcess::factorise() {
    Eigen::MatrixXd all = covariance_;
    all.diagonal() += site_variance_;
    const Eigen::LLT<Eigen::MatrixXd> factor(all);
    inverse_ = factor.solve(Eigen::MatrixXd::Identity(all.rows(), all.cols()));
    weights_ = inverse_ * site_mean_;
    log_determinant_ = 2 * Eigen::MatrixXd(factor.matrixL()).diagonal().array().log().sum();
}

double GaussianProcess::log_posterior(Eigen::VectorXd& gradient) const {
    gradient.setZero();
    const Eigen::MatrixXd half = 0.5 * (weights_ * weights_.transpose() - inverse_);
    Eigen::MatrixXd own = covariance_;
    own.array() -= kVarianceOfLevel;
    const std::vector<Eigen::MatrixXd> slopes = kernel_.gradients(cells_, own);
    for (std::size_t i = 0; i < slopes.size(); ++i)
        gradient(static_cast<Eigen::Index>(i)) = half.cwiseProduct(slopes[i]).sum();
    double& of_noise = gradient(gradient.size() - 1);
    for (Eigen::Index i = 0; i < half.rows(); ++i) {
        if (!data_[static_cast<std::size_t>(i)].more_than) of_noise += half(i, i) * noise_variance();
    }
    const double away = (log_noise_ - kCentreOfNoise) / kSpreadOfNoise;
    of_noise -= away / kSpreadOfNoise;
    Eigen::VectorXd of_kernel = gradient.head(gradient.size() - 1);
    const double prior = kernel_.log_prior(of_kernel) - 0.5 * away * away;
    gradient.head(gradient.size() - 1) = of_kernel;
    return prior - 0.5 * site_mean_.dot(weights_) - 0.5 * log_determinant_;
}

/// Rprop (Riedmiller and Braun 1993; for this, Blum and Riedmiller 2013): a step of its own for each
/// parameter, by the sign of the slope alone. The best place on the way is kept.
void GaussianProcess::climb(int steps) {
    constexpr double kFirstStep = 0.1, kLongest = 1.0, kShortest = 1e-4, kFaster = 1.2, kSlower = 0.5;
    const Eigen::Index kernel_size = kernel_.parameters().size();
    Eigen::VectorXd at(kernel_size + 1);
    at << kernel_.parameters(), log_noise_;
    Eigen::VectorXd step = Eigen::VectorXd::Constant(at.size(), kFirstStep);
    Eigen::VectorXd last = Eigen::VectorXd::Zero(at.size()), slope(at.size()), best = at;
    double best_value = -1e300;
    const auto move_to = [&](const Eigen::VectorXd& place) {
        kernel_.set(place.head(kernel_size));
        log_noise_ = place(kernel_size);
        for (std::size_t i = 0; i < data_.size(); ++i) {
            if (!data_[i].more_than) site_variance_(static_cast<Eigen::Index>(i)) = noise_variance();
        }
        covariance_ = kernel_.matrix(cells_);
        covariance_.array() += kVarianceOfLevel;
        factorise();
    };
    for (int i = 0; i < steps; ++i) {
        const double value = log_posterior(slope);
        if (!std::isfinite(value) || !slope.allFinite()) break;
        if (value > best_value) {
            best_value = value;
            best = at;
        }
        for (Eigen::Index j = 0; j < at.size(); ++j) {
            const double product = slope(j) * last(j);
            if (product > 0) step(j) = std::min(step(j) * kFaster, kLongest);
            if (product < 0) {
                step(j) = std::max(step(j) * kSlower, kShortest);
                slope(j) = 0;
            }
            const double sign = slope(j) > 0 ? 1.0 : slope(j) < 0 ? -1.0 : 0.0;
            const bool is_noise = j == kernel_size;
            at(j) = std::clamp(at(j) + sign * step(j), is_noise ? kLeastLogNoise : -kLargestParameter,
                               is_noise ? 0.0 : kLargestParameter);
        }
        last = slope;
        move_to(at);
    }
    move_to(best);
}

Gaussian GaussianProcess::predict(std::size_t cell) const {
    Eigen::VectorXd alike(static_cast<Eigen::Index>(cells_.size()));
    for (std::size_t i = 0; i < cells_.size(); ++i)
        alike(static_cast<Eigen::Index>(i)) = kernel_.between(cell, cells_[i]) + kVarianceOfLevel;
    const double before = kernel_.variance() + kVarianceOfLevel;
    const double learnt = alike.dot(inverse_ * alike);
    return {alike.dot(weights_), std::max(before - learnt, 1e-12)};
}

/// Rasmussen and Williams, equations 5.12.
Gaussian GaussianProcess::left_out(std::size_t datum) const {
    const auto at = static_cast<Eigen::Index>(datum);
    return {site_mean_(at) - weights_(at) / inverse_(at, at), 1 / inverse_(at, at)};
}

}  // namespace tidemark::planning
