#include "planning/regression.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "planning/gaussian_process.hpp"

namespace tidemark::planning {
namespace {

/// Of the normal distribution, two-sided.
constexpr double kDeviationsOf95 = 1.959963984540054;
constexpr double kConfidence = 0.95;
/// What figures are assumed to scatter by, as if one measurement had shown it: two thirds up and down.
constexpr double kAssumedSpread = 0.5;
/// Fewer measurements say too little of how well they predict each other.
constexpr std::size_t kFewestForCalibration = 8;
constexpr double kNarrowest = 0.5, kWidest = 4;
constexpr double kParametersOfAnAxis = 2;
constexpr double kLeastFreedom = 0.25;  ///< of the measurements, however many axes there are
// The time grows with the cube of their number; of more, some that are spread evenly say nearly as much.
constexpr std::size_t kMostToFit = 100;  ///< from which the parameters are found
constexpr std::size_t kMostData = 400;
constexpr int kCarefulSteps = 120, kSteps = 15;

double distribution(double z) {
    return 0.5 * std::erfc(-z / std::numbers::sqrt2);
}

double density(double z) {
    return std::exp(-0.5 * z * z) / std::sqrt(2 * std::numbers::pi);
}

}  // namespace

struct Regression::State {
    explicit State(const Space& own_space) : space(own_space), process(own_space) {}

    double inwards(double value) const { return logarithmic ? std::log(value) : value; }
    double outwards(double value) const { return logarithmic ? std::exp(value) : value; }
    double standardised(double value) const { return (inwards(value) - centre) / spread; }

    /// Of the figure itself, calibrated.
    Gaussian figure(std::size_t cell) const { return calibrated(cell, 0); }
    /// With the scatter of a measurement.
    Gaussian measurement(std::size_t cell) const { return calibrated(cell, process.noise_variance()); }

    Gaussian calibrated(std::size_t cell, double scatter) const {
        Gaussian own = process.predict(cell);
        const double beyond = beyond_measured(cell, own.mean) / kDeviationsOf95;
        own.variance = (own.variance + scatter) * widening * widening + beyond * beyond;
        return own;
    }

    double beyond_measured(std::size_t cell, double mean) const;

    std::vector<Datum> spread_evenly(const std::vector<Observation>& all, std::size_t most) const {
        const std::size_t stride = (all.size() + most - 1) / most;
        std::vector<Datum> data;
        for (std::size_t i = 0; i < all.size(); i += stride)
            data.push_back({all[i].cell, standardised(all[i].value), all[i].more_than});
        return data;
    }

    void standardise(const std::vector<Observation>& observations);
    void find_reach(const std::vector<Observation>& observations);
    void calibrate();

