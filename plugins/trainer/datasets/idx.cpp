#include <algorithm>
#include <array>
#include <stdexcept>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "trainer/datasets/data_file.hpp"
#include "trainer/datasets/dataset_catalogue.hpp"

namespace tidemark::trainer {
namespace {

// of the first four bytes: two zeros, the type (8: unsigned bytes) and the number of dimensions
constexpr std::uint32_t kMagicOfImages = 0x0803;
constexpr std::uint32_t kMagicOfLabels = 0x0801;
constexpr std::int64_t kWord = 4;
constexpr std::int64_t kLargestSide = 4096;

/// Name and normalisation of a set in IDX files.
struct IdxForm {
    std::string folder;          ///< that data_dir holds; empty: the files lie in data_dir itself
    std::string of_torchvision;  ///< what it is called where torchvision has fetched it
    Normalisation normalisation;
    bool may_be_mirrored;
};

/// `mnist/`, or `MNIST/raw/` where that alone is there.
std::filesystem::path folder_of(const IdxForm& form, const std::filesystem::path& data_dir) {
    std::error_code ignored;
    const bool is_torchvisions = !form.of_torchvision.empty() &&
                                 !std::filesystem::exists(data_dir / form.folder, ignored) &&
                                 std::filesystem::exists(data_dir / form.of_torchvision, ignored);
    return data_dir / (is_torchvisions ? form.of_torchvision : form.folder);
}

DataFile open_file(const std::filesystem::path& path) {
    std::filesystem::path packed = path;
    packed += ".gz";
    std::error_code ignored;
    const bool only_packed =
        !std::filesystem::exists(path, ignored) && std::filesystem::exists(packed, ignored);
    if (only_packed) return DataFile::unpacked(packed);
    return {path,
            "it is one of the four files of a set: train-images-idx3-ubyte, "
            "train-labels-idx1-ubyte, t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte, each as it is or "
            "packed as .gz"};
}

/// The big-endian numbers at the beginning of a file, the magic one first.
std::vector<std::uint32_t> read_header(const DataFile& file, std::uint32_t magic, std::size_t dimensions) {
    std::vector<std::uint8_t> bytes(static_cast<std::size_t>(kWord) * (1 + dimensions));
    file.read(0, bytes, "header");
    std::vector<std::uint32_t> numbers;
    for (std::size_t at = 0; at < bytes.size(); at += kWord) {
        numbers.push_back(static_cast<std::uint32_t>(bytes[at]) << 24U | bytes[at + 1] << 16U |
                          bytes[at + 2] << 8U | bytes[at + 3]);
    }
    if (numbers[0] != magic) {
        throw std::runtime_error(fmt::format(
            "{}: the four bytes at offset 0 are {:08x}, and not {:08x}; it is no IDX file of {}{}",
            file.name(), numbers[0], magic, dimensions == 1 ? "labels" : "images",
            bytes[0] == 0x1f && bytes[1] == 0x8b ? ", but packed: rename it to .gz and `gunzip` it" : ""));
    }
    return numbers;
}

void require_size(const DataFile& file, std::int64_t header, std::int64_t count, std::int64_t size,
                  const std::string& what) {
    if (file.size() == header + count * size) return;
    throw std::runtime_error(fmt::format(
        "{} has {} bytes; its header of {} bytes announces {} {}, with which it has {}; it is cut short or "
        "damaged",
        file.name(), file.size(), header, count, what, header + count * size));
}

std::vector<std::uint8_t> read_labels(const std::filesystem::path& path) {
    constexpr std::int64_t kHeader = 2 * kWord;
    const DataFile file = open_file(path);
    const std::int64_t count = read_header(file, kMagicOfLabels, 1)[1];
    require_size(file, kHeader, count, 1, "labels");
    std::vector<std::uint8_t> labels(static_cast<std::size_t>(count));
    file.read(kHeader, labels, "labels");
    return labels;
}

std::string file_name(Split split, const char* rest) {
    return fmt::format("{}-{}", split == Split::Train ? "train" : "t10k", rest);
}

/// Images of one channel and their labels in IDX files, as MNIST's authors made them
/// (http://yann.lecun.com/exdb/mnist/). The labels of all images are kept, a byte each.
class Idx : public Dataset {
  public:
    Idx(IdxForm form, const std::filesystem::path& data_dir, Split split)
        : form_(std::move(form)),
          images_(open_file(folder_of(form_, data_dir) / file_name(split, "images-idx3-ubyte"))) {
        const std::vector<std::uint32_t> header = read_header(images_, kMagicOfImages, 3);
        const std::int64_t count = header[1];
        shape_.channels = 1;
        shape_.height = header[2];
        shape_.width = header[3];
        if (std::min(shape_.height, shape_.width) < 1 ||
            std::max(shape_.height, shape_.width) > kLargestSide) {
            throw std::runtime_error(fmt::format(
                "{}: the numbers at offset 8 announce images of {} × {}; sides from 1 to {} are expected",
                images_.name(), shape_.height, shape_.width, kLargestSide));
        }
        require_size(images_, kHeader, count, pixels_of(shape_),
                     fmt::format("images of {} × {}", shape_.height, shape_.width));
        const std::filesystem::path folder = folder_of(form_, data_dir);
        const std::filesystem::path label_file = folder / file_name(split, "labels-idx1-ubyte");
        labels_ = read_labels(label_file);
        if (static_cast<std::int64_t>(labels_.size()) != count) {
            throw std::runtime_error(fmt::format("{} holds {} images, but {} {} labels", images_.name(),
                                                 count, label_file.string(), labels_.size()));
        }
        take_classes(folder, label_file, split);
    }

