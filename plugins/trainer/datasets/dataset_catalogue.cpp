#include "trainer/datasets/dataset_catalogue.hpp"

#include <stdexcept>
#include <utility>

#include <fmt/format.h>

#include "trainer/datasets/cifar10.hpp"
#include "trainer/datasets/synthetic.hpp"

namespace tidemark::trainer {
namespace {

/// The first `size` images of another data set.
class Beginning : public Dataset {
  public:
    Beginning(std::unique_ptr<Dataset> whole, std::int64_t size) : whole_(std::move(whole)), size_(size) {}
    std::int64_t size() const override { return size_; }
    void read(std::int64_t index, Example& example) const override { whole_->read(index, example); }

  private:
    std::unique_ptr<Dataset> whole_;
    std::int64_t size_;
};

std::unique_ptr<Dataset> open_whole(const Options& options, Split split) {
    if (options.dataset == "cifar10") return std::make_unique<Cifar10>(options.data_dir, split);
    if (options.dataset == "synthetic") return std::make_unique<Synthetic>(split);
    throw std::invalid_argument("unknown dataset " + options.dataset);
}

}  // namespace

std::unique_ptr<Dataset> open_dataset(const Options& options, Split split) {
    std::unique_ptr<Dataset> whole = open_whole(options, split);
    const bool train = split == Split::Train;
    const std::int64_t wanted = train ? options.train_samples : options.test_samples;
    if (wanted == 0) return whole;
    if (wanted > whole->size()) {
        throw std::runtime_error(
            fmt::format("{} is {}, but {} has only {} images to {}", train ? "train_samples" : "test_samples",
                        wanted, options.dataset, whole->size(), train ? "train with" : "test with"));
    }
    return std::make_unique<Beginning>(std::move(whole), wanted);
}

}  // namespace tidemark::trainer
