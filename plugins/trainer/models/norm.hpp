#pragma once

#include <cstdint>
#include <string>

#include <torch/torch.h>

namespace tidemark::trainer {

enum class NormKind { Batch, Group };
NormKind norm_kind_from(const std::string& name);

/// What BatchNorm remembers for testing; undefined for groups, which need nothing.
struct RunningStatistics {
    torch::Tensor mean;
    torch::Tensor var;
};

/// Normalises batch × channels × height × width with a learned scale and offset for each channel: over the
/// batch (BatchNorm, Ioffe and Szegedy 2015), or over groups of channels of each image (GroupNorm, Wu and He
/// 2018). Unlike LibTorch's own BatchNorm, it leaves its running statistics alone when it is computed a
/// second time.
class NormImpl : public torch::nn::Module {
  public:
    NormImpl(std::int64_t channels, NormKind kind);
    torch::Tensor forward(const torch::Tensor& input);

    /// gelu(forward(input)), keeping the input alone for the backward pass, and not what lies between.
    torch::Tensor forward_gelu(const torch::Tensor& input);

    std::int64_t channels() const { return weight_.size(0); }
    NormKind kind() const { return kind_; }

  private:
    RunningStatistics to_update() const;

    NormKind kind_;
    torch::Tensor weight_;
    torch::Tensor bias_;
    RunningStatistics running_;
};
TORCH_MODULE(Norm);

}  // namespace tidemark::trainer
