#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <functional>
#include <stdexcept>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/torch.h>

#include "trainer/loader/batch_loader.hpp"
#include "unit/trainer/support.hpp"

namespace tidemark::trainer {
namespace {

using testing::ElementsAre;

LoaderOptions options(std::int64_t batch_size, std::int64_t workers = 0) {
    LoaderOptions options;
    options.batch_size = batch_size;
    options.workers = workers;
    options.seed = 1;
    return options;
}

struct Epoch {
    std::vector<std::int64_t> sizes;
    torch::Tensor images;
    torch::Tensor labels;
};

Epoch read_epoch(BatchLoader& loader, std::int64_t epoch) {
    std::vector<std::int64_t> sizes;
    std::vector<torch::Tensor> images;
    std::vector<torch::Tensor> labels;
    loader.start_epoch(epoch);
    while (auto batch = loader.next()) {
        sizes.push_back(batch->size());
        images.push_back(batch->images);
        labels.push_back(batch->labels);
    }
    return {sizes, torch::cat(images), torch::cat(labels)};
}

bool same(const Epoch& one, const Epoch& other) {
    return torch::equal(one.images, other.images) && torch::equal(one.labels, other.labels);
}

TEST(BatchLoader, GivesEveryImageOnceInOrderWithAShortLastBatch) {
    const NumberedImages data(7);
    BatchLoader loader(data, options(3));
    const Epoch epoch = read_epoch(loader, 1);
    EXPECT_THAT(epoch.sizes, ElementsAre(3, 3, 1));
    EXPECT_EQ(loader.batches(), 3);
    EXPECT_EQ(loader.batch_size(0), 3);
    EXPECT_EQ(loader.batch_size(2), 1);
    EXPECT_TRUE(torch::equal(epoch.labels, torch::arange(7)));
    for (std::int64_t i = 0; i < 7; ++i) {
        const double expected = (static_cast<double>(i) / 255 - 0.4914) / 0.2023;
        EXPECT_NEAR(epoch.images[i][0][31][31].item<double>(), expected, 1e-6);
    }
    EXPECT_FALSE(loader.next());  // and stays at its end
}

TEST(BatchLoader, LeavesOutAShortLastBatchWhereAsked) {
    const NumberedImages data(7);
    LoaderOptions dropping = options(3, 2);
    dropping.drop_last = true;
    BatchLoader loader(data, dropping);
    EXPECT_EQ(loader.batches(), 2);
    EXPECT_THAT(read_epoch(loader, 1).sizes, ElementsAre(3, 3));

    dropping.batch_size = 8;
    BatchLoader empty(data, dropping);
    EXPECT_EQ(empty.batches(), 0);
    empty.start_epoch(1);
    EXPECT_FALSE(empty.next());
}

TEST(BatchLoader, ShufflesBySeedAndEpochAlone) {
    const NumberedImages data(100);
    LoaderOptions shuffled = options(10);
    shuffled.shuffle = true;
    BatchLoader loader(data, shuffled);
    const Epoch first = read_epoch(loader, 1);
    const Epoch second = read_epoch(loader, 2);
    EXPECT_FALSE(same(first, second));
    EXPECT_TRUE(same(first, read_epoch(loader, 1)));
    EXPECT_TRUE(torch::equal(std::get<0>(first.images.select(1, 0).select(1, 0).select(1, 0).sort()),
                             std::get<0>(second.images.select(1, 0).select(1, 0).select(1, 0).sort())));

    shuffled.batch_size = 7;
    BatchLoader other_batches(data, shuffled);
    EXPECT_TRUE(same(second, read_epoch(other_batches, 2)));
    shuffled.seed = 2;
    BatchLoader other_seed(data, shuffled);
    EXPECT_FALSE(same(second, read_epoch(other_seed, 2)));
}

TEST(BatchLoader, GivesTheSameBatchesWithAnyNumberOfWorkers) {
    const NumberedImages data(50);
    LoaderOptions random = options(8);
    random.shuffle = true;
    random.augment = true;
    BatchLoader alone(data, random);
    for (const WorkerKind kind : {WorkerKind::Thread, WorkerKind::Process}) {
        for (const std::int64_t workers : {1, 2, 5}) {
            random.worker_kind = kind;
            random.workers = workers;
            random.prefetch = workers == 2 ? 4 : 1;
            BatchLoader helped(data, random);
            for (std::int64_t epoch = 1; epoch <= 3; ++epoch)
                EXPECT_TRUE(same(read_epoch(alone, epoch), read_epoch(helped, epoch)))
                    << workers << " workers";
        }
    }
}

TEST(BatchLoader, AugmentsAnewInEveryEpoch) {
    const NumberedImages data(50);
    LoaderOptions random = options(50);
    random.augment = true;
    BatchLoader loader(data, random);
    const Epoch first = read_epoch(loader, 1);
    const Epoch second = read_epoch(loader, 2);
    EXPECT_TRUE(torch::equal(first.labels, second.labels));
    EXPECT_FALSE(torch::equal(first.images, second.images));
}

/// Counts the images that were read, and fails at one of them.
class Watched : public NumberedImages {
  public:
    explicit Watched(std::int64_t size, std::int64_t damaged = -1)
        : NumberedImages(size), damaged_(damaged) {}
    void read(std::int64_t index, Example& example) const override {
        ++reads;
        if (index == damaged_) throw std::runtime_error("image 6 is damaged");
        NumberedImages::read(index, example);
    }
    mutable std::atomic<std::int64_t> reads = 0;

