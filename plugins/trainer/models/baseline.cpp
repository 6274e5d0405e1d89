#include "trainer/models/baseline.hpp"

namespace tidemark::trainer {

namespace nn = torch::nn;

BaselineImpl::BaselineImpl(const BaselineOptions& options, const DataShape& shape) : options_(options) {
    add_block(shape.channels, 64);
    add_block(64, 64);
    end_stage();
    add_block(64, 128);
    add_block(128, 128);
    end_stage();
    add_block(128, options.hidden);
    features_->push_back(nn::AdaptiveAvgPool2d(nn::AdaptiveAvgPool2dOptions(1)));
    features_->push_back(nn::Flatten());
    register_module("features", features_);
    head_ = register_module("head", nn::Linear(options.hidden, shape.classes));
    chain_.add([head = head_.ptr()](const torch::Tensor& features) {
        return head->forward(torch::adaptive_avg_pool2d(features, {1, 1}).flatten(1));
    });
}

void BaselineImpl::add_block(std::int64_t in, std::int64_t out) {
    const nn::Conv2d conv(nn::Conv2dOptions(in, out, 3).padding(1));
    const Norm norm(out, options_.norm);
    features_->push_back(conv);
    features_->push_back(norm);
    features_->push_back(nn::ReLU(nn::ReLUOptions(/*inplace=*/true)));
    chain_.add([conv = conv.ptr(), norm = norm.ptr()](const torch::Tensor& input) {
        return norm->forward(conv->forward(input)).relu_();
    });
}

void BaselineImpl::end_stage() {
    const nn::MaxPool2d pool(nn::MaxPool2dOptions(2));
    features_->push_back(pool);
    chain_.add([pool = pool.ptr()](const torch::Tensor& input) { return pool->forward(input); });
    chain_.end_stage();
}

torch::Tensor BaselineImpl::forward(torch::Tensor images) {
    return chain_.forward(std::move(images), options_.checkpointing);
}

std::vector<std::pair<std::string, std::int64_t>> BaselineImpl::parts() const {
    return {{"features", parameter_count(*features_)}, {"head", parameter_count(*head_)}};
}

}  // namespace tidemark::trainer
