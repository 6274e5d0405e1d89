#include "trainer/datasets/cifar.hpp"
#include "trainer/datasets/dataset_catalogue.hpp"

namespace tidemark::trainer {
namespace {

CifarForm form() {
    return {.title = "CIFAR-10",
            .folder = "cifar-10-batches-bin",
            .labels = {{"label", 10}},
            .used_label = 0,
            .train = {{"data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin",
                       "data_batch_5.bin"},
                      10'000},
            .test = {{"test_batch.bin"}, 10'000},
            .normalisation = cifar10_normalisation()};
}

}  // namespace

DatasetKind cifar10() {
    return {.name = "cifar10",
            .title = "CIFAR-10",
            .meaning = "cifar10 is read from its official binary files",
            .files = "cifar-10-batches-bin/",
            .fetched = true,
            .caveat = {},
            .open = [](const Options& options, Split split) {
                return std::make_unique<Cifar>(form(), options.data_dir, split);
            }};
}

}  // namespace tidemark::trainer
