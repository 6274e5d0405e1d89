#pragma once

#include <cstdint>

#include <torch/torch.h>

#include "trainer/datasets/data_shape.hpp"
#include "trainer/models/classifier.hpp"

namespace tidemark::trainer {

struct MlpOptions {
    std::int64_t hidden = 256;
    std::int64_t depth = 4;
};

/// A multilayer perceptron: `depth` layers of `hidden` units over all pixels at once.
class MlpImpl : public Classifier {
  public:
    explicit MlpImpl(const MlpOptions& options, const DataShape& shape = {});
    torch::Tensor forward(torch::Tensor images) override;
    std::vector<std::pair<std::string, std::int64_t>> parts() const override;

  private:
    torch::nn::Sequential layers_;
    torch::nn::Linear head_{nullptr};
};
TORCH_MODULE(Mlp);

}  // namespace tidemark::trainer
