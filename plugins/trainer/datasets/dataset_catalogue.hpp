#pragma once

#include <memory>
#include <vector>

#include "trainer/datasets/dataset_kind.hpp"

namespace tidemark::trainer {

/// Every data set: the name of the function that makes its kind, in a file of its own. A new one is one more
/// line here.
#define TIDEMARK_DATASETS(X) \
    X(synthetic)             \
    X(cifar10)               \
    X(cifar100)              \
    X(mnist)                 \
    X(fashion_mnist)         \
    X(idx)                   \
    X(folder)

#define TIDEMARK_DECLARE(function) DatasetKind function();
TIDEMARK_DATASETS(TIDEMARK_DECLARE)
#undef TIDEMARK_DECLARE

/// All that `dataset` may name. Choices, documentation and checks of sweep files follow from it.
const std::vector<DatasetKind>& datasets();

/// The one of that name. Throws std::invalid_argument.
const DatasetKind& dataset_kind(const std::string& name);

/// The images of a training.
struct OpenedData {
    std::unique_ptr<Dataset> train;
    std::unique_ptr<Dataset> test;
    std::unique_ptr<Dataset> validation{};  ///< null: `validation` asks for none
};

/// Opens all that the options ask for.
OpenedData open_data(const Options& options);

/// Opens the images that `options.dataset` names, cut to train_samples or test_samples.
std::unique_ptr<Dataset> open_dataset(const Options& options, Split split);

}  // namespace tidemark::trainer
