#include "trainer/optimizers/adamw8bit.hpp"

#include <ATen/Parallel.h>
#include <algorithm>
#include <array>
#include <cmath>
#include <span>

namespace tidemark::trainer {
namespace {

constexpr std::int64_t kBlock = 2048;
constexpr std::int64_t kSmall = 4096;  // parameters below are not quantised

std::int64_t blocks_of(std::int64_t size) {
    return (size + kBlock - 1) / kBlock;
}

}  // namespace

/// The numbers of one step.
struct AdamW8bit::Update {
    float beta1, beta2, epsilon;
    float decay;       ///< what is left of a weight
    float rate;        ///< with the first moment's bias corrected
    float correction;  ///< 1 / sqrt of the second moment's bias

    /// New weight and moments for the gradient.
    void apply(float& weight, float gradient, float& first, float& second) const {
        first = beta1 * first + (1 - beta1) * gradient;
        second = beta2 * second + (1 - beta2) * gradient * gradient;
        weight = weight * decay - rate * first / (std::sqrt(second) * correction + epsilon);
    }
};

AdamW8bit::AdamW8bit(std::vector<torch::Tensor> parameters, const torch::optim::AdamWOptions& options)
    : Optimizer({torch::optim::OptimizerParamGroup(parameters)},
                std::make_unique<torch::optim::AdamWOptions>(options)) {
    const auto moment = [](const torch::Tensor& parameter) -> Moment {
        if (parameter.numel() < kSmall) return {torch::zeros_like(parameter, torch::kFloat), {}};
        // code 0 means -1 or 0; with a largest value of 0 all are 0
        return {torch::zeros(parameter.numel(), torch::kUInt8), torch::zeros(blocks_of(parameter.numel()))};
    };
    const torch::NoGradGuard no_gradients;
    for (const torch::Tensor& parameter : parameters)
        states_.push_back({moment(parameter), moment(parameter)});
}

torch::Tensor AdamW8bit::step(LossClosure closure) {
    torch::Tensor loss;
    if (closure != nullptr) {
        const torch::AutoGradMode with_gradients(true);
        loss = closure();
    }
    const torch::NoGradGuard no_gradients;
    ++steps_;
    std::size_t next = 0;
    for (const auto& group : param_groups()) {
        const auto& options = static_cast<const torch::optim::AdamWOptions&>(group.options());
        const auto [beta1, beta2] = options.betas();
        const auto steps = static_cast<double>(steps_);
        const Update numbers{static_cast<float>(beta1),
                             static_cast<float>(beta2),
                             static_cast<float>(options.eps()),
                             static_cast<float>(1 - options.lr() * options.weight_decay()),
                             static_cast<float>(options.lr() / (1 - std::pow(beta1, steps))),
                             static_cast<float>(1 / std::sqrt(1 - std::pow(beta2, steps)))};
        for (const torch::Tensor& parameter : group.params()) {
            State& state = states_.at(next++);
            if (parameter.grad().defined()) update(parameter, state, numbers);
        }
    }
    return loss;
}

std::vector<torch::Tensor> AdamW8bit::tensors() const {
    std::vector<torch::Tensor> all;
    for (const State& state : states_) {
        for (const Moment* moment : {&state.first, &state.second}) {
            all.push_back(moment->values);
            if (moment->largest.defined()) all.push_back(moment->largest);
        }
    }
    return all;
}

void AdamW8bit::update(const torch::Tensor& parameter, State& state, const Update& numbers) const {
    auto* const weights = static_cast<float*>(parameter.data_ptr());
    const auto* const gradients = static_cast<const float*>(parameter.grad().data_ptr());
    const std::int64_t size = parameter.numel();
    if (!state.first.largest.defined()) {
        auto* const first = state.first.values.data_ptr<float>();
        auto* const second = state.second.values.data_ptr<float>();
        for (std::int64_t i = 0; i < size; ++i) numbers.apply(weights[i], gradients[i], first[i], second[i]);
        return;
    }
    const auto update_block = [&](std::int64_t block) {
        const std::int64_t begin = block * kBlock;
        const auto count = static_cast<std::size_t>(std::min(kBlock, size - begin));
        std::array<float, kBlock> first;
        std::array<float, kBlock> second;
        std::uint8_t* const first_codes = state.first.values.data_ptr<std::uint8_t>() + begin;
        std::uint8_t* const second_codes = state.second.values.data_ptr<std::uint8_t>() + begin;
        float& first_largest = state.first.largest.data_ptr<float>()[block];
        float& second_largest = state.second.largest.data_ptr<float>()[block];
        float new_first = 0;
        float new_second = 0;
        for (std::size_t i = 0; i < count; ++i) {
            first[i] = signed_code_.decode(first_codes[i]) * first_largest;
            second[i] = unsigned_code_.decode(second_codes[i]) * second_largest;
            const auto at = begin + static_cast<std::int64_t>(i);
            numbers.apply(weights[at], gradients[at], first[i], second[i]);
            new_first = std::max(new_first, std::abs(first[i]));
            new_second = std::max(new_second, second[i]);
        }
        first_largest = new_first;
        second_largest = new_second;
        const float first_scale = new_first > 0 ? 1 / new_first : 0;
        const float second_scale = new_second > 0 ? 1 / new_second : 0;
        for (std::size_t i = 0; i < count; ++i) {
            first_codes[i] = signed_code_.encode(first[i] * first_scale);
            second_codes[i] = unsigned_code_.encode(second[i] * second_scale);
        }
    };
    at::parallel_for(0, blocks_of(size), 1, [&](std::int64_t from, std::int64_t to) {
        for (std::int64_t block = from; block < to; ++block) update_block(block);
    });
}

}  // namespace tidemark::trainer
