// Weights and checkpoints on the disk. What Python reads of them is held by its format: the records of a file
// that torch.save writes, as LibTorch's own loaders read them.
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <torch/script.h>

#include "support/places.hpp"
#include "trainer/models/model_catalogue.hpp"
#include "trainer/saving/atomic_file.hpp"
#include "trainer/saving/checkpoint_file.hpp"
#include "trainer/saving/weights_file.hpp"
#include "unit/trainer/support.hpp"

namespace tidemark::trainer {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

std::shared_ptr<Classifier> baseline(std::int64_t hidden, std::uint64_t seed) {
    torch::manual_seed(seed);
    Options options;
    options.model = "baseline";
    options.hidden = hidden;
    const auto model = make_model(options, DataShape{});
    model->eval();
    return model;
}

bool same(const Classifier& one, const Classifier& other) {
    const NamedTensors left = one.state();
    const NamedTensors right = other.state();
    for (std::size_t i = 0; i < left.size(); ++i)
        if (left[i].first != right.at(i).first || !left[i].second.equal(right[i].second)) return false;
    return left.size() == right.size();
}

TEST(WeightsFile, IsAStateDictWithTheNamesOfThePeer) {
    const TemporaryFolder folder;
    const auto model = baseline(16, 1);
    write_weights(folder / "model.pt", *model);
    const std::string text = read_file(folder / "model.pt").value();
    const c10::IValue value = torch::pickle_load(std::vector<char>(text.begin(), text.end()));
    const auto dict = value.toGenericDict();
    EXPECT_TRUE(
        dict.at("features.0.weight").toTensor().equal(model->named_parameters()["features.0.weight"]));
    EXPECT_TRUE(dict.contains("features.1.running_mean"));
    EXPECT_TRUE(dict.contains("head.bias"));
    EXPECT_EQ(dict.size(), model->state().size());
    EXPECT_THAT(text, testing::Not(HasSubstr("restore_type_tag")))
        << "torch.load(weights_only=True) refuses it";
    EXPECT_FALSE(fs::exists(folder / "model.pt.part"));
}

TEST(WeightsFile, GivesTheWeightsBackBitForBit) {
    const TemporaryFolder folder;
    const auto model = baseline(16, 1);
    write_weights(folder / "model.pt", *model);
    const auto other = baseline(16, 2);
    EXPECT_FALSE(same(*model, *other));
    read_weights(folder / "model.pt", *other);
    EXPECT_TRUE(same(*model, *other));
}

TEST(WeightsFile, OfAScriptIsAModuleThatTorchJitLoadReads) {
    const TemporaryFolder folder;
    Options options;
    options.model = "script:" + test::source_dir() + "/tests/models/tiny.pt";
    const auto model = make_model(options, DataShape{});
    {
        const torch::NoGradGuard no_gradients;
        for (torch::Tensor& parameter : model->parameters()) parameter.add_(0.25);
    }
    model->eval();
    write_weights(folder / "model.pt", *model);
    torch::jit::Module loaded = torch::jit::load((folder / "model.pt").string());
    EXPECT_FALSE(loaded.is_training());
    const torch::Tensor images = torch::randn({2, 3, 32, 32});
    const torch::NoGradGuard no_gradients;
    EXPECT_TRUE(loaded.forward({images}).toTensor().equal(model->forward(images)));
    const auto fresh = make_model(options, DataShape{});
    EXPECT_FALSE(same(*fresh, *model));
    read_weights(folder / "model.pt", *fresh);
    EXPECT_TRUE(same(*fresh, *model));
}

TEST(WeightsFile, OfAnotherModelIsRefusedAndChangesNothing) {
    const TemporaryFolder folder;
    const std::string file = (folder / "model.pt").string();
    write_weights(file, *baseline(32, 1));
    const auto model = baseline(16, 2);
    const auto before = baseline(16, 2);
    const auto problem = [&] {
        try {
            read_weights(file, *model);
            return std::string();
        } catch (const std::runtime_error& error) {
            return std::string(error.what());
        }
    };
    EXPECT_EQ(problem(),
              file +
                  ": its features.14.weight is 32 × 128 × 3 × 3, where 16 × 128 × 3 × 3 is needed; it "
                  "holds the weights of another model, or of one with other options (hidden, depth, norm, "
                  "classes, channels)");
    EXPECT_TRUE(same(*model, *before));
    Options options;
    options.model = "mlp";
    write_weights(file, *make_model(options, DataShape{}));
    EXPECT_THAT(problem(),
                testing::StartsWith(file + ": it has no features.0.weight (64 × 3 × 3 × 3); it holds "));
    write_file(file, "no weights");
    EXPECT_THAT(problem(),
                testing::StartsWith(file + " holds no weights that can be read; in Python, "
                                           "torch.save(dict(model.state_dict()), FILE) writes them ("));
    fs::remove(file);
    EXPECT_EQ(problem(), "init: there is no file " + file);
}

TEST(AtomicFile, IsThereWholeOrNotAtAll) {
    const TemporaryFolder folder;
    write_file(folder / "kept", "what was there");
    {
        AtomicFile file(folder / "kept");
        file.write("new", 3);
    }
    EXPECT_EQ(read_file(folder / "kept"), "what was there");
    EXPECT_FALSE(fs::exists(folder / "kept.part"));
    AtomicFile file(folder / "kept");
    const std::string large(5'000'000, 'x');
    file.write(large.data(), large.size());
    EXPECT_EQ(read_file(folder / "kept"), "what was there");
    file.commit();
    EXPECT_EQ(read_file(folder / "kept"), large);
    EXPECT_THAT([&] { AtomicFile(folder / "nowhere/file"); },
                testing::ThrowsMessage<std::runtime_error>(
                    "cannot write " + (folder / "nowhere/file").string() + ": No such file or directory"));
}

class Checkpoints : public testing::Test {
  protected:
    std::string problem(const std::vector<torch::Tensor>& into) const {
        try {
            CheckpointReader reader(file_);
            reader.verify();
            reader.fill(into);
            return "";
        } catch (const std::runtime_error& error) {
            return error.what();
        }
    }
    std::string refusal(const std::string& why) const {
        return "cannot resume from " + file_.string() + ": " + why;
    }
    TemporaryFolder folder_;
    std::filesystem::path file_ = folder_ / "checkpoint.pt";
};

TEST_F(Checkpoints, KeepFactsAndTensorsOfEveryKindBitForBit) {
    const std::vector<torch::Tensor> tensors{
        torch::randn({3, 5}), torch::arange(7), torch::ones({4}, torch::kUInt8),
        torch::randn({2, 3, 4, 4}).contiguous(torch::MemoryFormat::ChannelsLast)};
    write_checkpoint(file_, {{"epoch", 3}}, tensors);
    std::vector<torch::Tensor> into;
    for (const torch::Tensor& tensor : tensors) into.push_back(torch::zeros_like(tensor));
    CheckpointReader reader(file_);
    EXPECT_EQ(reader.facts().at("epoch"), 3);
    reader.fill(into);
    for (std::size_t i = 0; i < tensors.size(); ++i) EXPECT_TRUE(into[i].equal(tensors[i])) << i;
}

TEST_F(Checkpoints, ThatAreDamagedOrOfAnotherModelAreRefused) {
    const torch::Tensor tensor = torch::full({1000}, 7, torch::kUInt8);
    write_checkpoint(file_, {{"epoch", 3}}, {tensor});
    EXPECT_EQ(problem({torch::zeros({1000}, torch::kUInt8)}), "");
    EXPECT_EQ(problem({torch::zeros({999}, torch::kUInt8)}),
              refusal("it is of another model, or of another optimizer"));
    EXPECT_EQ(problem({}), refusal("it is of another model, or of another optimizer"));
    std::string text = read_file(file_).value();
    const std::size_t at = text.find(std::string(1000, '\x07'));
    ASSERT_NE(at, std::string::npos);
    text[at + 500] = '\x08';
    write_file(file_, text);
    EXPECT_EQ(problem({torch::zeros({1000}, torch::kUInt8)}), refusal("its tensor/0 is damaged"));
    write_file(file_, text.substr(0, text.size() / 2));
    EXPECT_EQ(problem({}), refusal("it is no checkpoint, or not whole"));
    fs::remove(file_);
    EXPECT_EQ(problem({}), refusal("there is no such file"));
}

}  // namespace
}  // namespace tidemark::trainer
