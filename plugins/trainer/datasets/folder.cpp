#include <algorithm>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/suggestion.hpp"
#include "trainer/datasets/dataset_catalogue.hpp"
#include "trainer/datasets/picture.hpp"

namespace tidemark::trainer {
namespace {

namespace fs = std::filesystem;

constexpr const char* kForm = "train/CLASS/ and test/CLASS/ with PNG or JPEG files";

/// What a folder holds, in alphabetical order, without what is hidden.
std::vector<std::string> names_in(const fs::path& folder) {
    std::error_code error;
    std::vector<std::string> names;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
        std::string name = entry->path().filename().string();
        if (!name.starts_with('.')) names.push_back(std::move(name));
    }
    if (error) {
        throw std::runtime_error(fmt::format("cannot read {}: {}; data_dir must hold {}", folder.string(),
                                             error.message(), kForm));
    }
    std::ranges::sort(names);
    return names;
}

std::vector<std::string> classes_in(const fs::path& folder) {
    std::vector<std::string> names = names_in(folder);
    for (const std::string& name : names) {
        if (fs::is_directory(folder / name)) continue;
        throw std::runtime_error(
            fmt::format("{} is no folder; in {} there is one for each class, and nothing else",
                        (folder / name).string(), folder.string()));
    }
    return names;
}

bool is_named_like_an_image(const std::string& name) {
    std::string ending = fs::path(name).extension().string();
    std::ranges::transform(ending, ending.begin(), [](unsigned char c) { return std::tolower(c); });
    return ending == ".png" || ending == ".jpg" || ending == ".jpeg";
}

/// A folder for each class, with an image in each file. The names of all files are kept, the images are read
/// when they are wanted.
class ImageFolder : public Dataset {
  public:
    ImageFolder(const Options& options, Split split)
        : folder_(fs::path(options.data_dir) / (split == Split::Train ? "train" : "test")),
          resized_(options.image_size > 0) {
        const fs::path train = fs::path(options.data_dir) / "train";
        classes_ = classes_in(train);
        if (classes_.size() < 2) {
            throw std::runtime_error(
                fmt::format("{} holds {}; a folder for each of two classes or more is needed", train.string(),
                            classes_.empty() ? "no folder" : "one folder"));
        }
        for (const std::string& name : classes_in(folder_)) add_class(name, train);
        if (images_.empty()) throw std::runtime_error(fmt::format("{} holds no images", folder_.string()));
        take_shape(options, train);
    }

    std::int64_t size() const override { return static_cast<std::int64_t>(images_.size()); }
    DataShape shape() const override { return shape_; }
    Normalisation normalisation() const override { return Normalisation::of_unknown(shape_.channels); }

    void read(std::int64_t index, Example& example) const override {
        const Image& image = images_.at(static_cast<std::size_t>(index));
        const std::string file = (folder_ / classes_[image.label] / image.name).string();
        Picture picture = read_picture(file, shape_.channels);
        if (resized_) {
            picture = square_of(picture, shape_.height);
        } else if (picture.height != shape_.height || picture.width != shape_.width) {
            throw std::runtime_error(fmt::format(
                "{} is {} × {}, but the first image, {}, {} × {}; image_size brings all to one size: --set "
                "image_size=32",
                file, picture.height, picture.width, first_, shape_.height, shape_.width));
        }
        example.label = static_cast<std::int64_t>(image.label);
        example.pixels = std::move(picture.pixels);
    }

  private:
    struct Image {
        std::size_t label;
        std::string name;
    };

    void add_class(const std::string& name, const fs::path& train) {
        const auto found = std::ranges::lower_bound(classes_, name);
        const fs::path folder = folder_ / name;
        if (found == classes_.end() || *found != name) {
            throw std::runtime_error(fmt::format(
                "{}: there is no class '{}' in {}{}", folder.string(), name, train.string(),
                did_you_mean(name, std::vector<std::string_view>(classes_.begin(), classes_.end()))));
        }
        const std::vector<std::string> files = names_in(folder);
        if (files.empty()) throw std::runtime_error(fmt::format("{} holds no images", folder.string()));
        for (const std::string& file : files) {
            if (!is_named_like_an_image(file)) {
                throw std::runtime_error(fmt::format(
                    "{} is no image (.png, .jpg or .jpeg); move it elsewhere", (folder / file).string()));
            }
            images_.push_back({static_cast<std::size_t>(found - classes_.begin()), file});
        }
    }

    void take_shape(const Options& options, const fs::path& train) {
        if (options.image_channels != 1 && options.image_channels != 3) {
            throw std::runtime_error(
                fmt::format("image_channels is {}; images of a folder have 3 (colour) or 1 (grey)",
                            options.image_channels));
        }
        shape_ = {options.image_channels, options.image_size, options.image_size,
                  static_cast<std::int64_t>(classes_.size())};
        if (resized_) return;
        const fs::path folder = train / classes_.front();
        const std::vector<std::string> names = names_in(folder);
        if (names.empty()) throw std::runtime_error(fmt::format("{} holds no images", folder.string()));
        first_ = (folder / names.front()).string();
        const Picture first = read_picture(first_, shape_.channels);
        shape_.height = first.height;
        shape_.width = first.width;
    }

    fs::path folder_;
    bool resized_;
    DataShape shape_;
    std::string first_;  ///< whose size all must have
    std::vector<std::string> classes_;
    std::vector<Image> images_;
};

}  // namespace

DatasetKind folder() {
    return {.name = "folder",
            .title = "a folder of images",
            .meaning = "folder is train/CLASS/ and test/CLASS/ in data_dir with PNG and JPEG files",
            .files = kForm,
            .fetched = false,
            .caveat = {},
            .open = [](const Options& options, Split split) {
                return std::make_unique<ImageFolder>(options, split);
            }};
}

}  // namespace tidemark::trainer
