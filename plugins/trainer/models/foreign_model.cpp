#include "trainer/models/foreign_model.hpp"

#include <cctype>
#include <set>
#include <stdexcept>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace tidemark::trainer {

ForeignModel::ForeignModel(std::string name, const DataShape& shape,
                           std::shared_ptr<torch::nn::Module> module, Forward forward)
    : name_(std::move(name)),
      classes_(shape.classes),
      module_(std::move(module)),
      forward_(std::move(forward)) {
    register_module("model", module_);
}

torch::Tensor ForeignModel::forward(torch::Tensor images) {
    const std::int64_t batch = images.size(0);
    torch::Tensor scores = forward_(std::move(images));
    if (!scores.defined() || scores.dim() != 2 || scores.size(0) != batch || scores.size(1) != classes_) {
        throw std::runtime_error(fmt::format(
            "the model '{}' gives {}, where {} × {} is needed: a score for each image and class", name_,
            scores.defined() ? fmt::format("{}", fmt::join(scores.sizes(), " × ")) : "nothing", batch,
            classes_));
    }
    return scores;
}

std::vector<std::pair<std::string, std::int64_t>> ForeignModel::parts() const {
    std::vector<std::pair<std::string, std::int64_t>> parts;
    std::set<const torch::TensorImpl*> seen;
    for (const auto& child : module_->named_children()) {
        std::int64_t count = 0;
        for (const torch::Tensor& parameter : child.value()->parameters())
            if (seen.insert(parameter.unsafeGetTensorImpl()).second) count += parameter.numel();
        parts.emplace_back(part_name(child.key()), count);
    }
    return parts;
}

std::string part_name(const std::string& name) {
    std::string out;
    for (const char letter : name) {
        const auto code = static_cast<unsigned char>(letter);
        out += std::isalnum(code) != 0 ? static_cast<char>(std::tolower(code)) : '_';
    }
    return out;
}

}  // namespace tidemark::trainer
