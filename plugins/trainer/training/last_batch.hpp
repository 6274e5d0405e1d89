#pragma once

#include "trainer/loader/batch_loader.hpp"
#include "trainer/models/classifier.hpp"
#include "trainer/training/train_epoch.hpp"

namespace tidemark::trainer {

/// An epoch may end with a batch of one image, of which BatchNorm cannot take statistics where that is a
/// single value for each channel. Tries one beforehand where that comes, and leaves model and random numbers
/// as they were. Throws std::runtime_error that says what to do.
void require_last_batch_that_can_be_trained(Classifier& model, const BatchLoader& loader,
                                            const Forward& forward);

}  // namespace tidemark::trainer
