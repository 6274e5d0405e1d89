#include "trainer/models/h2q.hpp"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

#include "trainer/models/memory_order.hpp"
#include "trainer/models/merge_weights.hpp"
#include "trainer/models/pointwise.hpp"
#include "trainer/models/unit_quaternions.hpp"

namespace tidemark::trainer {
namespace {

namespace nn = torch::nn;
namespace autograd = torch::autograd;

constexpr std::int64_t kStemChannels = 64;
constexpr std::int64_t kQuaternion = 4;
constexpr std::int64_t kChannelsPerGroup = 16;
constexpr double kInitialScale = 0.1;
constexpr double kFirstDropout = 0.2;
constexpr double kSecondDropout = 0.1;

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

struct ConvGradients {
    torch::Tensor of_input;
    torch::Tensor of_weight;
    torch::Tensor of_bias;
};

/// The operands may be of different types where autocast chose one for the output.
ConvGradients conv1x1_backward(const torch::Tensor& gradient, const torch::Tensor& input,
                               const torch::Tensor& weight, bool has_bias) {
    const torch::Tensor bias = has_bias ? pointwise_bias_gradient(gradient) : torch::Tensor();
    const auto type = gradient.scalar_type();
    if (takes_products(input) && type == torch::kFloat)
        return {pointwise_input_gradient(gradient, weight), pointwise_weight_gradient(gradient, input), bias};
    const auto [of_input, of_weight, none] = torch::convolution_backward(
        gradient, input.to(type), weight.to(type), at::IntArrayRef{weight.size(0)}, /*stride=*/{1, 1},
        /*padding=*/{0, 0}, /*dilation=*/{1, 1}, /*transposed=*/false, /*output_padding=*/{0, 0},
        /*groups=*/1, {true, true, false});
    return {of_input.to(input.scalar_type()), of_weight.to(weight.scalar_type()), bias};
}

/// The merging convolution of an evolution step. With t = tanh(…), delta = s t, and the two halves V and W of
/// the weight, [V W] [gate + s t; gate - s t] = (V + W) gate + s (V - W) t: neither delta, nor the sums, nor
/// what they are concatenated to, are made. The combined weights are made again in the backward pass: with
/// small batches they would take more than the activations.
struct Merge : autograd::Function<Merge> {
    static torch::Tensor forward(autograd::AutogradContext* context, const torch::Tensor& gate,
                                 const torch::Tensor& turn, const torch::Tensor& weight,
                                 const torch::Tensor& bias, const torch::Tensor& scale) {
        context->save_for_backward({gate, turn, weight, scale});
        const MergeWeights weights = merge_weights(weight, scale, gate.scalar_type());
        if (takes_products(gate)) {
            torch::Tensor merged = pointwise(gate, weights.sum, bias);
            add_pointwise(merged, turn, weights.turning);
            return merged;
        }
        torch::Tensor merged = torch::conv2d(gate, weights.sum, bias);
        return merged.add_(torch::conv2d(turn, weights.turning));
    }

