#pragma once

#include <optional>

#include <torch/torch.h>

#include "trainer/libtorch_version.hpp"
#include "trainer/models/classifier.hpp"
#include "trainer/options.hpp"

namespace tidemark::trainer {

/// Where, in what type and in what order a model is computed: device, precision and memory_format.
class Execution {
  public:
    /// Throws std::runtime_error where this machine cannot do what is asked for.
    explicit Execution(const Options& options);

    const torch::Device& device() const { return device_; }
    bool scales_losses() const { return autocast_ && autocast_->type == torch::kHalf; }

    /// Moves the model to the device and brings its weights into the order.
    void place(Classifier& model) const;

    /// The scores of a batch, on the device, in float.
    torch::Tensor forward(Classifier& model, torch::Tensor images) const;

  private:
    torch::Device device_;
    torch::MemoryFormat format_;
    std::optional<Autocast::Setting> autocast_;
};

}  // namespace tidemark::trainer
