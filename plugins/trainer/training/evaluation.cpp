#include "trainer/training/evaluation.hpp"

namespace tidemark::trainer {
namespace {

constexpr std::int64_t kBest = 5;

/// What was right, counted image by image.
class Counts {
  public:
    explicit Counts(std::int64_t classes)
        : images_(static_cast<std::size_t>(classes)), right_(static_cast<std::size_t>(classes)) {}

    void add(const torch::Tensor& scores, const torch::Tensor& labels, double loss) {
        const torch::Tensor said = scores.argmax(1).cpu();
        const auto* const guess = said.data_ptr<std::int64_t>();
        const auto* const label = labels.data_ptr<std::int64_t>();
        for (std::int64_t i = 0; i < labels.size(0); ++i) {
            const auto of = static_cast<std::size_t>(label[i]);
            ++images_.at(of);
            right_[of] += guess[i] == label[i] ? 1 : 0;
        }
        if (has_best()) {
            const torch::Tensor best = std::get<1>(scores.topk(kBest, 1)).cpu();
            among_best_ += best.eq(labels.unsqueeze(1)).any(1).sum().item<std::int64_t>();
        }
        loss_ += loss;
    }

    TestFigures figures() const {
        TestFigures out;
        double images = 0, right = 0, shares = 0, classes = 0;
        for (std::size_t i = 0; i < images_.size(); ++i) {
            images += static_cast<double>(images_[i]);
            right += static_cast<double>(right_[i]);
            auto& share = out.by_class.emplace_back();
            if (images_[i] == 0) continue;
            share = static_cast<double>(right_[i]) / static_cast<double>(images_[i]);
            shares += *share;
            ++classes;
        }
        if (images == 0) return out;
        out.accuracy = right / images;
        out.loss = loss_ / images;
        out.balanced_accuracy = shares / classes;
        if (has_best()) out.top5 = static_cast<double>(among_best_) / images;
        return out;
    }

  private:
    bool has_best() const { return static_cast<std::int64_t>(images_.size()) > kBest; }

    std::vector<std::int64_t> images_;  ///< of each class
    std::vector<std::int64_t> right_;
    std::int64_t among_best_ = 0;
    double loss_ = 0;
};

}  // namespace

TestFigures evaluate(const Forward& forward, BatchLoader& loader) {
    namespace F = torch::nn::functional;
    // no InferenceMode: a TorchScript module that was trained keeps its inputs even here, and must be able to
    const torch::NoGradGuard no_gradients;
    Counts counts(loader.shape().classes);
    loader.start_epoch(0);
    while (auto batch = loader.next()) {
        const torch::Tensor scores = forward(std::move(batch->images));
        const torch::Tensor loss = F::cross_entropy(scores, batch->labels.to(scores.device()),
                                                    F::CrossEntropyFuncOptions().reduction(torch::kSum));
        counts.add(scores, batch->labels, loss.item<double>());
    }
    return counts.figures();
}

}  // namespace tidemark::trainer
