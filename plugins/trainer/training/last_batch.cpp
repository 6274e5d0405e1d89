#include "trainer/training/last_batch.hpp"

#include <stdexcept>
#include <string_view>
#include <vector>

#include <fmt/format.h>

namespace tidemark::trainer {
namespace {

/// Running statistics and random numbers as they were, whatever happens in between.
class Unchanged {
  public:
    explicit Unchanged(const Classifier& model)
        : buffers_(model.buffers()), random_(at::globalContext().defaultGenerator(torch::kCPU).get_state()) {
        for (const torch::Tensor& buffer : buffers_) before_.push_back(buffer.clone());
    }
    ~Unchanged() {
        const torch::NoGradGuard no_gradients;
        for (std::size_t i = 0; i < buffers_.size(); ++i) buffers_[i].copy_(before_[i]);
        at::Generator(at::globalContext().defaultGenerator(torch::kCPU)).set_state(random_);
    }
    Unchanged(const Unchanged&) = delete;
    Unchanged& operator=(const Unchanged&) = delete;

  private:
    std::vector<torch::Tensor> buffers_;
    std::vector<torch::Tensor> before_;
    torch::Tensor random_;
};

}  // namespace

void require_last_batch_that_can_be_trained(Classifier& model, const BatchLoader& loader,
                                            const Forward& forward) {
    // what LibTorch says of it, from 1.0 to 2.x
    constexpr std::string_view kTooFew = "Expected more than 1 value per channel";
    if (loader.batches() == 0 || loader.batch_size(loader.batches() - 1) != 1) return;
    const DataShape& shape = loader.shape();
    const Unchanged guard(model);
    const torch::NoGradGuard no_gradients;
    model.train();
    try {
        forward(torch::zeros({1, shape.channels, shape.height, shape.width}));
    } catch (const std::exception& error) {
        if (std::string_view(error.what()).find(kTooFew) == std::string_view::npos)
            return;  // told when it comes
        const bool is_each = loader.batch_size(0) == 1;
        throw std::runtime_error(fmt::format(
            "{} has one image, of which the BatchNorm of this model cannot take statistics: set {}",
            is_each ? "each batch" : "the last batch of each epoch",
            is_each ? "a larger batch_size" : "drop_last, or another batch_size"));
    }
}

}  // namespace tidemark::trainer
