// Modules of TorchScript, written by LibTorch here as torch.jit writes them in Python.
#include "trainer/models/script_model.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/script.h>

#include "trainer/optimizers/optimizer_catalogue.hpp"
#include "trainer/training/last_batch.hpp"
#include "unit/trainer/support.hpp"

namespace tidemark::trainer {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr DataShape kShape{.channels = 1, .height = 2, .width = 2, .classes = 4};

/// A module with a square weight, that is its only parameter.
torch::jit::Module square_layer(const torch::Tensor& weight) {
    torch::jit::Module layer("Layer");
    layer.register_parameter("weight", weight, /*is_buffer=*/false);
    layer.define("def forward(self, x):\n    return torch.matmul(x, self.weight)\n");
    return layer;
}

/// Two layers one behind the other.
torch::jit::Module pair(const torch::Tensor& first, const torch::Tensor& second) {
    torch::jit::Module net("Net");
    net.register_module("a", square_layer(first));
    net.register_module("b", square_layer(second));
    net.define(
        "def forward(self, x):\n    return self.b.forward(torch.tanh(self.a.forward(torch.flatten(x, "
        "1))))\n");
    return net;
}

class Scripts : public testing::Test {
  protected:
    std::shared_ptr<Classifier> load(const torch::jit::Module& module) const {
        module.save((folder_ / "net.pt").string());
        return load_script_model("script:" + (folder_ / "net.pt").string(), kShape);
    }
    /// What a module with this forward says when it is loaded.
    std::vector<std::string> notes_of(const std::string& forward) const {
        torch::jit::Module net("Net");
        net.register_attribute("training", c10::BoolType::get(), true);
        net.register_parameter("weight", torch::ones({4}), /*is_buffer=*/false);
        net.define("def forward(self, x):\n    " + forward + "\n");
        return load(net)->notes();
    }
    std::string problem(const torch::jit::Module& module) const {
        try {
            load(module)->forward(torch::zeros({3, 1, 2, 2}));
            return "";
        } catch (const std::exception& error) {
            return error.what();
        }
    }
    TemporaryFolder folder_;
};

TEST_F(Scripts, WithTiedWeightsHaveEachOfThemOnce) {
    torch::manual_seed(1);
    const torch::Tensor weight = torch::randn({4, 4}, torch::requires_grad());
    const torch::Tensor images = torch::randn({5, 1, 2, 2});
    const torch::Tensor labels = torch::arange(5) % 4;
    const auto model = load(pair(weight, weight));
    EXPECT_EQ(parameter_count(*model), 16);
    EXPECT_THAT(model->parts(), ElementsAre(std::pair<std::string, std::int64_t>("a", 16),
                                            std::pair<std::string, std::int64_t>("b", 0)));
    // as autograd sees the one weight, and one step of its optimizer
    const torch::Tensor by_hand = weight.detach().clone().requires_grad_();
    const auto by_hand_scores = [&] {
        return torch::matmul(torch::tanh(torch::matmul(images.flatten(1), by_hand)), by_hand);
    };
    const auto parameters = parameters_of(*model);
    make_gradients(parameters);
    const auto optimizer = make_optimizer({.optimizer = "sgd", .lr = 0.5, .momentum = 0.9}, parameters);
    torch::optim::SGD expected({by_hand}, torch::optim::SGDOptions(0.5).momentum(0.9).weight_decay(1e-4));
    for (int step = 0; step < 3; ++step) {
        optimizer->zero_grad();
        expected.zero_grad();
        const torch::Tensor loss = torch::cross_entropy_loss(model->forward(images), labels);
        const torch::Tensor expected_loss = torch::cross_entropy_loss(by_hand_scores(), labels);
        EXPECT_FLOAT_EQ(loss.item<float>(), expected_loss.item<float>()) << "step " << step;
        loss.backward();
        expected_loss.backward();
        optimizer->step();
        expected.step();
    }
    EXPECT_TRUE(torch::allclose(parameters.front(), by_hand));
    EXPECT_FALSE(torch::allclose(parameters.front(), weight));
}

TEST_F(Scripts, WhoseWeightsShareMemoryInDifferentShapesAreRefused) {
    const torch::Tensor weight = torch::randn({4, 4});
    EXPECT_EQ(problem(pair(weight, weight.t())), (folder_ / "net.pt").string() +
                                                     ": its a.weight and b.weight share memory in different "
                                                     "shapes, and cannot be trained so; export a "
                                                     "module in which forward derives one from the other");
}

TEST_F(Scripts, ThatWereTracedInOneModeSayWhichLayersKeepToIt) {
    EXPECT_THAT(
        notes_of("return torch.dropout(torch.flatten(x, 1) * self.weight, 0.5, False)"),
        ElementsAre(
            "dropout stays off while it is trained (1 layer): the module was traced in evaluation mode; "
            "torch.jit.script(model) keeps both modes"));
    EXPECT_THAT(
        notes_of(
            "return torch.dropout(torch.dropout(torch.flatten(x, 1) * self.weight, 0.5, True), 0.5, True)"),
        ElementsAre("dropout stays on while it is tested (2 layers): the module was traced in training mode; "
                    "torch.jit.script(model) keeps both modes"));
    const std::string norm =
        "return torch.batch_norm(torch.flatten(x, 1), self.weight, None, self.weight, self.weight, ";
    EXPECT_THAT(
        notes_of(norm + "False, 0.1, 1e-5, False)"),
        ElementsAre(
            "BatchNorm uses its stored statistics while it is trained (1 layer): the module was traced in "
            "evaluation mode; torch.jit.script(model) keeps both modes"));
    EXPECT_THAT(notes_of("return torch.dropout(torch.flatten(x, 1) * self.weight, 0.5, self.training)"),
                testing::IsEmpty());
}

TEST_F(Scripts, ThatReturnMoreThanTheScoresAreRefusedWithTheWayOut) {
    torch::jit::Module net("Net");
    net.define("def forward(self, x):\n    return torch.flatten(x, 1), x\n");
    EXPECT_EQ(problem(net),
              "the script's forward returns a tuple, where a tensor of scores is needed; export a module "
              "whose forward "
              "returns the scores alone");
}

TEST_F(Scripts, OfHalfOrDoubleWeightsAreRefusedWithTheWayOut) {
    EXPECT_EQ(problem(square_layer(torch::ones({4, 4}, torch::kHalf))),
              (folder_ / "net.pt").string() +
                  ": its weight is of type half, and training needs float: export model.float(); precision: "
                  "bf16 then "
                  "computes in 16 bits");
    EXPECT_THAT(problem(square_layer(torch::ones({4, 4}, torch::kDouble))), HasSubstr("of type double"));
}

TEST_F(Scripts, ThatNeedMoreThanOneImageForTheirStatisticsAreKnownBefore) {
    torch::jit::Module net("Net");
    net.register_attribute("training", c10::BoolType::get(), true);
    net.register_parameter("weight", torch::ones({4}), /*is_buffer=*/false);
    net.register_buffer("mean", torch::zeros({4}));
    net.define(
        "def forward(self, x):\n"
        "    if self.training:\n"
        "        assert x.size(0) > 1, 'Expected more than 1 value per channel when training'\n"
        "    self.mean.add_(1)\n"
        "    return torch.flatten(x, 1) * self.weight\n");
    const auto model = load(net);
    const NumberedImages data(9);
    const auto check = [&](std::int64_t batch_size, bool drop_last) {
        BatchLoader loader(data, {.batch_size = batch_size, .drop_last = drop_last});
        require_last_batch_that_can_be_trained(*model, loader, [&](torch::Tensor images) {
            return model->forward(images.slice(1, 0, 1).slice(2, 0, 2).slice(3, 0, 2));
        });
    };
    EXPECT_THAT(
        [&] { check(4, false); },
        testing::ThrowsMessage<std::runtime_error>(
            "the last batch of each epoch has one image, of which the BatchNorm of this model cannot take "
            "statistics: set drop_last, or another batch_size"));
    EXPECT_THAT(
        [&] { check(1, false); },
        testing::ThrowsMessage<std::runtime_error>(
            "each batch has one image, of which the BatchNorm of this model cannot take statistics: set a "
            "larger batch_size"));
    check(4, true);
    check(5, false);
    EXPECT_EQ(model->buffers().back().sum().item<float>(), 0) << "trying it leaves no trace";
}

}  // namespace
}  // namespace tidemark::trainer
