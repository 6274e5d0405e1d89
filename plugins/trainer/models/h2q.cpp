#include "trainer/models/h2q.hpp"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

namespace tidemark::trainer {
namespace {

namespace nn = torch::nn;

constexpr std::int64_t kStemChannels = 64;
constexpr std::int64_t kQuaternion = 4;
constexpr std::int64_t kChannelsPerGroup = 16;
constexpr double kSmallestLength = 1e-12;  // of a quaternion, against division by zero
constexpr double kInitialScale = 0.1;

nn::Conv2d conv3x3(std::int64_t in, std::int64_t out, std::int64_t groups = 1) {
    return nn::Conv2d(nn::Conv2dOptions(in, out, 3).padding(1).groups(groups));
}

nn::Conv2d conv1x1(std::int64_t in, std::int64_t out) {
    return nn::Conv2d(nn::Conv2dOptions(in, out, 1));
}

std::int64_t groups_for(std::int64_t channels) {
    return std::max<std::int64_t>(1, channels / kChannelsPerGroup);
}

void require_divisible(std::int64_t channels, std::int64_t hidden) {
    if (channels % groups_for(channels) == 0) return;
    throw std::invalid_argument(fmt::format(
        "h2q cannot divide {} channels into {} groups at hidden {}; choose a multiple of 16 for hidden",
        channels, groups_for(channels), hidden));
}

}  // namespace

torch::Tensor normalise_quaternions(const torch::Tensor& features) {
    const auto sizes = features.sizes();
    const torch::Tensor quaternions =
        features.view({sizes[0], sizes[1] / kQuaternion, kQuaternion, sizes[2], sizes[3]});
    // the square root of the sum of squares: a `norm` over an axis of length 4 takes many times as long
    // bounded before the root, whose slope at zero is infinite and would make the gradients NaN
    const torch::Tensor squares = quaternions.square().sum(2, /*keepdim=*/true);
    const torch::Tensor length = squares.clamp_min(kSmallestLength * kSmallestLength).sqrt();
    return (quaternions / length).view(sizes);
}

EvolutionImpl::EvolutionImpl(std::int64_t channels) {
    spatial_ = register_module("spatial", conv3x3(channels, channels, groups_for(channels)));
    spatial_norm_ = register_module("spatial_norm", nn::BatchNorm2d(channels));
    squeeze_ = register_module("squeeze", conv1x1(channels, channels / 4));
    expand_ = register_module("expand", conv1x1(channels / 4, channels));
    merge_ = register_module("merge", conv1x1(2 * channels, channels));
    merge_norm_ = register_module("merge_norm", nn::BatchNorm2d(channels));
    scale_ = register_parameter("scale", torch::full({1}, kInitialScale));
}

torch::Tensor EvolutionImpl::forward(const torch::Tensor& input) {
    const torch::Tensor gate = torch::gelu(spatial_norm_(spatial_(input)));
    const torch::Tensor delta = scale_ * torch::tanh(expand_(torch::gelu(squeeze_(gate))));
    return merge_norm_(merge_(torch::cat({gate + delta, gate - delta}, 1))) + input;
}

H2QImpl::H2QImpl(const H2QOptions& options) {
    std::int64_t channels = kQuaternion * (options.hidden / kQuaternion);
    stem_ = register_module("stem", nn::Sequential(conv3x3(3, kStemChannels), nn::BatchNorm2d(kStemChannels),
                                                   nn::GELU(), conv3x3(kStemChannels, kStemChannels),
                                                   nn::BatchNorm2d(kStemChannels), nn::GELU()));
    to_quaternion_ = register_module(
        "to_quaternion", nn::Sequential(conv1x1(kStemChannels, channels), nn::BatchNorm2d(channels)));
    for (std::int64_t stage = 0; stage < options.depth; ++stage) {
        require_divisible(channels, options.hidden);
        stages_->push_back(Evolution(channels));
        stages_->push_back(Evolution(channels));
        if (stage < options.depth - 1) stages_->push_back(nn::MaxPool2d(nn::MaxPool2dOptions(2)));
        if (stage < options.depth - 2) {
            stages_->push_back(conv1x1(channels, 2 * channels));
            stages_->push_back(nn::BatchNorm2d(2 * channels));
            channels *= 2;
        }
    }
    register_module("stages", stages_);
    head_ = register_module(
        "head", nn::Sequential(nn::AdaptiveAvgPool2d(nn::AdaptiveAvgPool2dOptions(1)), nn::Flatten(),
                               nn::Dropout(0.2), nn::Linear(channels, options.hidden), nn::GELU(),
                               nn::Dropout(0.1), nn::Linear(options.hidden, kClasses)));
}

torch::Tensor H2QImpl::forward(torch::Tensor images) {
    torch::Tensor features = stem_->forward(std::move(images));
    features = normalise_quaternions(to_quaternion_->forward(features));
    return head_->forward(stages_->forward(features));
}

std::vector<std::pair<std::string, std::int64_t>> H2QImpl::parts() const {
    return {{"stem", parameter_count(*stem_)},
            {"to_quaternion", parameter_count(*to_quaternion_)},
            {"stages", parameter_count(*stages_)},
            {"head", parameter_count(*head_)}};
}

}  // namespace tidemark::trainer
