#include "trainer/models/norm.hpp"

#include <numeric>
#include <stdexcept>
#include <tuple>

#include "trainer/models/checkpoint.hpp"
#include "trainer/models/memory_order.hpp"

namespace tidemark::trainer {
namespace {

namespace autograd = torch::autograd;

constexpr double kEpsilon = 1e-5;
constexpr double kMomentum = 0.1;
constexpr std::int64_t kMostGroups = 32;

std::int64_t groups_of(std::int64_t channels) {
    return std::gcd(channels, kMostGroups);
}

/// BatchNorm over the batch and GELU in one: what BatchNorm gives is computed again in the backward pass, by
/// one multiplication and addition.
struct BatchNormGelu : autograd::Function<BatchNormGelu> {
    static torch::Tensor forward(autograd::AutogradContext* context, const torch::Tensor& input,
                                 const torch::Tensor& weight, const torch::Tensor& bias,
                                 const RunningStatistics& running) {
        auto [output, mean, inverse_deviation] = torch::native_batch_norm(
            input, weight, bias, running.mean, running.var, /*training=*/true, kMomentum, kEpsilon);
        context->save_for_backward({input, weight, bias, mean, inverse_deviation});
        return gelu_in_order_(output);
    }

    static autograd::variable_list backward(autograd::AutogradContext* context,
                                            autograd::variable_list gradients) {
        const auto saved = context->get_saved_variables();
        const torch::Tensor &input = saved[0], &weight = saved[1], &bias = saved[2], &mean = saved[3],
                            &inverse_deviation = saved[4];
        const torch::Tensor gradient = gradients[0].contiguous(input.suggest_memory_format());
        const torch::Tensor variance = inverse_deviation.square().reciprocal_() - kEpsilon;
        const torch::Tensor again = std::get<0>(torch::native_batch_norm(
            input, weight, bias, mean, variance, /*training=*/false, kMomentum, kEpsilon));
        torch::Tensor normalised = in_memory_order(again);
        torch::gelu_backward_out(normalised, in_memory_order(gradient), normalised);
        const auto [of_input, of_weight, of_bias] =
            torch::native_batch_norm_backward(again, input, weight, {}, {}, mean, inverse_deviation,
                                              /*train=*/true, kEpsilon, {true, true, true});
        return {of_input, of_weight, of_bias, torch::Tensor()};
    }
};

}  // namespace

NormKind norm_kind_from(const std::string& name) {
    if (name == "batch") return NormKind::Batch;
    if (name == "group") return NormKind::Group;
    throw std::invalid_argument("unknown norm " + name);
}

NormImpl::NormImpl(std::int64_t channels, NormKind kind) : kind_(kind) {
    weight_ = register_parameter("weight", torch::ones({channels}));
    bias_ = register_parameter("bias", torch::zeros({channels}));
    if (kind_ == NormKind::Batch) {
        running_.mean = register_buffer("running_mean", torch::zeros({channels}));
        running_.var = register_buffer("running_var", torch::ones({channels}));
    }
}

torch::Tensor NormImpl::forward(const torch::Tensor& input) {
    if (kind_ == NormKind::Group) {
        // in the weights' type, as autocast does it where it knows of it
        return torch::group_norm(input.to(weight_.scalar_type()), groups_of(channels()), weight_, bias_,
                                 kEpsilon);
    }
    const RunningStatistics running = to_update();
    return torch::batch_norm(input, weight_, bias_, running.mean, running.var, is_training(), kMomentum,
                             kEpsilon, /*cudnn_enabled=*/true);
}

torch::Tensor NormImpl::forward_gelu(const torch::Tensor& input) {
    const bool keeps_activations = torch::GradMode::is_enabled() && is_training();
    if (!keeps_activations || kind_ == NormKind::Group || !input.is_cpu()) {
        torch::Tensor output = forward(input);
        return keeps_activations ? gelu_in_order(output) : gelu_in_order_(output);
    }
    return BatchNormGelu::apply(input, weight_, bias_, to_update());
}

/// Without running statistics BatchNorm takes those of the batch, and nothing is changed.
RunningStatistics NormImpl::to_update() const {
    return is_recomputing() ? RunningStatistics{} : running_;
}

}  // namespace tidemark::trainer
