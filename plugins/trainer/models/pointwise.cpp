#include "trainer/models/pointwise.hpp"

#include <ATen/Parallel.h>
#include <functional>

#include "trainer/libtorch_version.hpp"

namespace tidemark::trainer {
namespace {

namespace autograd = torch::autograd;

constexpr std::int64_t kSmallestImage =
    64;  // pixels; below, oneDNN's products over the whole batch are faster

/// A tensor as a batch of matrices, channels × pixels, row by row.
struct Matrices {
    explicit Matrices(const torch::Tensor& tensor)
        : batch(tensor.size(0)),
          channels(tensor.size(1)),
          pixels(tensor.size(2) * tensor.size(3)),
          data(tensor.data_ptr<float>()) {}
    float* row(std::int64_t image, std::int64_t channel) const {
        return data + (image * channels + channel) * pixels;
    }
    std::int64_t batch;
    std::int64_t channels;
    std::int64_t pixels;
    float* data;
};

/// Shares `all` among the threads; each multiplies by itself, as oneDNN does in a thread of OpenMP, so that
/// no product has to wait for threads.
void share(std::int64_t all, const std::function<void(std::int64_t first, std::int64_t count)>& part) {
    const std::int64_t threads = at::get_num_threads();
    at::parallel_for(0, all, (all + threads - 1) / threads,
                     [&](std::int64_t begin, std::int64_t end) { part(begin, end - begin); });
}

/// Of each image the rows [first, first + count). Images are shared where they come out even: a thread then
/// packs each of them once; else the rows, so that no thread waits.
void share_products(
    std::int64_t images, std::int64_t rows,
    const std::function<void(std::int64_t image, std::int64_t first, std::int64_t count)>& part) {
    if (images % at::get_num_threads() == 0) {
        share(images, [&](std::int64_t first, std::int64_t count) {
            for (std::int64_t image = first; image < first + count; ++image) part(image, 0, rows);
        });
        return;
    }
    share(rows, [&](std::int64_t first, std::int64_t count) {
        for (std::int64_t image = 0; image < images; ++image) part(image, first, count);
    });
}

/// c (m × n) = a (m × k) · b (k × n) + beta c, all row by row, with the distances between rows in memory.
void multiply(char transpose_a, char transpose_b, std::int64_t m, std::int64_t n, std::int64_t k,
              const float* a, std::int64_t row_a, const float* b, std::int64_t row_b, float beta, float* c,
              std::int64_t row_c) {
    onednn_sgemm()(transpose_a, transpose_b, m, n, k, 1, a, row_a, b, row_b, beta, c, row_c);
}

struct Pointwise : autograd::Function<Pointwise> {
    static torch::Tensor forward(autograd::AutogradContext* context, const torch::Tensor& input,
                                 const torch::Tensor& weight, const torch::Tensor& bias) {
        context->save_for_backward({input, weight});
        return pointwise(input, weight, bias);
    }

    static autograd::variable_list backward(autograd::AutogradContext* context,
                                            autograd::variable_list gradients) {
        const auto saved = context->get_saved_variables();
        const torch::Tensor gradient = gradients[0].contiguous();
        return {pointwise_input_gradient(gradient, saved[1]), pointwise_weight_gradient(gradient, saved[0]),
                pointwise_bias_gradient(gradient)};
    }
};

}  // namespace

bool takes_products(const torch::Tensor& input) {
    return input.is_cpu() && input.scalar_type() == torch::kFloat && !Autocast::active() &&
           input.is_contiguous() && input.size(2) * input.size(3) >= kSmallestImage &&
           onednn_sgemm() != nullptr;
}

torch::Tensor pointwise(const torch::Tensor& input, const torch::Tensor& weight, const torch::Tensor& bias) {
    torch::Tensor output = bias.detach()
                               .view({1, -1, 1, 1})
                               .expand({input.size(0), weight.size(0), input.size(2), input.size(3)})
                               .contiguous();
    add_pointwise(output, input, weight);
    return output;
}

void add_pointwise(torch::Tensor& output, const torch::Tensor& input, const torch::Tensor& weight) {
    const Matrices x(input);
    const Matrices y(output);
    const auto* w = weight.data_ptr<float>();
    share_products(x.batch, y.channels, [&](std::int64_t image, std::int64_t first, std::int64_t count) {
        multiply('N', 'N', count, x.pixels, x.channels, w + first * x.channels, x.channels, x.row(image, 0),
                 x.pixels, 1, y.row(image, first), y.pixels);
    });
}

torch::Tensor pointwise_input_gradient(const torch::Tensor& gradient, const torch::Tensor& weight) {
    torch::Tensor result =
        torch::empty({gradient.size(0), weight.size(1), gradient.size(2), gradient.size(3)});
    const Matrices dx(result);
    const Matrices dy(gradient);
    const auto* w = weight.data_ptr<float>();
    share_products(dy.batch, dx.channels, [&](std::int64_t image, std::int64_t first, std::int64_t count) {
        multiply('T', 'N', count, dy.pixels, dy.channels, w + first, dx.channels, dy.row(image, 0), dy.pixels,
                 0, dx.row(image, first), dx.pixels);
    });
    return result;
}

torch::Tensor pointwise_weight_gradient(const torch::Tensor& gradient, const torch::Tensor& input) {
    torch::Tensor result = torch::empty({gradient.size(1), input.size(1), 1, 1});
    const Matrices x(input);
    const Matrices dy(gradient);
    auto* dw = result.data_ptr<float>();
    share(dy.channels, [&](std::int64_t first, std::int64_t count) {
        for (std::int64_t image = 0; image < dy.batch; ++image) {
            multiply('N', 'T', count, x.channels, x.pixels, dy.row(image, first), dy.pixels, x.row(image, 0),
                     x.pixels, image == 0 ? 0 : 1, dw + first * x.channels, x.channels);
        }
    });
    return result;
}

torch::Tensor pointwise_bias_gradient(const torch::Tensor& gradient) {
    return gradient.sum({0, 2, 3});
}

torch::Tensor conv1x1_by_products(const torch::Tensor& input, const torch::nn::Conv2d& conv) {
    if (takes_products(input)) return Pointwise::apply(input, conv->weight, conv->bias);
    return torch::conv2d(input, conv->weight, conv->bias);
}

}  // namespace tidemark::trainer
