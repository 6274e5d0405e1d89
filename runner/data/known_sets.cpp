#include "data/known_sets.hpp"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error.hpp"
#include "base/suggestion.hpp"

namespace tidemark::data {
namespace {

constexpr std::int64_t kCifar10File = 10'000 * 3073;
constexpr std::int64_t kCifar100Record = 3074;

/// Of MNIST's form: 60,000 and 10,000 images of 28 × 28, each in two files.
std::vector<LocalFile> idx_files() {
    constexpr std::int64_t kPixels = 28 * 28;
    return {{"train-images-idx3-ubyte", 16 + 60'000 * kPixels},
            {"train-labels-idx1-ubyte", 8 + 60'000},
            {"t10k-images-idx3-ubyte", 16 + 10'000 * kPixels},
            {"t10k-labels-idx1-ubyte", 8 + 10'000}};
}

/// Sizes and SHA-256 are those that TensorFlow Datasets has on record for the same files
/// (tensorflow_datasets/url_checksums/); the authors themselves publish MD5 sums or none.
std::vector<KnownSet> make_known_sets() {
    const std::string cifar = "https://www.cs.toronto.edu/~kriz/";
    // where PyTorch gets it from, too: the server of MNIST's authors gives the files to nobody any more
    const std::string mnist = "https://ossci-datasets.s3.amazonaws.com/mnist/";
    const std::string fashion = "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/";
    return {{"cifar10",
             "CIFAR-10",
             "cifar-10-batches-bin",
             {{cifar + "cifar-10-binary.tar.gz", 170'052'171,
               "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd"}},
             {{"data_batch_1.bin", kCifar10File},
              {"data_batch_2.bin", kCifar10File},
              {"data_batch_3.bin", kCifar10File},
              {"data_batch_4.bin", kCifar10File},
              {"data_batch_5.bin", kCifar10File},
              {"test_batch.bin", kCifar10File}}},
            {"cifar100",
             "CIFAR-100",
             "cifar-100-binary",
             {{cifar + "cifar-100-binary.tar.gz", 168'513'733,
               "58a81ae192c23a4be8b1804d68e518ed807d710a4eb253b1f2a199162a40d8ec"}},
             {{"train.bin", 50'000 * kCifar100Record}, {"test.bin", 10'000 * kCifar100Record}}},
            {"mnist",
             "MNIST",
             "mnist",
             {{mnist + "train-images-idx3-ubyte.gz", 9'912'422,
               "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"},
              {mnist + "train-labels-idx1-ubyte.gz", 28'881,
               "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"},
              {mnist + "t10k-images-idx3-ubyte.gz", 1'648'877,
               "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"},
              {mnist + "t10k-labels-idx1-ubyte.gz", 4'542,
               "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"}},
             idx_files()},
            {"fashion-mnist",
             "Fashion-MNIST",
             "fashion-mnist",
             {{fashion + "train-images-idx3-ubyte.gz", 26'421'880,
               "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84"},
              {fashion + "train-labels-idx1-ubyte.gz", 29'515,
               "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"},
              {fashion + "t10k-images-idx3-ubyte.gz", 4'422'102,
               "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073"},
              {fashion + "t10k-labels-idx1-ubyte.gz", 5'148,
               "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5"}},
             idx_files()}};
}

}  // namespace

const std::vector<KnownSet>& known_sets() {
    static const std::vector<KnownSet> all = make_known_sets();
    return all;
}

const KnownSet& known_set(const std::string& name) {
    const auto found = std::ranges::find(known_sets(), name, &KnownSet::name);
    if (found != known_sets().end()) return *found;
    std::vector<std::string_view> names;
    for (const KnownSet& set : known_sets()) names.emplace_back(set.name);
    throw UsageError(fmt::format("there is no data set '{}' to fetch{}; there are {}", name,
                                 did_you_mean(name, names), fmt::join(names, ", ")));
}

}  // namespace tidemark::data
