#pragma once

#include <optional>
#include <vector>

#include "trainer/loader/batch_loader.hpp"
#include "trainer/training/train_epoch.hpp"

namespace tidemark::trainer {

struct TestFigures {
    double accuracy = 0;           ///< a fraction
    double loss = 0;               ///< mean over the images
    double balanced_accuracy = 0;  ///< mean over the classes that have images
    std::optional<double> top5{};  ///< told of more than five classes
    /// Of each class the share that was right; nothing where it has no images.
    std::vector<std::optional<double>> by_class{};
};

/// Tests a network that is in evaluation mode on everything that the loader has.
TestFigures evaluate(const Forward& forward, BatchLoader& loader);

}  // namespace tidemark::trainer
