// A small network whose images have no borders: what leaves on the left comes in on the right.
#include <tidemark/tidemark_model.hpp>

namespace nn = torch::nn;

struct RingsOptions {
    TORCH_ARG(int64_t, width) = 16;
    TORCH_ARG(double, dropout) = 0.1;
};

class RingsImpl : public nn::Module {
  public:
    RingsImpl(const RingsOptions& options, const tidemark::sdk::DataShape& shape)
        : body_(around(shape.channels, options.width()), nn::ReLU(), around(options.width(), options.width()),
                nn::ReLU()),
          head_(nn::Dropout(options.dropout()), nn::Linear(options.width(), shape.classes)) {
        register_module("body", body_);
        register_module("head", head_);
    }

    torch::Tensor forward(torch::Tensor images) {
        const torch::Tensor features = body_->forward(images);
        return head_->forward(features.mean({2, 3}));
    }

  private:
    static nn::Conv2d around(int64_t in, int64_t out) {
        return nn::Conv2d(nn::Conv2dOptions(in, out, 3).padding(1).stride(2).padding_mode(torch::kCircular));
    }

    nn::Sequential body_;
    nn::Sequential head_;
};
TORCH_MODULE(Rings);

TIDEMARK_MODELS(models) {
    models.add<Rings, RingsOptions>("rings", "convolutions whose borders wrap around")
        .option(
            "width", [](RingsOptions& o) -> int64_t& { return o.width(); }, "channels of each layer", 1, 512)
        .option(
            "dropout", [](RingsOptions& o) -> double& { return o.dropout(); },
            "share that is left out in training", 0, 0.9);
}
