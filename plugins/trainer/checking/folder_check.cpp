#include "trainer/checking/folder_check.hpp"

#include <algorithm>
#include <map>
#include <stdexcept>

#include <fmt/format.h>

#include "base/digest.hpp"
#include "trainer/datasets/folder_part.hpp"
#include "trainer/datasets/picture.hpp"
#include "trainer/datasets/picture_head.hpp"

namespace tidemark::trainer {
namespace {

namespace fs = std::filesystem;

/// The smallest and the largest picture.
class Sizes {
  public:
    void add(const PictureHead& head) {
        const auto area = [](const PictureHead& one) { return one.height * one.width; };
        if (!any_ || area(head) < area(least_)) least_ = head;
        if (!any_ || area(head) > area(most_)) most_ = head;
        any_ = true;
    }
    std::string text() const {
        const auto of = [](const PictureHead& one) { return fmt::format("{} × {}", one.height, one.width); };
        return of(least_) == of(most_) ? of(least_) : fmt::format("{} to {}", of(least_), of(most_));
    }

  private:
    bool any_ = false;
    PictureHead least_;
    PictureHead most_;
};

class FolderCheck {
  public:
    explicit FolderCheck(const fs::path& folder) : folder_(folder) { findings_.title = "a folder of images"; }

    DataFindings run() {
        look_at(folder_ / "train");
        look_at(test_part_of(folder_));
        return std::move(findings_);
    }

  private:
    std::string relative(const fs::path& file) const { return file.lexically_relative(folder_).string(); }

    void look_at(const fs::path& folder) {
        try {
            const FolderPart listed = list_folder_part(folder);
            require_trained_classes(listed);
            PartFindings part{relative(folder), listed.classes, {}, {}};
            part.counts.resize(listed.classes.size());
            Sizes sizes;
            for (const FolderPart::File& file : listed.files) take(listed, file, part, sizes);
            part.sizes = sizes.text();
            for (const std::string& name : listed.left_out)
                findings_.notes.push_back(
                    {relative(folder / name), "it is left out, being hidden or not named like an image"});
            findings_.parts.push_back(std::move(part));
        } catch (const std::runtime_error& error) {
            findings_.problems.push_back({relative(folder), error.what()});
        }
    }

    void require_trained_classes(const FolderPart& part) {
        if (findings_.parts.empty()) return;
        const std::vector<std::string>& trained = findings_.parts.front().class_names;
        for (const std::string& name : part.classes)
            if (!std::ranges::binary_search(trained, name))
                findings_.problems.push_back(
                    {relative(part.folder / name), "there is no such class in train"});
    }

    void take(const FolderPart& part, const FolderPart::File& image, PartFindings& found, Sizes& sizes) {
        const std::string file = part.path_of(image);
        const std::string where = relative(file);
        try {
            const PictureHead head = look_at_picture(file);
            read_picture(file, {});
            sizes.add(head);
            tell(where, head);
        } catch (const std::runtime_error& error) {
            std::string what = error.what();
            if (what.starts_with(file + ": ")) what.erase(0, file.size() + 2);
            findings_.problems.push_back({where, what});
            return;
        }
        ++found.counts.at(image.label);
        const auto digest = digest_of_file(file);
        if (!digest) return;
        const auto [known, is_new] = seen_.try_emplace(*digest, where);
        if (!is_new) findings_.duplicates.push_back({where, known->second});
    }

    void tell(const std::string& where, const PictureHead& head) {
        constexpr int kDeep = 16;
        if (head.orientation != 1)
            findings_.notes.push_back(
                {where, fmt::format("EXIF says that it is turned or mirrored ({}); it is taken as it lies",
                                    head.orientation)});
        if (head.bits == kDeep) findings_.notes.push_back({where, "it has 16 bits; the upper 8 are taken"});
        if (head.has_four_inks)
            findings_.notes.push_back({where, "it is in CMYK, made colours as Pillow does"});
    }

    fs::path folder_;
    std::map<Digest, std::string> seen_;
    DataFindings findings_;
};

}  // namespace

DataFindings check_folder(const fs::path& folder) {
    return FolderCheck(folder).run();
}

}  // namespace tidemark::trainer
