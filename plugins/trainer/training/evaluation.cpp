#include "trainer/training/evaluation.hpp"

namespace tidemark::trainer {

TestFigures evaluate(const Forward& forward, BatchLoader& loader) {
    namespace F = torch::nn::functional;
    // no InferenceMode: a TorchScript module that was trained keeps its inputs even here, and must be able to
    const torch::NoGradGuard no_gradients;
    std::int64_t images = 0;
    std::int64_t right = 0;
    double loss = 0;
    loader.start_epoch(0);
    while (auto batch = loader.next()) {
        const torch::Tensor scores = forward(std::move(batch->images));
        const torch::Tensor labels = batch->labels.to(scores.device());
        loss += F::cross_entropy(scores, labels, F::CrossEntropyFuncOptions().reduction(torch::kSum))
                    .item<double>();
        right += scores.argmax(1).eq(labels).sum().item<std::int64_t>();
        images += batch->size();
    }
    if (images == 0) return {};
    return {static_cast<double>(right) / static_cast<double>(images), loss / static_cast<double>(images)};
}

}  // namespace tidemark::trainer
