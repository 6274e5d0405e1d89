#pragma once

#include <filesystem>
#include <vector>

#include "trainer/datasets/dataset.hpp"

namespace tidemark::trainer {

/// CIFAR-10 in its official binary form (https://www.cs.toronto.edu/~kriz/cifar.html): files of 10,000
/// records of one label byte and 3072 pixel bytes. Records are read with pread when they are wanted: mapping
/// the files would bring large parts of them into the process and into its measured memory.
class Cifar10 : public Dataset {
  public:
    /// `folder` holds cifar-10-batches-bin/. Throws std::runtime_error naming the file that is missing or has
    /// not the right size.
    Cifar10(const std::filesystem::path& folder, Split split);
    ~Cifar10() override;
    Cifar10(const Cifar10&) = delete;
    Cifar10& operator=(const Cifar10&) = delete;

    std::int64_t size() const override;
    void read(std::int64_t index, Example& example) const override;

  private:
    struct File {
        std::filesystem::path path;
        int descriptor;
    };
    void open_file(const std::filesystem::path& path);
    std::vector<File> files_;
};

}  // namespace tidemark::trainer
