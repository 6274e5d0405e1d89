#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace tidemark::trainer {

inline constexpr const char* kFolderForm = "train/CLASS/ and test/CLASS/ with PNG or JPEG files";

/// What one part (train/, test/) of a folder of images holds, as torchvision's ImageFolder sees it: each
/// folder in it is a class, and whatever lies in that, however deep, and is named like an image, is one. What
/// is hidden, and __MACOSX, is left out, unlike there.
struct FolderPart {
    struct File {
        std::size_t label;  ///< which of the classes
        std::string name;   ///< relative to the folder of its class
    };
    std::filesystem::path folder;
    std::vector<std::string> classes;     ///< in alphabetical order
    std::vector<File> files;              ///< by class, in each by folder and name
    std::vector<std::string> left_out{};  ///< what somebody may miss, relative to `folder`

    std::string path_of(const File& file) const {
        return (folder / classes[file.label] / file.name).string();
    }
};

/// Throws std::runtime_error naming what cannot be read, and a class without images.
FolderPart list_folder_part(const std::filesystem::path& folder);

/// data_dir/test, or data_dir/val where there is no test.
std::filesystem::path test_part_of(const std::filesystem::path& data_dir);

}  // namespace tidemark::trainer
