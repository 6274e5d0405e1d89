#pragma once

#include <cstdint>

#include <torch/torch.h>

#include "trainer/models/classifier.hpp"

namespace tidemark::trainer {

struct H2QOptions {
    std::int64_t hidden = 256;
    std::int64_t depth = 4;
};

/// One evolution step of H2Q over `channels` channels; keeps the shape batch × channels × height × width.
class EvolutionImpl : public torch::nn::Module {
  public:
    explicit EvolutionImpl(std::int64_t channels);
    torch::Tensor forward(const torch::Tensor& input);

  private:
    torch::nn::Conv2d spatial_{nullptr};
    torch::nn::BatchNorm2d spatial_norm_{nullptr};
    torch::nn::Conv2d squeeze_{nullptr};
    torch::nn::Conv2d expand_{nullptr};
    torch::nn::Conv2d merge_{nullptr};
    torch::nn::BatchNorm2d merge_norm_{nullptr};
    torch::Tensor scale_;
};
TORCH_MODULE(Evolution);

/// H2Q-Spacetime: a convolutional stem, features normalised as quaternions, `depth` stages of two evolution
/// steps, a linear head. At hidden 256 and depth 4 it has 13,957,074 parameters.
class H2QImpl : public Classifier {
  public:
    /// Throws std::invalid_argument where the widths that follow from `hidden` cannot be divided into the
    /// groups they need.
    explicit H2QImpl(const H2QOptions& options);
    torch::Tensor forward(torch::Tensor images) override;
    std::vector<std::pair<std::string, std::int64_t>> parts() const override;

  private:
    torch::nn::Sequential stem_;
    torch::nn::Sequential to_quaternion_;
    torch::nn::Sequential stages_;
    torch::nn::Sequential head_;
};
TORCH_MODULE(H2Q);

/// Divides each group of four neighbouring channels by its length. `features`: batch × 4n × height × width.
torch::Tensor normalise_quaternions(const torch::Tensor& features);

}  // namespace tidemark::trainer
