#pragma once

#include <memory>

#include "trainer/datasets/dataset.hpp"
#include "trainer/options.hpp"

namespace tidemark::trainer {

/// Opens the images that `options.dataset` names, cut to train_samples or test_samples. A new data set is one
/// more line in dataset_catalogue.cpp, and its name in the choices of `dataset` in options.cpp.
std::unique_ptr<Dataset> open_dataset(const Options& options, Split split);

}  // namespace tidemark::trainer
