#include "trainer/models/classifier.hpp"

#include <set>

namespace tidemark::trainer {

NamedTensors state_of(const torch::nn::Module& module) {
    NamedTensors state;
    for (const auto& parameter : module.named_parameters())
        state.emplace_back(parameter.key(), parameter.value());
    for (const auto& buffer : module.named_buffers()) state.emplace_back(buffer.key(), buffer.value());
    return state;
}

std::vector<torch::Tensor> parameters_of(const torch::nn::Module& module) {
    std::vector<torch::Tensor> once;
    std::set<const torch::TensorImpl*> seen;
    for (const torch::Tensor& parameter : module.parameters())
        if (seen.insert(parameter.unsafeGetTensorImpl()).second) once.push_back(parameter);
    return once;
}

std::int64_t parameter_count(const torch::nn::Module& module) {
    std::int64_t count = 0;
    for (const torch::Tensor& parameter : parameters_of(module)) count += parameter.numel();
    return count;
}

}  // namespace tidemark::trainer
