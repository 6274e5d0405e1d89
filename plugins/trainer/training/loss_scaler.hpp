#pragma once

#include <cstdint>

#include <torch/torch.h>

namespace tidemark::trainer {

/// Scales losses so that small gradients survive in fp16 (Micikevicius et al. 2018, arXiv:1710.03740), with
/// the constants of PyTorch's GradScaler: a step whose gradients overflow is skipped and halves the scale,
/// 2000 good ones in a row double it.
class LossScaler {
  public:
    /// One that is not enabled scales by 1 and looks at nothing.
    explicit LossScaler(bool enabled) : enabled_(enabled) {}

    double scale() const { return enabled_ ? scale_ : 1; }

    /// Brings the optimizer's gradients back to their size and makes its step, or skips it.
    void step(torch::optim::Optimizer& optimizer);

    std::int64_t skipped_steps() const { return skipped_; }

  private:
    bool unscale(torch::optim::Optimizer& optimizer) const;  ///< whether all are finite

    bool enabled_;
    double scale_ = 65536;
    std::int64_t good_steps_ = 0;  ///< since the scale has changed
    std::int64_t skipped_ = 0;
};

}  // namespace tidemark::trainer
