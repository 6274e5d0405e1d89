#include "trainer/datasets/dataset_catalogue.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>

#include "trainer/datasets/subset.hpp"

namespace tidemark::trainer {
namespace {

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

OpenedData open_data(const Options& options) {
    OpenedData data{open_dataset(options, Split::Train), open_dataset(options, Split::Test)};
    if (options.validation == 0) return data;
    const std::shared_ptr<const Dataset> whole = std::move(data.train);
    const StratifiedSplit split =
        split_by_class(*whole, options.validation, static_cast<std::uint64_t>(options.seed));
    if (split.taken.empty() || split.rest.empty()) {
        throw std::runtime_error(fmt::format(
            "validation: {:.3g} % of {} images leaves {}; give another share", options.validation * 100,
            whole->size(), split.taken.empty() ? "none to validate with" : "none to train with"));
    }
    data.train = subset_of(whole, split.rest);
    data.validation = subset_of(whole, split.taken);
    return data;
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
    std::vector<std::int64_t> indices = first_images(*whole, wanted);
    return subset_of(std::move(whole), std::move(indices));
}

}  // namespace tidemark::trainer
