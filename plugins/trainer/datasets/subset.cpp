#include "trainer/datasets/subset.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "trainer/datasets/random.hpp"

namespace tidemark::trainer {
namespace {

class Subset : public Dataset {
  public:
    Subset(std::shared_ptr<const Dataset> whole, std::vector<std::int64_t> indices)
        : whole_(std::move(whole)), indices_(std::move(indices)) {}
    std::int64_t size() const override { return static_cast<std::int64_t>(indices_.size()); }
    DataShape shape() const override { return whole_->shape(); }
    Normalisation normalisation() const override { return whole_->normalisation(); }
    bool may_be_mirrored() const override { return whole_->may_be_mirrored(); }
    void read(std::int64_t index, Example& example) const override { whole_->read(at(index), example); }
    std::int64_t label(std::int64_t index) const override { return whole_->label(at(index)); }
    bool may_lie_class_by_class() const override { return whole_->may_lie_class_by_class(); }
    std::vector<std::string> class_names() const override { return whole_->class_names(); }
    std::vector<std::string> notes() const override { return whole_->notes(); }

  private:
    std::int64_t at(std::int64_t index) const { return indices_.at(static_cast<std::size_t>(index)); }

    std::shared_ptr<const Dataset> whole_;
    std::vector<std::int64_t> indices_;
};

/// Whether equal labels stand together, as in a folder for each class, in whatever order the classes are:
/// there the label changes from one image to the next less than half as often as it would by chance.
bool lies_class_by_class(const std::vector<std::int64_t>& labels, const std::vector<std::int64_t>& counts) {
    const auto size = static_cast<double>(labels.size());
    double changes = 0;
    for (std::size_t i = 1; i < labels.size(); ++i) changes += labels[i] != labels[i - 1] ? 1 : 0;
    if (std::ranges::is_sorted(labels)) return true;
    double together = 0;  // the chance that two images are of the same class
    for (const std::int64_t count : counts)
        together += static_cast<double>(count) * static_cast<double>(count) / (size * size);
    return changes < size * (1 - together) / 2;
}

std::vector<std::int64_t> counts_of(const std::vector<std::int64_t>& labels, std::int64_t classes) {
    std::vector<std::int64_t> counts(static_cast<std::size_t>(classes));
    for (const std::int64_t label : labels) ++counts.at(static_cast<std::size_t>(label));
    return counts;
}

std::vector<std::int64_t> labels_of(const Dataset& data) {
    std::vector<std::int64_t> labels(static_cast<std::size_t>(data.size()));
    for (std::size_t i = 0; i < labels.size(); ++i) labels[i] = data.label(static_cast<std::int64_t>(i));
    return labels;
}

}  // namespace

std::unique_ptr<Dataset> subset_of(std::shared_ptr<const Dataset> whole, std::vector<std::int64_t> indices) {
    return std::make_unique<Subset>(std::move(whole), std::move(indices));
}

std::vector<std::int64_t> first_images(const Dataset& whole, std::int64_t wanted) {
    std::vector<std::int64_t> order(static_cast<std::size_t>(whole.size()));
    std::iota(order.begin(), order.end(), 0);
    const std::vector<std::int64_t> labels =
        whole.may_lie_class_by_class() ? labels_of(whole) : std::vector<std::int64_t>();
    const std::vector<std::int64_t> counts = counts_of(labels, whole.shape().classes);
    if (!labels.empty() && lies_class_by_class(labels, counts)) {
        std::vector<std::int64_t> rank(labels.size());  // the how-manieth of its class
        std::vector<std::int64_t> seen(counts.size());
        for (std::size_t i = 0; i < labels.size(); ++i) rank[i] = seen[static_cast<std::size_t>(labels[i])]++;
        std::ranges::stable_sort(order, {}, [&](std::int64_t i) {
            const auto at = static_cast<std::size_t>(i);
            return std::pair(rank[at], labels[at]);
        });
    }
    order.resize(static_cast<std::size_t>(wanted));
    std::ranges::sort(order);
    return order;
}

StratifiedSplit split_by_class(const Dataset& data, double share, std::uint64_t seed) {
    constexpr std::uint64_t kStream = 3;  // 1 and 2 are those of the loader
    std::vector<std::vector<std::int64_t>> by_class(static_cast<std::size_t>(data.shape().classes));
    for (std::int64_t i = 0; i < data.size(); ++i)
        by_class.at(static_cast<std::size_t>(data.label(i))).push_back(i);
    StratifiedSplit out;
    for (std::size_t label = 0; label < by_class.size(); ++label) {
        std::vector<std::int64_t>& images = by_class[label];
        Random random(seed, kStream, label);
        for (std::size_t i = images.size(); i > 1; --i)
            std::swap(images[i - 1],
                      images[static_cast<std::size_t>(random.below(static_cast<std::int64_t>(i)))]);
        const auto count = std::llround(share * static_cast<double>(images.size()));
        out.taken.insert(out.taken.end(), images.begin(), images.begin() + count);
        out.rest.insert(out.rest.end(), images.begin() + count, images.end());
    }
    std::ranges::sort(out.taken);
    std::ranges::sort(out.rest);
    return out;
}

std::vector<std::int64_t> class_counts(const Dataset& data) {
    return counts_of(labels_of(data), data.shape().classes);
}

std::string describe_counts(const std::vector<std::int64_t>& counts, const std::vector<std::string>& names) {
    constexpr std::size_t kMostNamed = 20;
    if (counts.size() > kMostNamed) {
        const auto [fewest, most] = std::ranges::minmax(counts);
        return fmt::format("{} classes with {} to {} each", counts.size(), fewest, most);
    }
    std::vector<std::string> texts;
    for (std::size_t i = 0; i < counts.size(); ++i)
        texts.push_back(
            fmt::format("{}: {}", i < names.size() ? names[i] : fmt::format("class {}", i), counts[i]));
    return fmt::format("{}", fmt::join(texts, ", "));
}

}  // namespace tidemark::trainer
