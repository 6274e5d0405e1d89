#include "trainer/training/schedule.hpp"

#include <cmath>
#include <numbers>

namespace tidemark::trainer {

double learning_rate(const Options& options, std::int64_t epoch) {
    if (epoch < options.warmup_epochs)
        return options.lr * static_cast<double>(epoch + 1) / static_cast<double>(options.warmup_epochs);
    const auto behind = static_cast<double>(epoch - options.warmup_epochs);
    if (options.schedule == "constant") return options.lr;
    if (options.schedule == "step")
        return options.lr *
               std::pow(options.step_factor, std::floor(behind / static_cast<double>(options.step_epochs)));
    const auto epochs = static_cast<double>(options.epochs - options.warmup_epochs);
    return options.lr * 0.5 * (1 + std::cos(std::numbers::pi * behind / epochs));
}

void set_learning_rate(torch::optim::Optimizer& optimizer, double rate) {
    for (auto& group : optimizer.param_groups()) group.options().set_lr(rate);
}

}  // namespace tidemark::trainer
