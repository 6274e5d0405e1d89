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

    double scale() const { return enabled_ ? state_.scale : 1; }

    /// Brings the optimizer's gradients back to their size, shortens them where their norm is larger than
    /// `clip_norm` (0: never), and makes its step, or skips it.
    void step(torch::optim::Optimizer& optimizer, double clip_norm = 0);

    std::int64_t skipped_steps() const { return state_.skipped; }

    /// All that it remembers.
    struct State {
        double scale = 65536;
        std::int64_t good_steps = 0;  ///< since the scale has changed
        std::int64_t skipped = 0;
    };
    const State& state() const { return state_; }
    void set_state(const State& state) { state_ = state; }

  private:
    bool unscale(torch::optim::Optimizer& optimizer) const;  ///< whether all are finite

    bool enabled_;
    State state_;
};

}  // namespace tidemark::trainer
