#pragma once

#include <cstdint>

#include <torch/torch.h>

#include "trainer/datasets/data_shape.hpp"
#include "trainer/models/checkpoint.hpp"
#include "trainer/models/classifier.hpp"
#include "trainer/models/norm.hpp"

namespace tidemark::trainer {

/// Two convolutions 3×3 and what goes around them; halves the image's sides where `stride` is 2.
class ResidualBlockImpl : public torch::nn::Module {
  public:
    ResidualBlockImpl(std::int64_t in, std::int64_t out, std::int64_t stride, NormKind norm);
    torch::Tensor forward(const torch::Tensor& input);

  private:
    torch::nn::Conv2d first_{nullptr};
    Norm first_norm_{nullptr};
    torch::nn::Conv2d second_{nullptr};
    Norm second_norm_{nullptr};
    torch::nn::Conv2d shortcut_{nullptr};  ///< where the form changes
    Norm shortcut_norm_{nullptr};
};
TORCH_MODULE(ResidualBlock);

struct ResNet18Options {
    NormKind norm = NormKind::Batch;
    Checkpointing checkpointing = Checkpointing::None;
};

/// ResNet-18 (He et al. 2015, arXiv:1512.03385) in its form for small images: the stem is one convolution
/// 3×3 without a pool. 11,173,962 parameters for 10 classes of images in colour.
class ResNet18Impl : public Classifier {
  public:
    explicit ResNet18Impl(const ResNet18Options& options, const DataShape& shape = {});
    torch::Tensor forward(torch::Tensor images) override;
    std::vector<std::pair<std::string, std::int64_t>> parts() const override;

  private:
    ResNet18Options options_;
    torch::nn::Sequential stem_;
    torch::nn::Sequential stages_;
    torch::nn::Linear head_{nullptr};
    Chain chain_;
};
TORCH_MODULE(ResNet18);

}  // namespace tidemark::trainer
