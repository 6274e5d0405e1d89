#include "trainer/models/baseline.hpp"

namespace tidemark::trainer {
namespace {

namespace nn = torch::nn;

void add_block(nn::Sequential& features, std::int64_t in, std::int64_t out) {
    features->push_back(nn::Conv2d(nn::Conv2dOptions(in, out, 3).padding(1)));
    features->push_back(nn::BatchNorm2d(out));
    features->push_back(nn::ReLU(nn::ReLUOptions(/*inplace=*/true)));
}

}  // namespace

BaselineImpl::BaselineImpl(const BaselineOptions& options) {
    add_block(features_, 3, 64);
    add_block(features_, 64, 64);
    features_->push_back(nn::MaxPool2d(nn::MaxPool2dOptions(2)));
    add_block(features_, 64, 128);
    add_block(features_, 128, 128);
    features_->push_back(nn::MaxPool2d(nn::MaxPool2dOptions(2)));
    add_block(features_, 128, options.hidden);
    features_->push_back(nn::AdaptiveAvgPool2d(nn::AdaptiveAvgPool2dOptions(1)));
    features_->push_back(nn::Flatten());
    register_module("features", features_);
    head_ = register_module("head", nn::Linear(options.hidden, kClasses));
}

torch::Tensor BaselineImpl::forward(torch::Tensor images) {
    return head_(features_->forward(std::move(images)));
}

std::vector<std::pair<std::string, std::int64_t>> BaselineImpl::parts() const {
    return {{"features", parameter_count(*features_)}, {"head", parameter_count(*head_)}};
}

}  // namespace tidemark::trainer
