#pragma once

#include <functional>
#include <memory>
#include <string>

#include "trainer/datasets/data_shape.hpp"
#include "trainer/models/classifier.hpp"

namespace tidemark::trainer {

/// A network that the trainer knows nothing of but what goes in and comes out: what comes out is looked at,
/// so that a mistake in it has a message and no consequences.
class ForeignModel : public Classifier {
  public:
    using Forward = std::function<torch::Tensor(torch::Tensor images)>;

    /// `name`: what `model` says. The module is the network; its children are the parts.
    ForeignModel(std::string name, const DataShape& shape, std::shared_ptr<torch::nn::Module> module,
                 Forward forward);

    /// Throws std::runtime_error where the scores are not batch × classes.
    torch::Tensor forward(torch::Tensor images) override;
    /// A weight that two parts share is the first one's.
    std::vector<std::pair<std::string, std::int64_t>> parts() const override;
    NamedTensors state() const override { return state_of(*module_); }

  private:
    std::string name_;
    std::int64_t classes_;
    std::shared_ptr<torch::nn::Module> module_;
    Forward forward_;
};

/// A name of a part as that of a metric can be: `Layer1.conv` becomes `layer1_conv`.
std::string part_name(const std::string& name);

}  // namespace tidemark::trainer
