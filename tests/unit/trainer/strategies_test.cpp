#include <functional>
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/torch.h>

#include "trainer/datasets/dataset_catalogue.hpp"
#include "trainer/libtorch_version.hpp"
#include "trainer/loader/batch_loader.hpp"
#include "trainer/models/checkpoint.hpp"
#include "trainer/models/h2q.hpp"
#include "trainer/models/memory_order.hpp"
#include "trainer/models/model_catalogue.hpp"
#include "trainer/models/norm.hpp"
#include "trainer/models/pointwise.hpp"
#include "trainer/models/unit_quaternions.hpp"
#include "trainer/optimizers/optimizer_catalogue.hpp"
#include "trainer/training/train_epoch.hpp"
#include "unit/trainer/support.hpp"

namespace tidemark::trainer {
namespace {

/// What one pass over some images does to a model.
struct Pass {
    torch::Tensor scores;
    std::map<std::string, torch::Tensor> gradients;
    std::map<std::string, torch::Tensor> buffers;
    torch::Tensor next_random;
};

Options small_model(const std::string& model = "h2q") {
    Options options;
    options.model = model;
    options.hidden = 16;
    options.depth = 3;  // images of 32, 16 and 8 pixels a side
    return options;
}

/// The same weights, images and random numbers for every strategy.
Pass pass(const Options& options, std::int64_t images = 3) {
    torch::manual_seed(7);
    const auto model = make_model(options, DataShape{});
    make_gradients(model->parameters());
    torch::manual_seed(8);
    const torch::Tensor input = torch::randn({images, 3, 32, 32});
    Pass result;
    result.scores = model->forward(input);
    result.scores.square().sum().backward();
    for (const auto& parameter : model->named_parameters())
        result.gradients[parameter.key()] = parameter.value().grad();
    for (const auto& buffer : model->named_buffers()) result.buffers[buffer.key()] = buffer.value();
    result.next_random = torch::randn({4});
    return result;
}

/// The largest difference of a tensor, relative to its own largest value.
double difference(const torch::Tensor& one, const torch::Tensor& other) {
    return ((one - other).abs().max() / other.abs().max().clamp_min(1e-6)).item<double>();
}

/// How much two sets of gradients differ, as vectors.
double difference(const std::map<std::string, torch::Tensor>& one,
                  const std::map<std::string, torch::Tensor>& other) {
    double squares = 0;
    double whole = 0;
    for (const auto& [name, tensor] : other) {
        squares += (one.at(name) - tensor).to(torch::kDouble).square().sum().item<double>();
        whole += tensor.to(torch::kDouble).square().sum().item<double>();
    }
    return std::sqrt(squares / whole);
}

void expect_the_same_bits(const Pass& one, const Pass& other) {
    EXPECT_TRUE(torch::equal(one.scores, other.scores));
    EXPECT_TRUE(torch::equal(one.next_random, other.next_random));
    for (const auto& [name, gradient] : other.gradients)
        EXPECT_TRUE(torch::equal(one.gradients.at(name), gradient)) << name;
    for (const auto& [name, buffer] : other.buffers)
        EXPECT_TRUE(torch::equal(one.buffers.at(name), buffer)) << name;
}

TEST(Checkpointing, ChangesNoBitOfGradientsStatisticsAndRandomNumbers) {
    for (const std::string model : {"h2q", "baseline"}) {
        for (const std::string formulation : {"plain", "lean"}) {
            Options options = small_model(model);
            options.formulation = formulation;
            const Pass kept = pass(options);
            for (const std::string checkpointing : {"stage", "block"}) {
                SCOPED_TRACE(model + ", " + formulation + ", " + checkpointing);
                options.checkpointing = checkpointing;
                expect_the_same_bits(pass(options), kept);
            }
        }
    }
}

TEST(Checkpointing, RepeatsTheMaskOfDropout) {
    torch::manual_seed(3);
    const torch::Tensor input = torch::ones({1000}, torch::requires_grad());
    const Layer dropout = [](const torch::Tensor& x) { return torch::dropout(x, 0.5, /*train=*/true); };
    const torch::Tensor output = checkpoint(dropout, input);
    output.sum().backward();
    EXPECT_TRUE(torch::equal(input.grad(), output.detach()));  // 0 or 2, where the output is
    EXPECT_GT(output.eq(0).sum().item<std::int64_t>(), 400);
    EXPECT_LT(output.eq(0).sum().item<std::int64_t>(), 600);
}

TEST(Checkpointing, ComputesTheLayerTwiceAndOnlyForGradients) {
    int times = 0;
    const torch::Tensor weight = torch::ones({1}, torch::requires_grad());
    const Layer layer = [&](const torch::Tensor& x) {
        ++times;
        return x * weight;
    };
    Chain chain;
    chain.add(layer);
    const torch::Tensor input = torch::full({1}, 3.0);  // asks for no gradient, as images do not
    chain.forward(input, Checkpointing::Block).sum().backward();
    EXPECT_EQ(times, 2);
    EXPECT_EQ(weight.grad().item<double>(), 3);
    const torch::NoGradGuard no_gradients;
    chain.forward(input, Checkpointing::Block);
    EXPECT_EQ(times, 3);
}

TEST(Lean, IsTheFunctionOfPlainWithItsGradients) {
    for (const std::string norm : {"batch", "group"}) {
        Options options = small_model();
        options.norm = norm;
        const Pass plain = pass(options);
        options.formulation = "lean";
        const Pass lean = pass(options);
        EXPECT_LT(difference(lean.scores, plain.scores), 1e-5);
        EXPECT_LT(difference(lean.gradients, plain.gradients), 1e-5);
        EXPECT_LT(difference(lean.gradients.at("stages.0.scale"), plain.gradients.at("stages.0.scale")),
                  1e-3);
        for (const auto& [name, buffer] : plain.buffers) {
            EXPECT_LT(difference(lean.buffers.at(name), buffer), 1e-4) << name;
        }
    }
}

TEST(Lean, IsThatOfPlainInChannelsLastToo) {
    const auto gradients = [](const std::string& formulation, torch::MemoryFormat format) {
        Options options = small_model();
        options.formulation = formulation;
        torch::manual_seed(7);
        const auto model = make_model(options, DataShape{});
        torch::manual_seed(8);
        const torch::Tensor input = torch::randn({2, 3, 32, 32}).contiguous(format);
        model->forward(input).square().sum().backward();
        std::map<std::string, torch::Tensor> all;
        for (const auto& parameter : model->named_parameters())
            all[parameter.key()] = parameter.value().grad();
        return all;
    };
    EXPECT_LT(difference(gradients("lean", torch::MemoryFormat::ChannelsLast),
                         gradients("plain", torch::MemoryFormat::Contiguous)),
              1e-5);
}

TEST(MemoryOrder, SeesChannelsLastAsContiguousAndFindsBack) {
    const torch::Tensor images = torch::randn({2, 8, 3, 5});
    const torch::Tensor last = images.contiguous(torch::MemoryFormat::ChannelsLast);
    EXPECT_EQ(in_memory_order(last).sizes(), (torch::IntArrayRef{2, 3, 5, 8}));
    EXPECT_TRUE(in_memory_order(last).is_contiguous());
    EXPECT_TRUE(as_axes_of(last, in_memory_order(last)).equal(images));
    EXPECT_TRUE(in_memory_order(images).is_same(images));
}

TEST(MemoryOrder, MakesNoDifferenceToGelu) {
    const torch::Tensor images = torch::randn({2, 8, 3, 5});
    for (const auto format : {torch::MemoryFormat::Contiguous, torch::MemoryFormat::ChannelsLast}) {
        const torch::Tensor input = images.clone().contiguous(format);
        EXPECT_TRUE(torch::allclose(gelu_in_order(input), torch::gelu(images), 1e-6, 1e-6));
        EXPECT_TRUE(gelu_in_order(input).is_contiguous(format));
        const torch::Tensor same = gelu_in_order_(input);
        EXPECT_TRUE(same.is_same(input));
        EXPECT_TRUE(torch::allclose(input, torch::gelu(images), 1e-6, 1e-6));
    }
}

TEST(Lean, NormalisesQuaternionsWithTheGradientsOfPlain) {
    torch::manual_seed(2);
    torch::Tensor values = torch::randn({2, 8, 3, 3});
    values.index_put_({0, torch::indexing::Slice(0, 4), 0, 0}, 0);  // one of no length
    const torch::Tensor weights = torch::randn_like(values);
    const auto gradient = [&](torch::Tensor (*normalise)(const torch::Tensor&)) {
        torch::Tensor input = values.clone().set_requires_grad(true);
        (normalise(input) * weights).sum().backward();
        return input.grad();
    };
    const torch::Tensor plain = gradient(normalise_quaternions);
    const torch::Tensor lean = gradient(normalise_quaternions_lean);
    EXPECT_TRUE(torch::allclose(lean, plain, 1e-5, 1e-5)) << (lean - plain).abs().max();
}

TEST(Pointwise, IsTheConvolutionWithItsGradients) {
    if (onednn_sgemm() == nullptr) GTEST_SKIP() << "this LibTorch has oneDNN inside, out of reach";
    torch::manual_seed(6);
    torch::nn::Conv2d conv(torch::nn::Conv2dOptions(12, 20, 1));
    const torch::Tensor images = torch::randn({3, 12, 8, 9});
    const torch::Tensor weights = torch::randn({3, 20, 8, 9});
    ASSERT_TRUE(takes_products(images));
    const auto results = [&](bool by_products) {
        conv->zero_grad();
        const torch::Tensor input = images.clone().set_requires_grad(true);
        const torch::Tensor output = by_products ? conv1x1_by_products(input, conv) : conv->forward(input);
        (output * weights).sum().backward();
        return std::vector<torch::Tensor>{output, input.grad(), conv->weight.grad().clone(),
                                          conv->bias.grad().clone()};
    };
    const auto products = results(true);
    const auto own = results(false);
    for (std::size_t i = 0; i < own.size(); ++i) EXPECT_LT(difference(products[i], own[i]), 1e-5) << i;
}

TEST(Pointwise, LeavesToLibTorchWhatItDoesBetter) {
    EXPECT_FALSE(takes_products(torch::zeros({1, 4, 7, 9})));  // too small
    EXPECT_FALSE(takes_products(torch::zeros({1, 4, 8, 8}, torch::kBFloat16)));
    EXPECT_FALSE(takes_products(torch::zeros({2, 4, 8, 8}).contiguous(torch::MemoryFormat::ChannelsLast)));
}

TEST(Norm, OverGroupsTakesEachImageByItself) {
    Norm norm(8, NormKind::Group);
    const torch::Tensor images = torch::randn({3, 8, 4, 4});
    EXPECT_TRUE(torch::allclose(norm(images)[1], norm(images.slice(0, 1, 2))[0], 1e-5, 1e-6));
    EXPECT_TRUE(norm->buffers().empty());
}

TEST(Norm, OverTheBatchIsLibTorchsOwn) {
    torch::manual_seed(4);
    Norm norm(8, NormKind::Batch);
    torch::nn::BatchNorm2d own(8);
    const torch::Tensor images = torch::randn({3, 8, 4, 4});
    EXPECT_TRUE(torch::equal(norm(images), own(images)));
    EXPECT_TRUE(torch::equal(norm->named_buffers()["running_var"], own->running_var));
    norm->eval();
    own->eval();
    EXPECT_TRUE(torch::equal(norm(images), own(images)));
}

/// Keeps the gradients of its only step, and leaves the weights alone.
class Keeper : public torch::optim::SGD {
  public:
    explicit Keeper(std::vector<torch::Tensor> parameters)
        : SGD(std::move(parameters), torch::optim::SGDOptions(1)) {}
    torch::Tensor step(LossClosure = nullptr) override {
        for (const torch::Tensor& parameter : param_groups()[0].params())
            kept[std::to_string(kept.size())] = parameter.grad().clone();
        return {};
    }
    std::map<std::string, torch::Tensor> kept;
};

/// The gradients of 128 images, in batches of `batch_size`, as the trainer adds them up.
std::map<std::string, torch::Tensor> gradients_of_128(const std::string& norm, std::int64_t batch_size) {
    constexpr std::int64_t kImages = 128;
    Options options = small_model("baseline");
    options.norm = norm;
    options.train_samples = kImages;
    torch::manual_seed(7);
    const auto model = make_model(options, DataShape{});
    const auto data = open_dataset(options, Split::Train);
    LoaderOptions told;
    told.batch_size = batch_size;
    BatchLoader loader(*data, told);
    loader.start_epoch(1);
    Keeper keeper(model->parameters());
    LossScaler scaler(/*enabled=*/false);
    train_epoch([&](torch::Tensor images) { return model->forward(std::move(images)); }, keeper, scaler,
                loader, {.accumulation = kImages / batch_size}, [](double, const EpochSums&) {});
    return keeper.kept;
}

TEST(Accumulation, EqualsTheLargeBatchWithoutBatchNorm) {
    const double differ = difference(gradients_of_128("group", 16), gradients_of_128("group", 128));
    RecordProperty("relative_difference", std::to_string(differ));
    EXPECT_LT(differ, 1e-5);
}

TEST(Accumulation, DiffersFromTheLargeBatchWithBatchNorm) {
    const double differ = difference(gradients_of_128("batch", 16), gradients_of_128("batch", 128));
    RecordProperty("relative_difference", std::to_string(differ));
    std::cout << "relative difference of the gradients with BatchNorm: " << differ << '\n';
    EXPECT_GT(differ, 1e-3);  // the statistics are those of 16 images
}

}  // namespace
}  // namespace tidemark::trainer