  private:
    std::int64_t damaged_;
};

TEST(BatchLoader, RethrowsWhatReadingThrewAlsoInAWorker) {
    for (const std::int64_t workers : {0, 1, 3, -1, -3}) {
        const Watched data(100, 6);
        LoaderOptions told = options(2, std::abs(workers));
        if (workers < 0) told.worker_kind = WorkerKind::Process;
        BatchLoader loader(data, told);
        // the second time shows that the workers of the first are gone and a new epoch can begin
        for (int attempt = 0; attempt < 2; ++attempt) {
            loader.start_epoch(1);
            EXPECT_THAT(
                [&] {
                    while (loader.next()) {
                    }
                },
                testing::ThrowsMessage<std::runtime_error>("image 6 is damaged"));
        }
    }
}

TEST(BatchLoader, PreparesTwoBatchesAheadForEachWorkerAndNoMore) {
    const Watched data(60);
    BatchLoader loader(data, options(1, 3));
    loader.start_epoch(1);
    for (std::int64_t taken = 1; taken <= 60; ++taken) {
        ASSERT_TRUE(loader.next());
        ASSERT_LE(data.reads, taken + 6);
    }
    EXPECT_FALSE(loader.next());
    EXPECT_EQ(data.reads, 60);
}

/// Ends the process that reads image 6, unless it is the one that made this object.
class Deadly : public NumberedImages {
  public:
    Deadly(std::int64_t size, std::function<void()> end)
        : NumberedImages(size), end_(std::move(end)), home_(getpid()) {}
    void read(std::int64_t index, Example& example) const override {
        if (index == 6 && getpid() != home_) end_();
        NumberedImages::read(index, example);
    }

  private:
    std::function<void()> end_;
    pid_t home_;
};

TEST(BatchLoader, SaysWhichWorkerProcessDiedAndHow) {
    const std::vector<std::pair<std::function<void()>, std::string>> endings{
        {[] { raise(SIGKILL); }, "was killed by signal 9 (Killed)"},
        {[] { _exit(3); }, "ended with exit code 3"}};
    for (const auto& [end, words] : endings) {
        const Deadly data(20, end);
        LoaderOptions told = options(2, 2);
        told.worker_kind = WorkerKind::Process;
        BatchLoader loader(data, told);
        loader.start_epoch(1);
        std::int64_t batches = 0;
        const auto read_all = [&] {
            while (loader.next()) ++batches;
        };
        EXPECT_THAT(
            read_all,
            testing::ThrowsMessage<std::runtime_error>(testing::MatchesRegex(
                "loader worker 2 of 2 \\(process [0-9]+\\) " +
                (words == "ended with exit code 3" ? words : "was killed by signal 9 \\(Killed\\)"))));
        EXPECT_EQ(batches, 3);  // images 6 and 7 are batch 4, which is the second worker's
    }
}

TEST(BatchLoader, LeavesNoWorkerProcessBehind) {
    const NumberedImages data(40);
    {
        LoaderOptions told = options(1, 3);
        told.worker_kind = WorkerKind::Process;
        BatchLoader loader(data, told);
        loader.start_epoch(1);
        loader.next();
        loader.start_epoch(2);
        while (loader.next()) {
        }
        EXPECT_GT(loader.worker_memory().value, 0);
        loader.start_epoch(3);
    }
    EXPECT_EQ(waitpid(-1, nullptr, WNOHANG), -1);
    EXPECT_EQ(errno, ECHILD);
}

TEST(BatchLoader, CanBeLeftInTheMiddleOfAnEpoch) {
    const NumberedImages data(1000);
    for (int i = 0; i < 20; ++i) {
        BatchLoader loader(data, options(1, 4));
        loader.start_epoch(1);
        if (i % 2 == 1) loader.next();
        if (i % 3 == 1) loader.start_epoch(2);
    }
}

}  // namespace
}  // namespace tidemark::trainer
