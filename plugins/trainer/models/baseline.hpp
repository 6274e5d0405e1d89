#pragma once

#include <cstdint>

#include <torch/torch.h>

#include "trainer/models/classifier.hpp"

namespace tidemark::trainer {

struct BaselineOptions {
    std::int64_t hidden = 256;
};

/// A plain convolutional network of three stages; 559,178 parameters at hidden 256.
class BaselineImpl : public Classifier {
  public:
    explicit BaselineImpl(const BaselineOptions& options);
    torch::Tensor forward(torch::Tensor images) override;
    std::vector<std::pair<std::string, std::int64_t>> parts() const override;

  private:
    torch::nn::Sequential features_;
    torch::nn::Linear head_{nullptr};
};
TORCH_MODULE(Baseline);

}  // namespace tidemark::trainer
