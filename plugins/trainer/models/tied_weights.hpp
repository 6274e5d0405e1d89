#pragma once

#include <string>

namespace torch::jit {
struct Module;
}

namespace tidemark::trainer {

/// A file keeps a weight that two layers share once, but what is loaded has a tensor for each of them over
/// the same memory: each would get a part of the gradient, and the optimizer would move the weight twice.
/// Gives both layers the first one. Throws std::runtime_error naming them where they see the memory in
/// different ways.
void tie_weights(const std::string& file, torch::jit::Module& module);

}  // namespace tidemark::trainer