    std::int64_t size() const override { return static_cast<std::int64_t>(labels_.size()); }
    std::int64_t label(std::int64_t index) const override {
        return labels_.at(static_cast<std::size_t>(index)) - lowest_;
    }
    bool may_lie_class_by_class() const override { return true; }
    std::vector<std::string> notes() const override { return notes_; }
    DataShape shape() const override { return shape_; }
    Normalisation normalisation() const override { return form_.normalisation; }
    bool may_be_mirrored() const override { return form_.may_be_mirrored; }

    void read(std::int64_t index, Example& example) const override {
        example.label = label(index);
        example.pixels.resize(static_cast<std::size_t>(pixels_of(shape_)));
        images_.read(kHeader + index * pixels_of(shape_), example.pixels, "image");
    }

  private:
    static constexpr std::int64_t kHeader = 4 * kWord;

    /// The files do not say how many classes there are: the training images have as many as lie between
    /// their lowest and their highest label.
    void take_classes(const std::filesystem::path& folder, const std::filesystem::path& label_file,
                      Split split) {
        const std::filesystem::path train_file = folder / file_name(Split::Train, "labels-idx1-ubyte");
        const std::vector<std::uint8_t> known = split == Split::Train ? labels_ : read_labels(train_file);
        if (known.empty())
            throw std::runtime_error(fmt::format("{} holds no images to train with", folder.string()));
        const auto [lowest, highest] = std::ranges::minmax(known);
        if (lowest == highest) {
            throw std::runtime_error(fmt::format(
                "{}: all {} labels are {}; there is nothing to tell apart, two classes or more are needed",
                train_file.string(), known.size(), lowest));
        }
        // labels from 0 on keep their numbers, and so do those that leave out a 0 among others (2, 5)
        lowest_ = lowest == 1 ? 1 : 0;
        shape_.classes = 1 + highest - lowest_;
        if (split == Split::Train) tell_of_labels(train_file, known, highest);
        const auto strange =
            std::ranges::find_if(labels_, [&](std::uint8_t one) { return one < lowest_ || one > highest; });
        if (strange == labels_.end()) return;
        throw std::runtime_error(fmt::format(
            "{}: the label at offset {} is {}, but the training images have {} to {}", label_file.string(),
            2 * kWord + (strange - labels_.begin()), *strange, lowest_, highest));
    }

    void tell_of_labels(const std::filesystem::path& file, const std::vector<std::uint8_t>& known,
                        std::uint8_t highest) {
        if (lowest_ > 0) {
            notes_.push_back(fmt::format("{}: the labels are {} to {}; they are taken as the classes 0 to {}",
                                         file.string(), lowest_, highest, shape_.classes - 1));
        }
        std::vector<int> gaps;
        for (int label = lowest_; label < highest; ++label)
            if (std::ranges::find(known, static_cast<std::uint8_t>(label)) == known.end())
                gaps.push_back(label);
        if (gaps.empty()) return;
        notes_.push_back(
            fmt::format("{}: of the labels {} to {} no image has {}; each is a class without images",
                        file.string(), lowest_, highest, fmt::join(gaps, ", ")));
    }

    IdxForm form_;
    DataFile images_;
    DataShape shape_;
    std::vector<std::uint8_t> labels_;
    int lowest_ = 0;  ///< label, which is the class 0
    std::vector<std::string> notes_;
};

DatasetKind kind(const std::string& name, const std::string& title, const std::string& meaning,
                 const IdxForm& form) {
    DatasetKind out;
    out.name = name;
    out.title = title;
    out.meaning = meaning;
    out.files = form.folder.empty() ? "the four IDX files" : form.folder + "/";
    out.fetched = !form.folder.empty();
    out.open = [form](const Options& options, Split split) {
        return std::make_unique<Idx>(form, options.data_dir, split);
    };
    return out;
}

}  // namespace

// Means and deviations of MNIST and Fashion-MNIST are those that are commonly used, to four digits.

DatasetKind mnist() {
    return kind("mnist", "MNIST", "mnist is read from its IDX files",
                {"mnist", "MNIST/raw", {{0.1307F}, {0.3081F}}, /*may_be_mirrored=*/false});
}

DatasetKind fashion_mnist() {
    return kind("fashion-mnist", "Fashion-MNIST", "fashion-mnist likewise",
                {"fashion-mnist", "FashionMNIST/raw", {{0.2860F}, {0.3530F}}, /*may_be_mirrored=*/true});
}

DatasetKind idx() {
    return kind("idx", "IDX files",
                "idx is any set of such files, right in data_dir, with images of any size",
                {"", "", Normalisation::of_unknown(1), /*may_be_mirrored=*/false});
}

}  // namespace tidemark::trainer
