#pragma once

#include <cstdint>

#include <torch/torch.h>

#include "trainer/datasets/data_shape.hpp"
#include "trainer/models/checkpoint.hpp"
#include "trainer/models/classifier.hpp"
#include "trainer/models/norm.hpp"

namespace tidemark::trainer {

/// Two ways to compute the same function: as it is written down, or rearranged so that fewer tensors are kept
/// for the backward pass.
enum class Formulation { Plain, Lean };
Formulation formulation_from(const std::string& name);

struct H2QOptions {
    std::int64_t hidden = 256;
    std::int64_t depth = 4;
    NormKind norm = NormKind::Batch;
    Formulation formulation = Formulation::Plain;
    Checkpointing checkpointing = Checkpointing::None;
};

/// One evolution step of H2Q over `channels` channels; keeps the shape batch × channels × height × width.
class EvolutionImpl : public torch::nn::Module {
  public:
    explicit EvolutionImpl(std::int64_t channels, NormKind norm = NormKind::Batch,
                           Formulation formulation = Formulation::Plain);
    torch::Tensor forward(const torch::Tensor& input);

  private:
    torch::Tensor plain(const torch::Tensor& input);
    torch::Tensor lean(const torch::Tensor& input);

    Formulation formulation_;
    torch::nn::Conv2d spatial_{nullptr};
    Norm spatial_norm_{nullptr};
    torch::nn::Conv2d squeeze_{nullptr};
    torch::nn::Conv2d expand_{nullptr};
    torch::nn::Conv2d merge_{nullptr};
    Norm merge_norm_{nullptr};
    torch::Tensor scale_;
};
TORCH_MODULE(Evolution);

/// H2Q-Spacetime: a convolutional stem, features normalised as quaternions, `depth` stages of two evolution
/// steps, a linear head. At hidden 256 and depth 4 it has 13,957,074 parameters.
class H2QImpl : public Classifier {
  public:
    /// Throws std::invalid_argument where the widths that follow from `hidden` cannot be divided into the
    /// groups they need.
    explicit H2QImpl(const H2QOptions& options, const DataShape& shape = {});
    torch::Tensor forward(torch::Tensor images) override;
    std::vector<std::pair<std::string, std::int64_t>> parts() const override;

  private:
    void add_stem(std::int64_t channels_of_image);
    void add_quaternions(std::int64_t channels);
    void add_stage(std::int64_t stage, std::int64_t& channels);
    void add_head(std::int64_t channels, std::int64_t classes);
    /// A convolution 1×1 in this formulation.
    Layer convolution(const torch::nn::Conv2d& conv) const;

    H2QOptions options_;
    torch::nn::Sequential stem_;
    torch::nn::Sequential to_quaternion_;
    torch::nn::Sequential stages_;
    torch::nn::Sequential head_;
    Chain chain_;
};
TORCH_MODULE(H2Q);

}  // namespace tidemark::trainer
