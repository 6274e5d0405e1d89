#pragma once

#include <string>
#include <vector>

namespace torch::jit {
struct Module;
}

namespace tidemark::trainer {

/// torch.jit.trace writes down what a layer did while it was traced, so that dropout and BatchNorm of a
/// traced module do the same in training and in testing. A sentence, without its full stop, for each layer's
/// kind of which that is so.
std::vector<std::string> fixed_modes(const torch::jit::Module& module);

}  // namespace tidemark::trainer
