#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/torch.h>

#include "trainer/datasets/dataset_catalogue.hpp"
#include "trainer/loader/batch_loader.hpp"
#include "trainer/memory/file_pages.hpp"
#include "trainer/memory/prediction.hpp"
#include "trainer/memory/tensor_account.hpp"
#include "unit/trainer/support.hpp"

namespace tidemark::trainer {
namespace {

constexpr std::int64_t kFloat = sizeof(float);

TEST(TensorAccount, CountsEveryTensorByWhatItIsFor) {
    const auto account = std::make_shared<TensorAccount>();
    const AccountingScope accounting(account);
    torch::Tensor parameter;
    {
        const CategoryScope scope(Category::Parameters);
        parameter = torch::zeros({100});
    }
    {
        const torch::Tensor activation = torch::zeros({1000});
        EXPECT_EQ(account->live().of(Category::Activations), 1000 * kFloat);
    }
    EXPECT_EQ(account->live().of(Category::Parameters), 100 * kFloat);
    EXPECT_EQ(account->live().of(Category::Activations), 0);
    EXPECT_EQ(account->live().total, 100 * kFloat);
    EXPECT_EQ(account->peak().of(Category::Activations), 1000 * kFloat);
    EXPECT_EQ(account->peak().total, 1100 * kFloat);

    account->start_phase();
    EXPECT_EQ(account->peak().total, 100 * kFloat);
    account->claim(parameter, Category::Buffers);
    EXPECT_EQ(account->live().of(Category::Parameters), 0);
    EXPECT_EQ(account->live().of(Category::Buffers), 100 * kFloat);
    account->claim_all(Category::Buffers, Category::OptimizerState);
    EXPECT_EQ(account->live().of(Category::OptimizerState), 100 * kFloat);
    parameter.reset();
    EXPECT_EQ(account->live().total, 0);
}

TEST(TensorAccount, CountsTheBatchesOfWorkerThreadsToo) {
    const auto account = std::make_shared<TensorAccount>();
    const AccountingScope accounting(account);
    const NumberedImages data(8);
    LoaderOptions options;
    options.batch_size = 2;
    options.workers = 2;
    BatchLoader loader(data, options);
    loader.start_epoch(1);
    const std::int64_t one = 2 * (kPixels * kFloat + static_cast<std::int64_t>(sizeof(std::int64_t)));
    std::vector<Batch> all;
    while (auto batch = loader.next()) all.push_back(*batch);
    EXPECT_EQ(account->live().of(Category::Batches), 4 * one);
    all.clear();
    EXPECT_EQ(account->live().total, 0);
}

TEST(TensorAccount, CountsWhatTheBackwardPassMakes) {
    const auto account = std::make_shared<TensorAccount>();
    const AccountingScope accounting(account);
    const torch::Tensor weight = torch::ones({500}, torch::requires_grad());
    (weight * 2).sum().backward();
    EXPECT_EQ(account->live().total, 2 * 500 * kFloat);  // the weight and its gradient
}

TEST(Prediction, IsTheDocumentsTable) {
    constexpr std::int64_t kParameters = 13'957'074;
    Options original;
    original.batch_size = 128;
    original.workers = 2;
    const Prediction one = predict(original, kParameters);
    EXPECT_NEAR(one.model_bytes, 167e6, 1e6);
    EXPECT_DOUBLE_EQ(one.activation_bytes, 400e6);
    EXPECT_DOUBLE_EQ(one.loader_bytes, 500e6);
    EXPECT_NEAR(one.total_bytes(), 1.1e9, 0.05e9);
    Options optimized;
    optimized.batch_size = 16;
    const Prediction other = predict(optimized, kParameters);
    EXPECT_DOUBLE_EQ(other.activation_bytes, 50e6);
    EXPECT_DOUBLE_EQ(other.loader_bytes, 0);
    EXPECT_NEAR(other.total_bytes(), 220e6, 5e6);
}

/// Files of CIFAR-10's size that hold nothing but zeros: black aeroplanes.
void make_black_images(const std::filesystem::path& folder) {
    constexpr std::int64_t kFileSize = 10'000 * (1 + kPixels);
    std::filesystem::create_directories(folder / "cifar-10-batches-bin");
    for (int number = 1; number <= 5; ++number) {
        const auto file = folder / "cifar-10-batches-bin" / ("data_batch_" + std::to_string(number) + ".bin");
        std::ofstream(file).close();
        std::filesystem::resize_file(file, kFileSize);
    }
}

TEST(Cifar10, AddsNoFilePagesInAnEpoch) {
    const TemporaryFolder folder;
    make_black_images(folder.path());
    const auto data = open_dataset({.dataset = "cifar10", .data_dir = folder.path()}, Split::Train);
    LoaderOptions options;
    options.batch_size = 100;
    options.shuffle = true;
    BatchLoader loader(*data, options);
    loader.start_epoch(1);
    loader.next();
    const std::int64_t before = resident_file_pages().value;
    ASSERT_GT(before, 0);
    while (loader.next()) {
    }
    EXPECT_LT(resident_file_pages().value - before, 5 * 1024 * 1024);
}

TEST(DropFilePages, GivesBackPagesThatComeBackWhenTheyAreUsed) {
    const torch::Tensor before = torch::linspace(0, 1, 1000).exp().cumsum(0);
    const std::int64_t resident = resident_file_pages().value;
    drop_file_pages();
    EXPECT_LT(resident_file_pages().value, resident / 2);
    EXPECT_TRUE(torch::equal(torch::linspace(0, 1, 1000).exp().cumsum(0), before));
}

}  // namespace
}  // namespace tidemark::trainer
