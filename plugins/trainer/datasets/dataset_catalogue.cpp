#include "trainer/datasets/dataset_catalogue.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>

namespace tidemark::trainer {
namespace {

/// The first `size` images of another data set.
class Beginning : public Dataset {
  public:
    Beginning(std::unique_ptr<Dataset> whole, std::int64_t size) : whole_(std::move(whole)), size_(size) {}
    std::int64_t size() const override { return size_; }
    DataShape shape() const override { return whole_->shape(); }
    Normalisation normalisation() const override { return whole_->normalisation(); }
    bool may_be_mirrored() const override { return whole_->may_be_mirrored(); }
    void read(std::int64_t index, Example& example) const override { whole_->read(index, example); }

  private:
    std::unique_ptr<Dataset> whole_;
    std::int64_t size_;
};

std::unique_ptr<Dataset> open_whole(const Options& options, Split split) {
    const DatasetKind& kind = dataset_kind(options.dataset);
    if (!kind.files.empty() && options.data_dir.empty()) {
        throw std::runtime_error(fmt::format(
            "the dataset {} needs data_dir, the folder that holds {}: {}--set data_dir=DIR in a sweep, "
            "--data-dir DIR by hand; the dataset synthetic needs no files",
            kind.name, kind.files,
            kind.fetched ? fmt::format("`tidemark data fetch {}` gets it; then ", kind.name) : ""));
    }
    return kind.open(options, split);
}

}  // namespace

const std::vector<DatasetKind>& datasets() {
#define TIDEMARK_CALL(function) function(),
    static const std::vector<DatasetKind> all{TIDEMARK_DATASETS(TIDEMARK_CALL)};
#undef TIDEMARK_CALL
    return all;
}

const DatasetKind& dataset_kind(const std::string& name) {
    const auto found = std::ranges::find(datasets(), name, &DatasetKind::name);
    if (found == datasets().end()) throw std::invalid_argument("unknown dataset " + name);
    return *found;
}

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
