#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <torch/torch.h>

namespace torch::jit {
struct Module;
}

namespace tidemark::trainer {

using NamedTensors = std::vector<std::pair<std::string, torch::Tensor>>;

/// Parameters and buffers of a module by their full names.
NamedTensors state_of(const torch::nn::Module& module);

/// The trainable parameters of a module, each once: two layers that share a weight have one.
std::vector<torch::Tensor> parameters_of(const torch::nn::Module& module);

/// Number of trainable parameters of a module; what is shared counts once.
std::int64_t parameter_count(const torch::nn::Module& module);

/// A network from images (batch × channels × height × width, normalised) to scores (batch × classes).
class Classifier : public torch::nn::Module {
  public:
    virtual torch::Tensor forward(torch::Tensor images) = 0;

    /// The parts that share the parameters among them, each with its number.
    virtual std::vector<std::pair<std::string, std::int64_t>> parts() const = 0;

    /// What a file of its weights holds: parameters and buffers under the names that PyTorch's state_dict()
    /// has for them. They are the network's own tensors.
    virtual NamedTensors state() const { return state_of(*this); }

    /// What of the network trains otherwise than one would think, each a sentence without its full stop.
    virtual std::vector<std::string> notes() const { return {}; }

    /// The network as a whole, where its kind of file is one: a module of TorchScript, that torch.jit.load
    /// reads. Null: the weights alone are written.
    virtual const torch::jit::Module* as_script() const { return nullptr; }
};

}  // namespace tidemark::trainer
