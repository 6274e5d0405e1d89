#include <map>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/torch.h>

#include "trainer/models/baseline.hpp"
#include "trainer/models/h2q.hpp"
#include "trainer/models/mlp.hpp"
#include "trainer/models/model_catalogue.hpp"
#include "trainer/models/resnet18.hpp"
#include "trainer/models/unit_quaternions.hpp"

namespace tidemark::trainer {
namespace {

using testing::ElementsAre;
using testing::Pair;
using Shape = std::vector<std::int64_t>;

/// "Conv2d(3->64)", "Norm(64)" … of a sequence, so that the order of an architecture can be compared.
std::vector<std::string> layers(const torch::nn::Module& sequence) {
    std::vector<std::string> names;
    for (const auto& layer : sequence.children()) {
        std::string name = layer->name().substr(layer->name().rfind(':') + 1);
        name.resize(name.rfind("Impl"));
        if (const auto* conv = layer->as<torch::nn::Conv2d>())
            name += fmt::format("({}->{}, {}x{})", conv->options.in_channels(), conv->options.out_channels(),
                                conv->options.kernel_size()->at(0), conv->options.kernel_size()->at(1));
        if (const auto* norm = layer->as<Norm>()) name += fmt::format("({})", norm->channels());
        if (const auto* linear = layer->as<torch::nn::Linear>())
            name += fmt::format("({}->{})", linear->options.in_features(), linear->options.out_features());
        if (const auto* dropout = layer->as<torch::nn::Dropout>())
            name += fmt::format("({})", dropout->options.p());
        names.push_back(name);
    }
    return names;
}

std::map<std::string, std::shared_ptr<torch::nn::Module>> parts_of(const torch::nn::Module& module) {
    std::map<std::string, std::shared_ptr<torch::nn::Module>> parts;
    for (const auto& part : module.named_children()) parts[part.key()] = part.value();
    return parts;
}

torch::Tensor images(std::int64_t count) {
    return torch::randn({count, 3, 32, 32});
}

TEST(H2Q, HasExactlyTheParametersOfTheDocument) {
    const H2Q model(H2QOptions{256, 4});
    EXPECT_EQ(parameter_count(*model), 13'957'074);
    EXPECT_THAT(model->parts(), ElementsAre(Pair("stem", 38'976), Pair("to_quaternion", 17'152),
                                            Pair("stages", 13'635'976), Pair("head", 264'970)));
}

TEST(Baseline, HasExactlyTheParametersOfTheDocument) {
    const Baseline model(BaselineOptions{256});
    EXPECT_EQ(parameter_count(*model), 559'178);
    EXPECT_THAT(model->parts(), ElementsAre(Pair("features", 556'608), Pair("head", 2'570)));
}

TEST(H2Q, IsBuiltInTheOrderOfTheDocument) {
    const H2Q model(H2QOptions{32, 4});
    const auto parts = parts_of(*model);
    EXPECT_THAT(layers(*parts.at("stem")), ElementsAre("Conv2d(3->64, 3x3)", "Norm(64)", "GELU",
                                                       "Conv2d(64->64, 3x3)", "Norm(64)", "GELU"));
    EXPECT_THAT(layers(*parts.at("to_quaternion")), ElementsAre("Conv2d(64->32, 1x1)", "Norm(32)"));
    EXPECT_THAT(layers(*parts.at("stages")),
                ElementsAre("Evolution", "Evolution", "MaxPool2d", "Conv2d(32->64, 1x1)", "Norm(64)",
                            "Evolution", "Evolution", "MaxPool2d", "Conv2d(64->128, 1x1)", "Norm(128)",
                            "Evolution", "Evolution", "MaxPool2d",  //
                            "Evolution", "Evolution"));
    EXPECT_THAT(layers(*parts.at("head")),
                ElementsAre("AdaptiveAvgPool2d", "Flatten", "Dropout(0.2)", "Linear(128->32)", "GELU",
                            "Dropout(0.1)", "Linear(32->10)"));
}

TEST(Baseline, IsBuiltInTheOrderOfTheDocument) {
    const Baseline model(BaselineOptions{32});
    EXPECT_THAT(layers(*parts_of(*model).at("features")),
                ElementsAre("Conv2d(3->64, 3x3)", "Norm(64)", "ReLU", "Conv2d(64->64, 3x3)", "Norm(64)",
                            "ReLU", "MaxPool2d",  //
                            "Conv2d(64->128, 3x3)", "Norm(128)", "ReLU", "Conv2d(128->128, 3x3)", "Norm(128)",
                            "ReLU", "MaxPool2d",  //
                            "Conv2d(128->32, 3x3)", "Norm(32)", "ReLU", "AdaptiveAvgPool2d", "Flatten"));
}

TEST(H2Q, GivesTenScoresForEveryDepth) {
    for (std::int64_t depth = 1; depth <= 5; ++depth) {
        H2Q model(H2QOptions{16, depth});
        EXPECT_EQ(model->forward(images(1)).sizes(), Shape({1, 10})) << "depth " << depth;
    }
    EXPECT_EQ(H2Q(H2QOptions{32, 4})->forward(images(3)).sizes(), Shape({3, 10}));
}

TEST(Baseline, GivesTenScores) {
    EXPECT_EQ(Baseline(BaselineOptions{16})->forward(images(3)).sizes(), Shape({3, 10}));
}

TEST(H2Q, RoundsAWidthDownToWholeQuaternions) {
    const H2Q model(H2QOptions{10, 2});
    EXPECT_THAT(layers(*parts_of(*model).at("to_quaternion")), ElementsAre("Conv2d(64->8, 1x1)", "Norm(8)"));
}

TEST(H2Q, SaysWhichWidthsItCannotDivide) {
    EXPECT_THAT(
        [] {
            H2Q(H2QOptions{44, 4});
        },
        testing::ThrowsMessage<std::invalid_argument>(
            "h2q cannot divide 88 channels into 5 groups at hidden 44; choose a multiple of 16 for hidden"));
    EXPECT_NO_THROW(H2Q(H2QOptions{48, 4}));
}

TEST(NormaliseQuaternions, GivesEveryFourChannelsTheLengthOne) {
    torch::Tensor features = torch::zeros({1, 8, 1, 2});
    features.index_put_({0, 0, 0, 0}, 3);
    features.index_put_({0, 2, 0, 0}, -4);
    features.index_put_({0, 7, 0, 1}, 0.5);
    const torch::Tensor unit = normalise_quaternions(features);
    torch::Tensor expected = torch::zeros({1, 8, 1, 2});
    expected.index_put_({0, 0, 0, 0}, 0.6);
    expected.index_put_({0, 2, 0, 0}, -0.8);
    expected.index_put_({0, 7, 0, 1}, 1);
    EXPECT_TRUE(torch::allclose(unit, expected)) << unit;  // a quaternion of zeros stays one
}

TEST(NormaliseQuaternions, HasFiniteGradientsAtZero) {
    torch::Tensor features = torch::zeros({1, 4, 1, 1}, torch::requires_grad());
    normalise_quaternions(features).sum().backward();
    EXPECT_TRUE(torch::isfinite(features.grad()).all().item<bool>()) << features.grad();
}

TEST(Evolution, IsTheFormulaOfTheDocument) {
    torch::manual_seed(1);
    const std::int64_t channels = 32;
    Evolution step(channels);
    std::map<std::string, torch::Tensor> w;
    for (const auto& parameter : step->named_parameters()) w[parameter.key()] = parameter.value();
    EXPECT_EQ(w.at("scale").numel(), 1);
    EXPECT_FLOAT_EQ(w.at("scale").item<float>(), 0.1F);
    EXPECT_TRUE(w.at("scale").requires_grad());

    const torch::Tensor x = torch::randn({2, channels, 5, 5});
    const auto norm = [&](const torch::Tensor& input, const std::string& name) {
        return torch::batch_norm(input, w.at(name + ".weight"), w.at(name + ".bias"), {}, {},
                                 /*training=*/true, 0.1, 1e-5, false);
    };
    const torch::Tensor g = torch::gelu(
        norm(torch::conv2d(x, w.at("spatial.weight"), w.at("spatial.bias"), 1, 1, 1, /*groups=*/2),
             "spatial_norm"));
    const torch::Tensor d =
        0.1 *
        torch::tanh(torch::conv2d(torch::gelu(torch::conv2d(g, w.at("squeeze.weight"), w.at("squeeze.bias"))),
                                  w.at("expand.weight"), w.at("expand.bias")));
    const torch::Tensor merged =
        torch::conv2d(torch::cat({g + d, g - d}, 1), w.at("merge.weight"), w.at("merge.bias"));
    EXPECT_TRUE(torch::allclose(step->forward(x), norm(merged, "merge_norm") + x, 1e-4, 1e-5));
}

TEST(Gelu, IsTheExactOne) {
    // 1 · Φ(1); the approximation by tanh gives 0.841192
    EXPECT_NEAR(torch::gelu(torch::ones({1}, torch::kDouble)).item<double>(), 0.8413447460685429, 1e-12);
    EXPECT_NEAR(torch::nn::GELU()->forward(torch::ones({1}, torch::kDouble)).item<double>(),
                0.8413447460685429, 1e-12);
}

TEST(ResNet18, HasExactlyTheParametersOfItsFormForSmallImages) {
    const ResNet18 model(ResNet18Options{});
    EXPECT_EQ(parameter_count(*model), 11'173'962);
    EXPECT_THAT(model->parts(),
                ElementsAre(Pair("stem", 1'856), Pair("stages", 11'166'976), Pair("head", 5'130)));
    EXPECT_EQ(parameter_count(*ResNet18(ResNet18Options{NormKind::Group})), 11'173'962);
}

TEST(ResNet18, IsTheFormulaOfItsPublication) {
    torch::manual_seed(1);
    ResidualBlock block(4, 6, 2, NormKind::Batch);
    std::map<std::string, torch::Tensor> w;
    for (const auto& parameter : block->named_parameters()) w[parameter.key()] = parameter.value();
    const torch::Tensor x = torch::randn({2, 4, 6, 6});
    const auto norm = [&](const torch::Tensor& input, const std::string& name) {
        return torch::batch_norm(input, w.at(name + ".weight"), w.at(name + ".bias"), {}, {},
                                 /*training=*/true, 0.1, 1e-5, false);
    };
    const torch::Tensor first =
        torch::relu(norm(torch::conv2d(x, w.at("first.weight"), {}, 2, 1), "first_norm"));
    const torch::Tensor second = norm(torch::conv2d(first, w.at("second.weight"), {}, 1, 1), "second_norm");
    const torch::Tensor shortcut = norm(torch::conv2d(x, w.at("shortcut.weight"), {}, 2), "shortcut_norm");
    EXPECT_TRUE(torch::allclose(block->forward(x), torch::relu(second + shortcut), 1e-4, 1e-5));
}

TEST(Mlp, HasTheLayersItIsAskedFor) {
    const Mlp model(MlpOptions{16, 2});
    EXPECT_THAT(layers(*parts_of(*model).at("layers")),
                ElementsAre("Linear(3072->16)", "ReLU", "Linear(16->16)", "ReLU"));
    EXPECT_THAT(model->parts(),
                ElementsAre(Pair("layers", 3072 * 16 + 16 + 16 * 16 + 16), Pair("head", 16 * 10 + 10)));
}

Options small(const std::string& model) {
    Options options;
    options.model = model;
    options.hidden = 16;
    return options;
}

TEST(BuiltInModels, TakeImagesOfAnyFormAndGiveAsManyScoresAsThereAreClasses) {
    const DataShape grey{1, 28, 20, 7};
    for (const ModelKind& kind : built_in_models()) {
        const auto model = make_model(small(kind.description.name), grey);
        EXPECT_EQ(model->forward(torch::randn({3, 1, 28, 20})).sizes(), Shape({3, 7}))
            << kind.description.name;
    }
}

TEST(BuiltInModels, HavePartsThatShareAllParameters) {
    for (const ModelKind& kind : built_in_models()) {
        const auto model = make_model(small(kind.description.name), DataShape{});
        std::int64_t sum = 0;
        for (const auto& [part, count] : model->parts()) sum += count;
        EXPECT_EQ(sum, parameter_count(*model)) << kind.description.name;
    }
}

TEST(BuiltInModels, GiveTheSameGradientsHoweverTheyAreCheckpointed) {
    for (const ModelKind& kind : built_in_models()) {
        std::map<std::string, torch::Tensor> gradients;
        for (const char* checkpointing : {"none", "stage", "block"}) {
            torch::manual_seed(1);
            Options options = small(kind.description.name);
            options.checkpointing = checkpointing;
            const auto model = make_model(options, DataShape{});
            torch::manual_seed(2);
            model->forward(torch::randn({2, 3, 32, 32})).square().sum().backward();
            gradients[checkpointing] = model->parameters().front().grad();
        }
        EXPECT_TRUE(torch::equal(gradients["none"], gradients["stage"])) << kind.description.name;
        EXPECT_TRUE(torch::equal(gradients["none"], gradients["block"])) << kind.description.name;
    }
}

TEST(MakeModel, MakesWhatTheOptionsName) {
    Options options;
    EXPECT_EQ(parameter_count(*make_model(options, DataShape{})), 13'957'074);
    options.model = "baseline";
    EXPECT_EQ(parameter_count(*make_model(options, DataShape{})), 559'178);
    options.model = "transformer";
    EXPECT_THAT([&] { make_model(options, DataShape{}); },
                testing::ThrowsMessage<std::invalid_argument>("unknown model transformer"));
}

TEST(DescribeModels, TellsNamesTitlesAndNumbersOfParameters) {
    std::map<std::string, std::int64_t> params;
    for (const auto& model : describe_models()) {
        if (model.params) params[model.name] = *model.params;  // of a script its file says
        EXPECT_NE(model.title, "");
        EXPECT_NE(model.meaning, "");
        if (!model.params) continue;
        EXPECT_EQ(display_name(model.name), model.title);
    }
    EXPECT_THAT(params, testing::UnorderedElementsAre(Pair("h2q", 13'957'074), Pair("baseline", 559'178),
                                                      Pair("resnet18", 11'173'962), Pair("mlp", 986'634)));
}

}  // namespace
}  // namespace tidemark::trainer
