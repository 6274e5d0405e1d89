#include "trainer/training/loss_scaler.hpp"

namespace tidemark::trainer {
namespace {

constexpr double kGrowth = 2;
constexpr double kBackoff = 0.5;
constexpr std::int64_t kGrowthInterval = 2000;  // steps

}  // namespace

void LossScaler::step(torch::optim::Optimizer& optimizer) {
    if (!enabled_) {
        optimizer.step();
        return;
    }
    if (!unscale(optimizer)) {
        scale_ *= kBackoff;
        good_steps_ = 0;
        ++skipped_;
        return;
    }
    optimizer.step();
    if (++good_steps_ == kGrowthInterval) {
        scale_ *= kGrowth;
        good_steps_ = 0;
    }
}

bool LossScaler::unscale(torch::optim::Optimizer& optimizer) const {
    const torch::NoGradGuard no_gradients;
    torch::Tensor finite;
    for (auto& group : optimizer.param_groups()) {
        for (const torch::Tensor& parameter : group.params()) {
            if (!parameter.grad().defined()) continue;
            parameter.mutable_grad().mul_(1 / scale_);
            // a sum is finite only if all its parts are; overflowing without one that is not takes gradients
            // far beyond use
            const torch::Tensor sum = parameter.grad().sum();
            finite = finite.defined() ? finite + sum : sum;
        }
    }
    return !finite.defined() || torch::isfinite(finite).item<bool>();
}

}  // namespace tidemark::trainer
