#include "trainer/training/schedule.hpp"

#include <cmath>
#include <numbers>

namespace tidemark::trainer {

double learning_rate(const std::string& schedule, double base, std::int64_t epoch, std::int64_t epochs) {
    if (schedule == "constant") return base;
    return base * 0.5 *
           (1 + std::cos(std::numbers::pi * static_cast<double>(epoch) / static_cast<double>(epochs)));
}

void set_learning_rate(torch::optim::Optimizer& optimizer, double rate) {
    for (auto& group : optimizer.param_groups()) group.options().set_lr(rate);
}

}  // namespace tidemark::trainer
