#include "trainer/training/train_epoch.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/torch.h>

#include "unit/trainer/support.hpp"

namespace tidemark::trainer {
namespace {

using testing::ElementsAre;

/// A linear classifier without BatchNorm, in double precision: what accumulation does to it can be computed.
struct LinearTraining {
    LinearTraining() {
        torch::manual_seed(5);
        layer = torch::nn::Linear(kPixels, 10);
        layer->to(torch::kDouble);
    }

    torch::Tensor scores(const torch::Tensor& images) {
        return layer->forward(images.flatten(1).to(torch::kDouble));
    }

    EpochSums epoch(std::int64_t images, std::int64_t batch_size, std::int64_t accumulation,
                    bool drop_last = false) {
        const NumberedImages data(images);
        LoaderOptions options;
        options.batch_size = batch_size;
        options.drop_last = drop_last;
        BatchLoader loader(data, options);
        loader.start_epoch(1);
        torch::optim::SGD optimizer(layer->parameters(), torch::optim::SGDOptions(kRate));
        LossScaler scaler(/*enabled=*/false);
        return train_epoch([this](const torch::Tensor& batch) { return scores(batch); }, optimizer, scaler,
                           loader, {.accumulation = accumulation},
                           [this](double loss, const EpochSums& sums) {
                               numbers.push_back(sums.batches);
                               losses.push_back(loss);
                           });
    }

    /// One step of gradient descent on the mean loss of the images from `first` to before `last`.
    void step_by_hand(std::int64_t first, std::int64_t last) {
        const NumberedImages data(last);
        LoaderOptions options;
        options.batch_size = last;
        BatchLoader loader(data, options);
        loader.start_epoch(1);
        const Batch batch = *loader.next();
        using torch::indexing::Slice;
        const torch::Tensor loss = torch::cross_entropy_loss(scores(batch.images.index({Slice(first)})),
                                                             batch.labels.index({Slice(first)}));
        const auto gradients = torch::autograd::grad({loss}, layer->parameters());
        const torch::NoGradGuard no_gradients;
        layer->weight -= kRate * gradients[0];
        layer->bias -= kRate * gradients[1];
    }

    bool same_weights(const LinearTraining& other) const {
        return torch::allclose(layer->weight, other.layer->weight, 1e-10, 1e-12) &&
               torch::allclose(layer->bias, other.layer->bias, 1e-10, 1e-12);
    }

    static constexpr double kRate = 1e-3;
    torch::nn::Linear layer{nullptr};
    std::vector<std::int64_t> numbers;
    std::vector<double> losses;
};

TEST(TrainEpoch, AccumulatesToTheGradientOfTheLargeBatch) {
    LinearTraining accumulated;
    LinearTraining at_once;
    LinearTraining by_hand;
    // batches of 3, 3, 3 and 1: each image weighs the same in the step, those of the short batch too
    EXPECT_EQ(accumulated.epoch(10, 3, 4).optimizer_steps, 1);
    EXPECT_EQ(at_once.epoch(10, 10, 1).optimizer_steps, 1);
    by_hand.step_by_hand(0, 10);
    EXPECT_TRUE(accumulated.same_weights(at_once));
    EXPECT_TRUE(accumulated.same_weights(by_hand));
    EXPECT_FALSE(accumulated.same_weights(LinearTraining()));
}

TEST(TrainEpoch, DividesAShortLastGroupByItsTrueSize) {
    LinearTraining accumulated;
    LinearTraining by_hand;
    // groups of 2 + 2 + 2 and 2 + 1 images
    const EpochSums sums = accumulated.epoch(9, 2, 3);
    EXPECT_EQ(sums.optimizer_steps, 2);
    EXPECT_EQ(sums.images, 9);
    by_hand.step_by_hand(0, 6);
    by_hand.step_by_hand(6, 9);
    EXPECT_TRUE(accumulated.same_weights(by_hand));
}

TEST(TrainEpoch, LeavesOutAShortLastBatchWhereAsked) {
    LinearTraining dropping;
    LinearTraining by_hand;
    const EpochSums sums = dropping.epoch(9, 2, 3, /*drop_last=*/true);
    EXPECT_EQ(sums.images, 8);
    EXPECT_EQ(sums.optimizer_steps, 2);
    by_hand.step_by_hand(0, 6);
    by_hand.step_by_hand(6, 8);
    EXPECT_TRUE(dropping.same_weights(by_hand));
}

TEST(TrainEpoch, TellsTheMeanLossOfEveryBatchAndOfTheEpoch) {
    LinearTraining training;
    const EpochSums sums = training.epoch(5, 2, 1);
    EXPECT_THAT(training.numbers, ElementsAre(1, 2, 3));
    const auto& batch = training.losses;
    EXPECT_NEAR(sums.mean_loss(), (2 * batch[0] + 2 * batch[1] + batch[2]) / 5, 1e-12);
}

}  // namespace
}  // namespace tidemark::trainer
