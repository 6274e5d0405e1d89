#pragma once

#include "trainer/loader/batch_loader.hpp"
#include "trainer/training/train_epoch.hpp"

namespace tidemark::trainer {

struct TestFigures {
    double accuracy = 0;  ///< a fraction
    double loss = 0;      ///< mean over the images
};

/// Tests a network that is in evaluation mode on everything that the loader has.
TestFigures evaluate(const Forward& forward, BatchLoader& loader);

}  // namespace tidemark::trainer