    static autograd::variable_list backward(autograd::AutogradContext* context,
                                            autograd::variable_list gradients) {
        const auto saved = context->get_saved_variables();
        const torch::Tensor &gate = saved[0], &turn = saved[1], &weight = saved[2], &scale = saved[3];
        const torch::Tensor gradient = gradients[0].contiguous(gate.suggest_memory_format());
        ConvGradients turned, summed;
        {
            const MergeWeights weights = merge_weights(weight, scale, gradient.scalar_type());
            turned = conv1x1_backward(gradient, turn, weights.turning, /*has_bias=*/false);
            summed = conv1x1_backward(gradient, gate, weights.sum, /*has_bias=*/true);
        }
        const auto [of_weight, of_scale] =
            merge_gradients({summed.of_weight, turned.of_weight}, weight, scale);
        return {summed.of_input, turned.of_input, of_weight, summed.of_bias.to(weight.scalar_type()),
                of_scale};
    }
};

/// A layer for a chain.
template <typename Module>
Layer layer(const nn::ModuleHolder<Module>& module) {
    return [module = module.ptr()](const torch::Tensor& input) { return module->forward(input); };
}

}  // namespace

Formulation formulation_from(const std::string& name) {
    if (name == "plain") return Formulation::Plain;
    if (name == "lean") return Formulation::Lean;
    throw std::invalid_argument("unknown formulation " + name);
}

EvolutionImpl::EvolutionImpl(std::int64_t channels, NormKind norm, Formulation formulation)
    : formulation_(formulation) {
    spatial_ = register_module("spatial", conv3x3(channels, channels, groups_for(channels)));
    spatial_norm_ = register_module("spatial_norm", Norm(channels, norm));
    squeeze_ = register_module("squeeze", conv1x1(channels, channels / 4));
    expand_ = register_module("expand", conv1x1(channels / 4, channels));
    merge_ = register_module("merge", conv1x1(2 * channels, channels));
    merge_norm_ = register_module("merge_norm", Norm(channels, norm));
    scale_ = register_parameter("scale", torch::full({1}, kInitialScale));
}

torch::Tensor EvolutionImpl::forward(const torch::Tensor& input) {
    return formulation_ == Formulation::Lean ? lean(input) : plain(input);
}

torch::Tensor EvolutionImpl::plain(const torch::Tensor& input) {
    const torch::Tensor gate = gelu_in_order(spatial_norm_(spatial_(input)));
    const torch::Tensor delta = scale_ * torch::tanh(expand_(gelu_in_order(squeeze_(gate))));
    return merge_norm_(merge_(torch::cat({gate + delta, gate - delta}, 1))) + input;
}

torch::Tensor EvolutionImpl::lean(const torch::Tensor& input) {
    const torch::Tensor gate = spatial_norm_->forward_gelu(spatial_(input));
    const torch::Tensor turn =
        tanh_in_order_(conv1x1_by_products(gelu_in_order(conv1x1_by_products(gate, squeeze_)), expand_));
    const torch::Tensor merged = Merge::apply(gate, turn, merge_->weight, merge_->bias, scale_);
    return merge_norm_(merged).add_(input);
}

H2QImpl::H2QImpl(const H2QOptions& options, const DataShape& shape) : options_(options) {
    std::int64_t channels = kQuaternion * (options.hidden / kQuaternion);
    add_stem(shape.channels);
    add_quaternions(channels);
    for (std::int64_t stage = 0; stage < options.depth; ++stage) add_stage(stage, channels);
    register_module("stages", stages_);
    add_head(channels, shape.classes);
}

void H2QImpl::add_stem(std::int64_t channels_of_image) {
    stem_ = register_module("stem", nn::Sequential());
    for (const std::int64_t in : {channels_of_image, kStemChannels}) {
        const nn::Conv2d conv = conv3x3(in, kStemChannels);
        const Norm norm(kStemChannels, options_.norm);
        const bool lean = options_.formulation == Formulation::Lean;
        stem_->push_back(conv);
        stem_->push_back(norm);
        stem_->push_back(nn::GELU());
        chain_.add([conv = conv.ptr(), norm = norm.ptr(), lean](const torch::Tensor& input) {
            const torch::Tensor features = conv->forward(input);
            return lean ? norm->forward_gelu(features) : gelu_in_order(norm->forward(features));
        });
    }
}

Layer H2QImpl::convolution(const nn::Conv2d& conv) const {
    if (options_.formulation == Formulation::Plain) return layer(conv);
    return [conv](const torch::Tensor& input) { return conv1x1_by_products(input, conv); };
}

void H2QImpl::add_quaternions(std::int64_t channels) {
    const nn::Conv2d conv = conv1x1(kStemChannels, channels);
    const Norm norm(channels, options_.norm);
    const auto normalise =
        options_.formulation == Formulation::Lean ? normalise_quaternions_lean : normalise_quaternions;
    to_quaternion_ = register_module("to_quaternion", nn::Sequential(conv, norm));
    chain_.add([convolve = convolution(conv), norm = norm.ptr(), normalise](const torch::Tensor& input) {
        return normalise(norm->forward(convolve(input)));
    });
    chain_.end_stage();
}

void H2QImpl::add_stage(std::int64_t stage, std::int64_t& channels) {
    require_divisible(channels, options_.hidden);
    for (int step = 0; step < 2; ++step) {
        const Evolution evolution(channels, options_.norm, options_.formulation);
        stages_->push_back(evolution);
        chain_.add(layer(evolution));
    }
    if (stage < options_.depth - 1) {
        const nn::MaxPool2d pool(nn::MaxPool2dOptions(2));
        stages_->push_back(pool);
        chain_.add(layer(pool));
    }
    if (stage < options_.depth - 2) {
        const nn::Conv2d widen = conv1x1(channels, 2 * channels);
        const Norm norm(2 * channels, options_.norm);
        stages_->push_back(widen);
        stages_->push_back(norm);
        chain_.add([convolve = convolution(widen), norm = norm.ptr()](const torch::Tensor& input) {
            return norm->forward(convolve(input));
        });
        channels *= 2;
    }
    chain_.end_stage();
}

void H2QImpl::add_head(std::int64_t channels, std::int64_t classes) {
    head_ = register_module(
        "head", nn::Sequential(nn::AdaptiveAvgPool2d(nn::AdaptiveAvgPool2dOptions(1)), nn::Flatten(),
                               nn::Dropout(kFirstDropout), nn::Linear(channels, options_.hidden), nn::GELU(),
                               nn::Dropout(kSecondDropout), nn::Linear(options_.hidden, classes)));
    chain_.add([head = head_.ptr()](const torch::Tensor& input) { return head->forward(input); });
}

torch::Tensor H2QImpl::forward(torch::Tensor images) {
    return chain_.forward(std::move(images), options_.checkpointing);
}

std::vector<std::pair<std::string, std::int64_t>> H2QImpl::parts() const {
    return {{"stem", parameter_count(*stem_)},
            {"to_quaternion", parameter_count(*to_quaternion_)},
            {"stages", parameter_count(*stages_)},
            {"head", parameter_count(*head_)}};
}

}  // namespace tidemark::trainer
