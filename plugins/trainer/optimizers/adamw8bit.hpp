#pragma once

#include <cstdint>
#include <vector>

#include <torch/torch.h>

#include "trainer/optimizers/dynamic_code.hpp"

namespace tidemark::trainer {

/// AdamW (Loshchilov and Hutter 2019, arXiv:1711.05101) whose two moments are kept in one byte each,
/// quantised in blocks by the largest of each block (Dettmers et al. 2022, arXiv:2110.02861). Small
/// parameters, whose state is small anyway, keep it in float, as in the authors' implementation. On the CPU.
class AdamW8bit : public torch::optim::Optimizer {
  public:
    AdamW8bit(std::vector<torch::Tensor> parameters, const torch::optim::AdamWOptions& options);
    torch::Tensor step(LossClosure closure = nullptr) override;

    /// All that it remembers beside the number of its steps: values, and their largest where they are codes.
    std::vector<torch::Tensor> tensors() const;
    std::int64_t steps() const { return steps_; }
    void set_steps(std::int64_t steps) { steps_ = steps; }

  private:
    struct Moment {
        torch::Tensor values;   ///< float, or codes in uint8
        torch::Tensor largest;  ///< of each block; undefined for floats
    };
    struct State {
        Moment first;
        Moment second;
    };
    struct Update;
    void update(const torch::Tensor& parameter, State& state, const Update& update) const;

    DynamicCode signed_code_{DynamicCode::Sign::Signed};
    DynamicCode unsigned_code_{DynamicCode::Sign::Unsigned};
    std::vector<State> states_;
    std::int64_t steps_ = 0;
};

}  // namespace tidemark::trainer
