#pragma once

#include <filesystem>

#include "trainer/models/classifier.hpp"

namespace tidemark::trainer {

/// Writes the weights of a model that is in evaluation mode, whole or not at all: a state dict that Python's
/// torch.load reads, or, where the model came as one, a module that torch.jit.load reads.
void write_weights(const std::filesystem::path& file, const Classifier& model);

/// Gives the model the weights of such a file. Throws std::runtime_error naming what is missing in it, what
/// has another shape and what is too much; then the model is as it was.
void read_weights(const std::filesystem::path& file, Classifier& model);

}  // namespace tidemark::trainer
