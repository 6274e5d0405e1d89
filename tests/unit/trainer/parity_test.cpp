// Holds the models and the synthetic images against what the peer in Python made of the same weights and
// images (tests/pytorch/parity.py, which wrote parity.pt). Computed in double precision: in single precision
// rounding alone moves some gradients of h2q by nearly a percent, and would hide a difference of the two.
#include <cmath>
#include <map>

#include <gtest/gtest.h>
#include <torch/torch.h>

#include "base/files.hpp"
#include "support/places.hpp"
#include "trainer/datasets/synthetic.hpp"
#include "trainer/models/model_catalogue.hpp"
#include "trainer/options.hpp"

namespace tidemark::trainer {
namespace {

constexpr std::int64_t kBatch = 4;
constexpr std::int64_t kKept = 256;  // values of each gradient, at equal distances
constexpr double kRelative = 1e-4;
/// What is zero but for rounding (a bias before BatchNorm) is held against the largest gradient instead.
constexpr double kOfLargest = 1e-9;

using Stored = std::map<std::string, torch::Tensor>;

const Stored& stored() {
    static const Stored all = [] {
        const std::string text = read_file(test::source_dir() + "/tests/unit/trainer/parity.pt").value_or("");
        const c10::IValue value = torch::pickle_load(std::vector<char>(text.begin(), text.end()));
        Stored found;
        for (const auto& entry : value.toGenericDict())
            found[entry.key().toStringRef()] = entry.value().toTensor();
        return found;
    }();
    return all;
}

/// Numbers in [-0.5, 0.5) by integers alone, so that Python makes exactly the same.
torch::Tensor noise(std::int64_t count, std::int64_t stream) {
    torch::Tensor numbers = torch::empty({count}, torch::kFloat64);
    auto* out = numbers.data_ptr<double>();
    for (std::int64_t i = 0; i < count; ++i) {
        auto x = static_cast<std::uint32_t>(i + 1) * 747796405U +
                 static_cast<std::uint32_t>(stream + 1) * 2891336453U;
        x = (x ^ (x >> 16)) * 0x45d9f3bU;
        x = (x ^ (x >> 16)) * 0x45d9f3bU;
        out[i] = static_cast<double>(x ^ (x >> 16)) * 0x1p-32 - 0.5;
    }
    return numbers;
}

torch::Tensor weight(const std::string& name, at::IntArrayRef shape, std::int64_t stream) {
    const std::int64_t count = c10::multiply_integers(shape);
    const torch::Tensor values = noise(count, stream).view(shape);
    if (shape.size() > 1) return values * 2 * std::sqrt(3.0 / static_cast<double>(count / shape[0]));
    if (name.ends_with(".scale")) return 0.1 + 0.1 * values;
    return 0.2 * values + (name.ends_with(".weight") ? 1 : 0);
}

torch::Tensor sampled(const torch::Tensor& tensor) {
    const torch::Tensor flat = tensor.detach().flatten();
    return flat.slice(0, 0, flat.numel(), std::max<std::int64_t>(1, flat.numel() / kKept));
}

void expect_close(const torch::Tensor& own, const std::string& name, double largest) {
    const auto peer = stored().find(name);
    ASSERT_NE(peer, stored().end()) << name << " is not in parity.pt; tests/pytorch/parity.py writes it anew";
    const torch::Tensor expected = peer->second.to(torch::kFloat64);
    ASSERT_EQ(own.sizes(), expected.sizes()) << name;
    const double allowed = kRelative * expected.abs().max().item<double>() + kOfLargest * largest;
    EXPECT_LE((own.detach() - expected).abs().max().item<double>(), allowed) << name;
}

double largest_gradient(const std::string& model) {
    double largest = 0;
    for (const auto& [name, tensor] : stored())
        if (name.starts_with(model + " gradient "))
            largest = std::max(largest, tensor.abs().max().item<double>());
    return largest;
}

void compare(const std::string& name) {
    Options options;
    options.model = name;
    const std::shared_ptr<Classifier> model = make_model(options, DataShape{});
    model->to(torch::kFloat64);
    model->train();
    for (const auto& module : model->modules())
        if (module->as<torch::nn::Dropout>() != nullptr)
            module->eval();  // the only part that is left to chance
    std::int64_t stream = 0;
    {
        const torch::NoGradGuard no_gradients;
        for (auto& parameter : model->named_parameters())
            parameter.value().copy_(weight(parameter.key(), parameter.value().sizes(), stream++));
    }
    const torch::Tensor images =
        noise(kBatch * 3 * 32 * 32, 1000).view({kBatch, 3, 32, 32}) * std::sqrt(12.0);
    const torch::Tensor logits = model->forward(images);
    torch::nn::functional::cross_entropy(logits, torch::arange(kBatch)).backward();

    expect_close(logits, name + " logits", 0);
    const double largest = largest_gradient(name);
    for (const auto& parameter : model->named_parameters()) {
        expect_close(sampled(parameter.value().grad()), name + " gradient " + parameter.key(), largest);
        expect_close(parameter.value().grad().norm(), name + " norm " + parameter.key(), largest);
    }
    model->eval();
    const torch::NoGradGuard no_gradients;
    expect_close(model->forward(images), name + " logits when testing", 0);
}

TEST(Parity, H2QComputesWhatItsPeerInPythonComputes) {
    compare("h2q");
}

TEST(Parity, BaselineComputesWhatItsPeerInPythonComputes) {
    compare("baseline");
}

TEST(Parity, SyntheticImagesAreThoseOfThePeerInPython) {
    constexpr std::array<std::int64_t, 12> kImages{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 12345, 49999};
    for (const Split split : {Split::Train, Split::Test}) {
        const std::string name = split == Split::Train ? "synthetic train " : "synthetic test ";
        const Synthetic images(split);
        const torch::Tensor pixels = stored().at(name + "pixels").contiguous();
        const torch::Tensor labels = stored().at(name + "labels");
        for (std::size_t i = 0; i < kImages.size(); ++i) {
            Example example;
            images.read(kImages[i] % images.size(), example);
            const auto row = static_cast<std::int64_t>(i);
            EXPECT_EQ(example.label, labels[row].item<std::int64_t>());
            const auto* peer = pixels[row].data_ptr<std::uint8_t>();
            EXPECT_TRUE(std::equal(example.pixels.begin(), example.pixels.end(), peer)) << name << kImages[i];
        }
    }
}

}  // namespace
}  // namespace tidemark::trainer
