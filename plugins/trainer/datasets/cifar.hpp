#pragma once

#include <span>
#include <string>
#include <vector>

#include "trainer/datasets/data_file.hpp"
#include "trainer/datasets/dataset.hpp"

namespace tidemark::trainer {

/// What tells CIFAR-10's official binary files from CIFAR-100's
/// (https://www.cs.toronto.edu/~kriz/cifar.html): records of one or two label bytes and 3072 pixel bytes.
struct CifarForm {
    struct Label {
        std::string name;  ///< "fine label"
        std::int64_t classes;
    };
    struct Files {
        std::vector<std::string> names;
        std::int64_t records;  ///< of each
    };
    std::string title;   ///< "CIFAR-10"
    std::string folder;  ///< that data_dir holds
    std::vector<Label> labels;
    std::size_t used_label;  ///< the one that is learnt
    Files train;
    Files test;
    Normalisation normalisation;
};

/// Per channel, of CIFAR-10's training images.
Normalisation cifar10_normalisation();

class Cifar : public Dataset {
  public:
    /// Throws std::runtime_error naming the file that is missing or has not the right size.
    Cifar(CifarForm form, const std::filesystem::path& data_dir, Split split);

    std::int64_t size() const override;
    DataShape shape() const override;
    Normalisation normalisation() const override { return form_.normalisation; }
    void read(std::int64_t index, Example& example) const override;
    std::int64_t label(std::int64_t index) const override;

  private:
    std::int64_t record_size() const;
    /// Throws where one of the labels that lie at the offset is none of this data set.
    void check_labels(const DataFile& file, std::int64_t offset, std::span<const std::uint8_t> labels) const;

    CifarForm form_;
    std::int64_t records_;  ///< of each file
    std::vector<DataFile> files_;
};

}  // namespace tidemark::trainer
