#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <torch/torch.h>

namespace tidemark::trainer {

/// A network from images (batch × channels × height × width, normalised) to scores (batch × classes).
class Classifier : public torch::nn::Module {
  public:
    virtual torch::Tensor forward(torch::Tensor images) = 0;

    /// The parts that share the parameters among them, each with its number.
    virtual std::vector<std::pair<std::string, std::int64_t>> parts() const = 0;
};

/// Number of trainable parameters of a module.
std::int64_t parameter_count(const torch::nn::Module& module);

}  // namespace tidemark::trainer
