#include "trainer/datasets/cifar.hpp"
#include "trainer/datasets/dataset_catalogue.hpp"

namespace tidemark::trainer {
namespace {

/// Mean and deviation are those that are commonly used, to four digits.
CifarForm form(const Options& options) {
    return {.title = "CIFAR-100",
            .folder = "cifar-100-binary",
            .labels = {{"coarse label", 20}, {"fine label", 100}},
            .used_label = options.labels == "coarse" ? 0U : 1U,
            .train = {{"train.bin"}, 50'000},
            .test = {{"test.bin"}, 10'000},
            .normalisation = {{0.5071F, 0.4865F, 0.4409F}, {0.2673F, 0.2564F, 0.2762F}}};
}

}  // namespace

DatasetKind cifar100() {
    return {.name = "cifar100",
            .title = "CIFAR-100",
            .meaning = "cifar100 likewise (labels chooses which of its two)",
            .files = "cifar-100-binary/",
            .fetched = true,
            .caveat = {},
            .open = [](const Options& options, Split split) {
                return std::make_unique<Cifar>(form(options), options.data_dir, split);
            }};
}

}  // namespace tidemark::trainer
