#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "trainer/datasets/dataset.hpp"

namespace tidemark::trainer {

/// Some images of another data set, in the order of their numbers in it. Several may share that one.
std::unique_ptr<Dataset> subset_of(std::shared_ptr<const Dataset> whole, std::vector<std::int64_t> indices);

/// Which images a subset of `wanted` has: the first ones. Where the images lie class by class, which would be
/// the first classes alone: the first of each class, the second of each class and so on.
std::vector<std::int64_t> first_images(const Dataset& whole, std::int64_t wanted);

struct StratifiedSplit {
    std::vector<std::int64_t> taken;
    std::vector<std::int64_t> rest;
};

/// Takes a share of the images of each class, rounded to whole images, by chance: always the same ones for
/// the same seed. Both parts are in the order of the data set.
StratifiedSplit split_by_class(const Dataset& data, double share, std::uint64_t seed);

/// How many images of each class there are.
std::vector<std::int64_t> class_counts(const Dataset& data);

/// "cat: 50, dog: 50", or of many classes "100 classes with 2 to 5 each".
std::string describe_counts(const std::vector<std::int64_t>& counts, const std::vector<std::string>& names);

}  // namespace tidemark::trainer
