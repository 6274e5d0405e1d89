#include "trainer/models/mlp.hpp"

namespace tidemark::trainer {

namespace nn = torch::nn;

MlpImpl::MlpImpl(const MlpOptions& options, const DataShape& shape) {
    std::int64_t width = shape.channels * shape.height * shape.width;
    for (std::int64_t layer = 0; layer < options.depth; ++layer) {
        layers_->push_back(nn::Linear(width, options.hidden));
        layers_->push_back(nn::ReLU(nn::ReLUOptions(/*inplace=*/true)));
        width = options.hidden;
    }
    register_module("layers", layers_);
    head_ = register_module("head", nn::Linear(width, shape.classes));
}

torch::Tensor MlpImpl::forward(torch::Tensor images) {
    return head_->forward(layers_->forward(images.flatten(1)));
}

std::vector<std::pair<std::string, std::int64_t>> MlpImpl::parts() const {
    return {{"layers", parameter_count(*layers_)}, {"head", parameter_count(*head_)}};
}

}  // namespace tidemark::trainer
