#include "trainer/optimizers/optimizer_state.hpp"

#include <memory>
#include <stdexcept>

#include "trainer/libtorch_version.hpp"
#include "trainer/optimizers/adamw8bit.hpp"

namespace tidemark::trainer {
namespace {

namespace optim = torch::optim;

std::vector<torch::Tensor> parameters_of(optim::Optimizer& optimizer) {
    std::vector<torch::Tensor> all;
    for (const auto& group : optimizer.param_groups())
        all.insert(all.end(), group.params().begin(), group.params().end());
    return all;
}

/// Adam's and AdamW's states are alike, but of two types.
template <typename State>
void take(State& state, OptimizerState& out) {
    out.tensors.push_back(state.exp_avg());
    out.tensors.push_back(state.exp_avg_sq());
    out.steps.push_back(state.step());
}

template <typename State>
std::unique_ptr<optim::OptimizerParamState> moments(const torch::Tensor& parameter, std::int64_t steps) {
    auto state = std::make_unique<State>();
    state->step(steps);
    state->exp_avg(torch::zeros_like(parameter, torch::MemoryFormat::Preserve));
    state->exp_avg_sq(torch::zeros_like(parameter, torch::MemoryFormat::Preserve));
    return state;
}

std::unique_ptr<optim::OptimizerParamState> empty_state(const optim::Optimizer& optimizer,
                                                        const torch::Tensor& parameter, std::int64_t steps) {
    const torch::NoGradGuard no_gradients;
    if (dynamic_cast<const optim::AdamW*>(&optimizer) != nullptr)
        return moments<optim::AdamWParamState>(parameter, steps);
    if (dynamic_cast<const optim::Adam*>(&optimizer) != nullptr)
        return moments<optim::AdamParamState>(parameter, steps);
    auto state = std::make_unique<optim::SGDParamState>();
    state->momentum_buffer(torch::zeros_like(parameter, torch::MemoryFormat::Preserve));
    return state;
}

}  // namespace

OptimizerState state_of(optim::Optimizer& optimizer) {
    if (auto* const own = dynamic_cast<AdamW8bit*>(&optimizer)) return {own->tensors(), {own->steps()}};
    OptimizerState out;
    for (const torch::Tensor& parameter : parameters_of(optimizer)) {
        optim::OptimizerParamState* const state = parameter_state(optimizer, parameter);
        if (state == nullptr) continue;
        if (auto* const adamw = dynamic_cast<optim::AdamWParamState*>(state)) {
            take(*adamw, out);
        } else if (auto* const adam = dynamic_cast<optim::AdamParamState*>(state)) {
            take(*adam, out);
        } else if (auto* const sgd = dynamic_cast<optim::SGDParamState*>(state)) {
            out.tensors.push_back(sgd->momentum_buffer());
            out.steps.push_back(1);
        }
    }
    return out;
}

void prepare_state(optim::Optimizer& optimizer, const std::vector<std::int64_t>& steps) {
    if (auto* const own = dynamic_cast<AdamW8bit*>(&optimizer)) {
        own->set_steps(steps.at(0));
        return;
    }
    const std::vector<torch::Tensor> parameters = parameters_of(optimizer);
    if (steps.empty()) return;
    if (steps.size() != parameters.size())
        throw std::runtime_error("the optimizer has another number of parameters than it had");
    for (std::size_t i = 0; i < parameters.size(); ++i)
        set_parameter_state(optimizer, parameters[i], empty_state(optimizer, parameters[i], steps[i]));
}

}  // namespace tidemark::trainer
