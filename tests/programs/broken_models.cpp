// Models that go wrong, each in its own way.
#include <csignal>

#include "tidemark_model.hpp"

namespace {

struct BrokenOptions {
    TORCH_ARG(int64_t, steadiness) = 1;
};

class ThrowsImpl : public torch::nn::Module {
  public:
    ThrowsImpl(const BrokenOptions& options, const tidemark::sdk::DataShape& shape) {
        throw std::invalid_argument("no model of steadiness " + std::to_string(options.steadiness()) +
                                    " for " + std::to_string(shape.classes) + " classes");
    }
    torch::Tensor forward(torch::Tensor images) { return images; }
};
TORCH_MODULE(Throws);

struct Crash : torch::autograd::Function<Crash> {
    static torch::Tensor forward(torch::autograd::AutogradContext*, const torch::Tensor& input) {
        return input.clone();
    }
    static torch::autograd::variable_list backward(torch::autograd::AutogradContext*,
                                                   torch::autograd::variable_list gradients) {
        std::raise(SIGSEGV);
        return gradients;
    }
};

class CrashesImpl : public torch::nn::Module {
  public:
    CrashesImpl(const BrokenOptions&, const tidemark::sdk::DataShape& shape)
        : head_(register_module("head", torch::nn::Linear(shape.channels, shape.classes))) {}
    torch::Tensor forward(torch::Tensor images) { return Crash::apply(head_->forward(images.mean({2, 3}))); }

  private:
    torch::nn::Linear head_;
};
TORCH_MODULE(Crashes);

class MisshapesImpl : public torch::nn::Module {
  public:
    MisshapesImpl(const BrokenOptions&, const tidemark::sdk::DataShape& shape)
        : head_(register_module("head", torch::nn::Linear(shape.channels, 3))) {}
    torch::Tensor forward(torch::Tensor images) { return head_->forward(images.mean({2, 3})); }

  private:
    torch::nn::Linear head_;
};
TORCH_MODULE(Misshapes);

}  // namespace

TIDEMARK_MODELS(models) {
    const auto steadiness = [](BrokenOptions& options) -> int64_t& { return options.steadiness(); };
    models.add<Throws, BrokenOptions>("throws", "throws as it is made")
        .option("steadiness", steadiness, "nobody knows", 0, 9);
    models.add<Crashes, BrokenOptions>("crashes", "ends the process in its backward pass");
    models.add<Misshapes, BrokenOptions>("misshapes", "has three scores whatever is asked");
}
