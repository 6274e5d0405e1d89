#include "trainer/loader/batch_loader.hpp"

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <map>
#include <mutex>
#include <numeric>
#include <thread>

#include "trainer/datasets/augmentation.hpp"
#include "trainer/datasets/random.hpp"

namespace tidemark::trainer {
namespace {

constexpr std::int64_t kAheadPerWorker = 2;
constexpr std::uint64_t kOrderStream = 1;
constexpr std::uint64_t kAugmentationStream = 2;

}  // namespace

/// Threads that make the batches of one epoch ahead of their use. They end with this object.
class BatchLoader::Workers {
  public:
    Workers(const BatchLoader& loader, std::int64_t count)
        : loader_(loader), ahead_(count * kAheadPerWorker) {
        for (std::int64_t i = 0; i < count; ++i)
            threads_.emplace_back([this](const std::stop_token& stop) { work(stop); });
    }

    ~Workers() {
        for (std::jthread& thread : threads_) thread.request_stop();
    }

    Batch take(std::int64_t number) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return ready_.contains(number) || failure_; });
        if (!ready_.contains(number)) std::rethrow_exception(failure_);
        Batch batch = std::move(ready_.extract(number).mapped());
        taken_ = number + 1;
        lock.unlock();
        changed_.notify_all();
        return batch;
    }

  private:
    void work(const std::stop_token& stop) {
        while (true) {
            std::unique_lock lock(mutex_);
            const bool go_on = changed_.wait(lock, stop, [&] { return started_ < taken_ + ahead_; });
            if (!go_on || failure_ || started_ >= loader_.batches()) return;
            const std::int64_t number = started_++;
            lock.unlock();
            try {
                Batch batch = loader_.make(number);
                lock.lock();
                ready_.emplace(number, std::move(batch));
            } catch (...) {
                if (!lock.owns_lock()) lock.lock();
                failure_ = std::current_exception();
            }
            lock.unlock();
            changed_.notify_all();
        }
    }

    const BatchLoader& loader_;
    const std::int64_t ahead_;
    std::mutex mutex_;
    std::condition_variable_any changed_;
    std::map<std::int64_t, Batch> ready_;
    std::int64_t started_ = 0;
    std::int64_t taken_ = 0;
    std::exception_ptr failure_;
    std::vector<std::jthread> threads_;  // last: they use all of the above
};

BatchLoader::BatchLoader(const Dataset& dataset, const LoaderOptions& options)
    : dataset_(dataset), options_(options), order_(static_cast<std::size_t>(dataset.size())) {}

BatchLoader::~BatchLoader() = default;

std::int64_t BatchLoader::batches() const {
    const std::int64_t size = dataset_.size();
    return options_.drop_last ? size / options_.batch_size
                              : (size + options_.batch_size - 1) / options_.batch_size;
}

std::int64_t BatchLoader::batch_size(std::int64_t batch) const {
    return std::min(options_.batch_size, dataset_.size() - batch * options_.batch_size);
}

void BatchLoader::start_epoch(std::int64_t epoch) {
    workers_.reset();
    epoch_ = epoch;
    next_ = 0;
    std::iota(order_.begin(), order_.end(), 0);
    if (options_.shuffle) shuffle();
    if (options_.workers > 0) workers_ = std::make_unique<Workers>(*this, options_.workers);
}

/// Fisher and Yates, with our own generator: std::shuffle may differ between standard libraries.
void BatchLoader::shuffle() {
    Random random(options_.seed, kOrderStream, epoch_);
    for (std::size_t i = order_.size(); i > 1; --i) {
        std::swap(order_[i - 1],
                  order_[static_cast<std::size_t>(random.below(static_cast<std::int64_t>(i)))]);
    }
}

std::optional<Batch> BatchLoader::next() {
    if (next_ >= batches()) {
        workers_.reset();
        return std::nullopt;
    }
    const std::int64_t number = next_++;
    return workers_ ? workers_->take(number) : make(number);
}

Batch BatchLoader::make(std::int64_t batch) const {
    const std::int64_t size = batch_size(batch);
    Batch out{torch::empty({size, kChannels, kSide, kSide}), torch::empty({size}, torch::kInt64)};
    auto* pixels = out.images.data_ptr<float>();
    auto* labels = out.labels.data_ptr<std::int64_t>();
    Example example;
    for (std::int64_t i = 0; i < size; ++i) {
        const std::int64_t index = order_[static_cast<std::size_t>(batch * options_.batch_size + i)];
        dataset_.read(index, example);
        Augmentation augmentation;
        if (options_.augment) {
            Random random(options_.seed, kAugmentationStream, epoch_, index);
            augmentation = Augmentation::random(random);
        }
        write_normalised(example, augmentation, pixels + i * kPixels);
        labels[i] = example.label;
    }
    return out;
}

}  // namespace tidemark::trainer
