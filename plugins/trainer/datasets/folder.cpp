#include <algorithm>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/suggestion.hpp"
#include "trainer/datasets/dataset_catalogue.hpp"
#include "trainer/datasets/folder_part.hpp"
#include "trainer/datasets/picture.hpp"
#include "trainer/datasets/picture_head.hpp"

namespace tidemark::trainer {
namespace {

namespace fs = std::filesystem;

std::string files(std::size_t count) {
    return fmt::format("{} file{}", count, count == 1 ? "" : "s");
}

/// Some of the files are of a kind that is worth a word.
struct Kind {
    std::size_t count = 0;
    std::string first{};
    void add(const std::string& file) {
        if (count++ == 0) first = file;
    }
};

/// A folder for each class, with an image in each file. The names of all files are kept, the images are read
/// when they are wanted; the beginning of each is looked at first.
class ImageFolder : public Dataset {
  public:
    ImageFolder(const Options& options, Split split) : resized_(options.image_size > 0) {
        const fs::path data_dir = options.data_dir;
        const fs::path train = data_dir / "train";
        FolderPart trained = list_folder_part(train);
        if (trained.classes.size() < 2) {
            throw std::runtime_error(
                fmt::format("{} holds {}; a folder for each of two classes or more is needed", train.string(),
                            trained.classes.empty() ? "no folder" : "one folder"));
        }
        take_shape(options, trained);
        if (split == Split::Train)
            part_ = std::move(trained);
        else
            take_test_part(list_folder_part(test_part_of(data_dir)), std::move(trained.classes), train);
        if (part_.files.empty())
            throw std::runtime_error(fmt::format("{} holds no images", part_.folder.string()));
        look_at_all();
    }

    std::int64_t size() const override { return static_cast<std::int64_t>(part_.files.size()); }
    DataShape shape() const override { return shape_; }
    Normalisation normalisation() const override { return Normalisation::of_unknown(shape_.channels); }
    std::int64_t label(std::int64_t index) const override {
        return static_cast<std::int64_t>(part_.files.at(static_cast<std::size_t>(index)).label);
    }
    bool may_lie_class_by_class() const override { return true; }
    std::vector<std::string> class_names() const override { return part_.classes; }
    std::vector<std::string> notes() const override { return notes_; }

    void read(std::int64_t index, Example& example) const override {
        const FolderPart::File& image = part_.files.at(static_cast<std::size_t>(index));
        const std::string file = part_.path_of(image);
        Picture picture = read_picture(file, {shape_.channels, resized_ ? shape_.height : 0});
        if (resized_)
            picture = square_of(picture, shape_.height);
        else
            require_shape(file, picture.height, picture.width);
        example.label = static_cast<std::int64_t>(image.label);
        example.pixels = std::move(picture.pixels);
    }

  private:
    /// The classes are those that are trained, in their order.
    void take_test_part(FolderPart test, std::vector<std::string> trained, const fs::path& train) {
        for (FolderPart::File& file : test.files) {
            const std::string& name = test.classes[file.label];
            const auto found = std::ranges::lower_bound(trained, name);
            if (found == trained.end() || *found != name) {
                throw std::runtime_error(fmt::format(
                    "{}: there is no class '{}' in {}{}", (test.folder / name).string(), name, train.string(),
                    did_you_mean(name, std::vector<std::string_view>(trained.begin(), trained.end()))));
            }
            file.label = static_cast<std::size_t>(found - trained.begin());
        }
        test.classes = std::move(trained);
        part_ = std::move(test);
    }

    void take_shape(const Options& options, const FolderPart& trained) {
        if (options.image_channels != 1 && options.image_channels != 3) {
            throw std::runtime_error(
                fmt::format("image_channels is {}; images of a folder have 3 (colour) or 1 (grey)",
                            options.image_channels));
        }
        shape_ = {options.image_channels, options.image_size, options.image_size,
                  static_cast<std::int64_t>(trained.classes.size())};
        if (resized_) return;
        first_ = trained.path_of(trained.files.front());
        const PictureHead first = look_at_picture(first_);
        shape_.height = first.height;
        shape_.width = first.width;
    }

    void require_shape(const std::string& file, std::int64_t height, std::int64_t width) const {
        if (height == shape_.height && width == shape_.width) return;
        throw std::runtime_error(fmt::format(
            "{} is {} × {}, but the first image, {}, {} × {}; image_size brings all to one size: --set "
            "image_size=32",
            file, height, width, first_, shape_.height, shape_.width));
    }

    /// So that no training ends in its middle for a file that could have been known to be none.
    void look_at_all() {
        Kind turned;
        Kind deep_grey;
        for (const FolderPart::File& image : part_.files) {
            const std::string file = part_.path_of(image);
            const PictureHead head = look_at_picture(file);
            if (!resized_) require_shape(file, head.height, head.width);
            if (head.orientation != 1) turned.add(file);
            if (head.bits == kDeep && head.is_grey) deep_grey.add(file);
        }
        tell(turned, deep_grey);
    }

    void tell(const Kind& turned, const Kind& deep_grey) {
        const std::string folder = part_.folder.string();
        if (!part_.left_out.empty()) {
            notes_.push_back(
                fmt::format("{}: {} left out, being hidden or not named like images; the first is {}", folder,
                            files(part_.left_out.size()) + (part_.left_out.size() == 1 ? " is" : " are"),
                            (part_.folder / part_.left_out.front()).string()));
        }
        if (turned.count > 0) {
            notes_.push_back(fmt::format(
                "{}: {} said by EXIF to be turned or mirrored; they are taken as they lie, as "
                "torchvision's ImageFolder does; the first is {}",
                folder, files(turned.count) + (turned.count == 1 ? " is" : " are"), turned.first));
        }
        if (deep_grey.count > 0) {
            notes_.push_back(fmt::format(
                "{}: {} grey with 16 bits; the upper 8 are taken, where Pillow makes white of all "
                "above 255; the first is {}",
                folder, files(deep_grey.count) + (deep_grey.count == 1 ? " is" : " are"), deep_grey.first));
        }
    }

    static constexpr int kDeep = 16;

    FolderPart part_;
    bool resized_;
    DataShape shape_;
    std::string first_;  ///< whose size all must have
    std::vector<std::string> notes_;
};

}  // namespace

DatasetKind folder() {
    return {
        .name = "folder",
        .title = "a folder of images",
        .meaning =
            "folder is train/CLASS/ and test/CLASS/ (or val/CLASS/) in data_dir with PNG and JPEG files, as "
            "torchvision's ImageFolder has them",
        .files = kFolderForm,
        .fetched = false,
        .caveat = {},
        .open = [](const Options& options, Split split) {
            return std::make_unique<ImageFolder>(options, split);
        }};
}

}  // namespace tidemark::trainer
