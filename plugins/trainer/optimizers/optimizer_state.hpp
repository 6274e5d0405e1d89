#pragma once

#include <cstdint>
#include <vector>

#include <torch/torch.h>

namespace tidemark::trainer {

/// What an optimizer remembers between its steps: tensors of its own, and how many steps each parameter saw.
struct OptimizerState {
    std::vector<torch::Tensor> tensors;
    std::vector<std::int64_t> steps;
};

/// That of an optimizer that the catalogue makes, in the order of its parameters; empty before its first
/// step.
OptimizerState state_of(torch::optim::Optimizer& optimizer);

/// Makes room for a state that is set by filling the tensors that state_of then gives, and sets the numbers
/// of steps. Throws std::runtime_error where they are not as many as this optimizer has.
void prepare_state(torch::optim::Optimizer& optimizer, const std::vector<std::int64_t>& steps);

}  // namespace tidemark::trainer
