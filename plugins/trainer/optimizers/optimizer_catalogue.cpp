#include "trainer/optimizers/optimizer_catalogue.hpp"

#include <stdexcept>

#include "trainer/optimizers/adamw8bit.hpp"

namespace tidemark::trainer {

std::unique_ptr<torch::optim::Optimizer> make_optimizer(const Options& options,
                                                        std::vector<torch::Tensor> parameters) {
    namespace optim = torch::optim;
    if (options.optimizer == "sgd") {
        return std::make_unique<optim::SGD>(
            std::move(parameters),
            optim::SGDOptions(options.lr).momentum(options.momentum).weight_decay(options.weight_decay));
    }
    if (options.optimizer == "adam") {
        return std::make_unique<optim::Adam>(
            std::move(parameters), optim::AdamOptions(options.lr).weight_decay(options.weight_decay));
    }
    const auto adamw = optim::AdamWOptions(options.lr).weight_decay(options.weight_decay);
    if (options.optimizer == "adamw") return std::make_unique<optim::AdamW>(std::move(parameters), adamw);
    if (options.optimizer == "adamw8bit") {
        if (!parameters.empty() && !parameters.front().is_cpu())
            throw std::runtime_error(
                "optimizer adamw8bit works on the CPU only: set device: cpu, or optimizer: adamw");
        return std::make_unique<AdamW8bit>(std::move(parameters), adamw);
    }
    throw std::invalid_argument("unknown optimizer " + options.optimizer);
}

void make_gradients(const std::vector<torch::Tensor>& parameters) {
    for (const torch::Tensor& parameter : parameters)
        parameter.mutable_grad() = torch::zeros_like(parameter).detach();
}

}  // namespace tidemark::trainer
