#pragma once

#include <functional>
#include <string>
#include <vector>

#include <torch/torch.h>

namespace tidemark::trainer {

using Layer = std::function<torch::Tensor(const torch::Tensor&)>;

/// Computes `layer` without keeping its activations: the backward pass computes it again from its input (Chen
/// et al. 2016, arXiv:1604.06174), with the same random numbers, the same autocast, and without touching
/// running statistics a second time. Its gradients are those of the layer, bit for bit.
torch::Tensor checkpoint(const Layer& layer, const torch::Tensor& input);

/// Whether this thread computes a layer again.
bool is_recomputing();

/// What is computed again in the backward pass.
enum class Checkpointing { None, Stage, Block };
Checkpointing checkpointing_from(const std::string& name);

/// Layers one after another, in blocks, the blocks in stages.
class Chain {
  public:
    void add(Layer block) { stages_.back().push_back(std::move(block)); }
    void end_stage() { stages_.emplace_back(); }

    /// Checkpoints only where gradients will be asked for.
    torch::Tensor forward(torch::Tensor features, Checkpointing checkpointing) const;

  private:
    std::vector<std::vector<Layer>> stages_{1};
};

}  // namespace tidemark::trainer
