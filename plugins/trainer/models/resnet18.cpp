#include "trainer/models/resnet18.hpp"

#include <array>

namespace tidemark::trainer {
namespace {

namespace nn = torch::nn;

constexpr std::array<std::int64_t, 4> kWidths{64, 128, 256, 512};
constexpr int kBlocksOfStage = 2;

/// Without a bias, which the norm behind it would take away, and with the weights of He et al. 2015
/// (arXiv:1502.01852).
nn::Conv2d convolution(std::int64_t in, std::int64_t out, std::int64_t side, std::int64_t stride) {
    const nn::Conv2d conv(
        nn::Conv2dOptions(in, out, side).stride(stride).padding(side / 2).bias(/*new_bias=*/false));
    nn::init::kaiming_normal_(conv->weight, 0, torch::kFanOut, torch::kReLU);
    return conv;
}

}  // namespace

ResidualBlockImpl::ResidualBlockImpl(std::int64_t in, std::int64_t out, std::int64_t stride, NormKind norm) {
    first_ = register_module("first", convolution(in, out, 3, stride));
    first_norm_ = register_module("first_norm", Norm(out, norm));
    second_ = register_module("second", convolution(out, out, 3, 1));
    second_norm_ = register_module("second_norm", Norm(out, norm));
    if (in == out && stride == 1) return;
    shortcut_ = register_module("shortcut", convolution(in, out, 1, stride));
    shortcut_norm_ = register_module("shortcut_norm", Norm(out, norm));
}

torch::Tensor ResidualBlockImpl::forward(const torch::Tensor& input) {
    const torch::Tensor features = first_norm_(first_(input)).relu_();
    const torch::Tensor residual = second_norm_(second_(features));
    return (residual + (shortcut_ ? shortcut_norm_(shortcut_(input)) : input)).relu_();
}

ResNet18Impl::ResNet18Impl(const ResNet18Options& options, const DataShape& shape) : options_(options) {
    std::int64_t channels = kWidths.front();
    const nn::Conv2d conv = convolution(shape.channels, channels, 3, 1);
    const Norm norm(channels, options.norm);
    stem_ = register_module("stem", nn::Sequential(conv, norm));
    chain_.add([conv = conv.ptr(), norm = norm.ptr()](const torch::Tensor& images) {
        return norm->forward(conv->forward(images)).relu_();
    });
    chain_.end_stage();
    for (const std::int64_t width : kWidths) {
        for (int number = 0; number < kBlocksOfStage; ++number) {
            const bool halves = number == 0 && width != kWidths.front();
            const ResidualBlock block(channels, width, halves ? 2 : 1, options.norm);
            stages_->push_back(block);
            chain_.add([block = block.ptr()](const torch::Tensor& input) { return block->forward(input); });
            channels = width;
        }
        chain_.end_stage();
    }
    register_module("stages", stages_);
    head_ = register_module("head", nn::Linear(channels, shape.classes));
    chain_.add([head = head_.ptr()](const torch::Tensor& features) {
        return head->forward(torch::adaptive_avg_pool2d(features, {1, 1}).flatten(1));
    });
}

torch::Tensor ResNet18Impl::forward(torch::Tensor images) {
    return chain_.forward(std::move(images), options_.checkpointing);
}

std::vector<std::pair<std::string, std::int64_t>> ResNet18Impl::parts() const {
    return {{"stem", parameter_count(*stem_)},
            {"stages", parameter_count(*stages_)},
            {"head", parameter_count(*head_)}};
}

}  // namespace tidemark::trainer
