#include "trainer/training/loss_scaler.hpp"

#include <vector>

namespace tidemark::trainer {
namespace {

constexpr double kGrowth = 2;
constexpr double kBackoff = 0.5;
constexpr std::int64_t kGrowthInterval = 2000;  // steps

void clip_gradients(torch::optim::Optimizer& optimizer, double clip_norm) {
    if (clip_norm == 0) return;
    std::vector<torch::Tensor> parameters;
    for (const auto& group : optimizer.param_groups())
        parameters.insert(parameters.end(), group.params().begin(), group.params().end());
    torch::nn::utils::clip_grad_norm_(parameters, clip_norm);
}

}  // namespace

void LossScaler::step(torch::optim::Optimizer& optimizer, double clip_norm) {
    if (!enabled_) {
        clip_gradients(optimizer, clip_norm);
        optimizer.step();
        return;
    }
    if (!unscale(optimizer)) {
        state_.scale *= kBackoff;
        state_.good_steps = 0;
        ++state_.skipped;
        return;
    }
    clip_gradients(optimizer, clip_norm);
    optimizer.step();
    if (++state_.good_steps == kGrowthInterval) {
        state_.scale *= kGrowth;
        state_.good_steps = 0;
    }
}

bool LossScaler::unscale(torch::optim::Optimizer& optimizer) const {
    const torch::NoGradGuard no_gradients;
    torch::Tensor finite;
    for (auto& group : optimizer.param_groups()) {
        for (const torch::Tensor& parameter : group.params()) {
            if (!parameter.grad().defined()) continue;
            parameter.mutable_grad().mul_(1 / state_.scale);
            // a sum is finite only if all its parts are; overflowing without one that is not takes gradients
            // far beyond use
            const torch::Tensor sum = parameter.grad().sum();
            finite = finite.defined() ? finite + sum : sum;
        }
    }
    return !finite.defined() || torch::isfinite(finite).item<bool>();
}

}  // namespace tidemark::trainer
