#pragma once

#include <cstdint>

#include <torch/torch.h>

#include "trainer/datasets/data_shape.hpp"
#include "trainer/models/checkpoint.hpp"
#include "trainer/models/classifier.hpp"
#include "trainer/models/norm.hpp"

namespace tidemark::trainer {

struct BaselineOptions {
    std::int64_t hidden = 256;
    NormKind norm = NormKind::Batch;
    Checkpointing checkpointing = Checkpointing::None;
};

/// A plain convolutional network of three stages; 559,178 parameters at hidden 256.
class BaselineImpl : public Classifier {
  public:
    explicit BaselineImpl(const BaselineOptions& options, const DataShape& shape = {});
    torch::Tensor forward(torch::Tensor images) override;
    std::vector<std::pair<std::string, std::int64_t>> parts() const override;

  private:
    void add_block(std::int64_t in, std::int64_t out);
    void end_stage();

    BaselineOptions options_;
    torch::nn::Sequential features_;
    torch::nn::Linear head_{nullptr};
    Chain chain_;
};
TORCH_MODULE(Baseline);

}  // namespace tidemark::trainer