    const Space& space;
    GaussianProcess process;
    bool logarithmic = true;
    bool any = false;
    double centre = 0;
    double spread = 1;
    double widening = 1;
    std::vector<Interval> reach;  ///< of what was measured, on each axis
};

Regression::Regression(const Space& space) : state_(std::make_unique<State>(space)) {}
Regression::Regression(Regression&&) noexcept = default;
Regression& Regression::operator=(Regression&&) noexcept = default;
Regression::~Regression() = default;

void Regression::State::standardise(const std::vector<Observation>& observations) {
    any = false;
    logarithmic = true;
    for (const Observation& one : observations) {
        if (!(one.value > 0)) logarithmic = false;
        any = any || !one.more_than;
    }
    double sum = 0, squares = 0, count = 0, scale = 0;
    for (const Observation& one : observations) {
        if (any && one.more_than) continue;  // of those alone where there is nothing else
        sum += inwards(one.value);
        scale = std::max(scale, std::abs(one.value));
        ++count;
    }
    centre = count > 0 ? sum / count : 0;
    for (const Observation& one : observations) {
        if (any && one.more_than) continue;
        squares += (inwards(one.value) - centre) * (inwards(one.value) - centre);
    }
    const double assumed = kAssumedSpread * (logarithmic || scale == 0 ? 1 : scale);
    // what is assumed counts as one measurement, and less with each other one
    spread = std::sqrt((squares + assumed * assumed / std::max(count, 1.0)) / std::max(count, 1.0));
}

void Regression::State::find_reach(const std::vector<Observation>& observations) {
    reach.assign(space.axes().size(), {1, 0});
    for (const Observation& one : observations) {
        for (std::size_t axis = 0; axis < reach.size(); ++axis) {
            const double at = space.point(one.cell)[axis];
            reach[axis] = {std::min(reach[axis].low, at), std::max(reach[axis].high, at)};
        }
    }
}

/// By how much the figure differs where it follows the numbers of a cell in proportion from the nearest that
/// was measured on, in standardised units.
double Regression::State::beyond_measured(std::size_t cell, double mean) const {
    double ratio = 0;  // its logarithm
    for (std::size_t axis = 0; axis < reach.size(); ++axis) {
        const double at = space.point(cell)[axis];
        ratio += std::max({0.0, reach[axis].low - at, at - reach[axis].high}) * space.axes()[axis].span;
    }
    if (ratio == 0 || logarithmic) return ratio / spread;
    return std::abs(centre + spread * mean) * std::expm1(ratio) / spread;
}

void Regression::State::calibrate() {
    widening = 1;
    std::vector<double> off;
    for (std::size_t i = 0; i < process.data().size(); ++i) {
        if (process.data()[i].more_than) continue;
        const Gaussian others = process.left_out(i);
        off.push_back(std::abs(process.data()[i].value - others.mean) / std::sqrt(others.variance));
    }
    if (off.size() < kFewestForCalibration) return;
    std::ranges::sort(off);
    const auto wanted = static_cast<double>(off.size() + 1) * kConfidence;
    const auto place = std::min(static_cast<std::size_t>(std::ceil(wanted)), off.size()) - 1;
    // the parameters of each axis were chosen by the same measurements, which so look better than they are
    const auto count = static_cast<double>(off.size());
    const double chosen = kParametersOfAnAxis * static_cast<double>(space.axes().size());
    const double freedom = std::max(count - chosen, count * kLeastFreedom);
    widening = std::clamp(off[place] / kDeviationsOf95 * std::sqrt(count / freedom), kNarrowest, kWidest);
}

void Regression::learn(const std::vector<Observation>& observations, bool careful) {
    state_->standardise(observations);
    if (observations.empty()) return;
    state_->find_reach(observations);
    state_->process.fit(state_->spread_evenly(observations, kMostToFit), careful ? kCarefulSteps : kSteps);
    if (observations.size() > kMostToFit)
        state_->process.fit(state_->spread_evenly(observations, kMostData), 0);
    state_->calibrate();
}

bool Regression::any() const {
    return state_->any;
}

Prediction Regression::predict(std::size_t cell) const {
    const Gaussian own = state_->measurement(cell);
    const double reach = kDeviationsOf95 * std::sqrt(own.variance);
    const auto figure = [&](double standardised) {
        return state_->outwards(state_->centre + state_->spread * standardised);
    };
    return {figure(own.mean), {figure(own.mean - reach), figure(own.mean + reach)}};
}

double Regression::chance_of_at_most(std::size_t cell, double limit) const {
    if (state_->logarithmic && !(limit > 0)) return 0;
    const Gaussian own = state_->measurement(cell);
    return distribution((state_->standardised(limit) - own.mean) / std::sqrt(own.variance));
}

double Regression::expected_gain(std::size_t cell, double best, bool larger_is_better) const {
    const Gaussian own = state_->figure(cell);
    const double deviation = std::sqrt(own.variance);
    const double ahead = (own.mean - state_->standardised(best)) * (larger_is_better ? 1 : -1);
    const double z = ahead / deviation;
    const double gain = ahead * distribution(z) + deviation * density(z);
    return state_->logarithmic ? gain * state_->spread : gain;
}

std::optional<std::size_t> Regression::strongest_axis() const {
    std::optional<std::size_t> strongest;
    for (std::size_t axis = 0; axis < state_->space.axes().size(); ++axis) {
        if (!strongest || state_->process.strength(axis) > state_->process.strength(*strongest))
            strongest = axis;
    }
    return strongest;
}

}  // namespace tidemark::planning
