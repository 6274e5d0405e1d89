#include "trainer/datasets/folder_part.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <stdexcept>
#include <string_view>

#include <system_error>

#include <fmt/format.h>

namespace tidemark::trainer {
namespace {

namespace fs = std::filesystem;

/// torchvision.datasets.folder.IMG_EXTENSIONS: others are left out there, too. Which of them can be read is
/// another question.
constexpr std::array<std::string_view, 9> kEndings{".jpg", ".jpeg", ".png",  ".ppm", ".bmp",
                                                   ".pgm", ".tif",  ".tiff", ".webp"};

bool is_named_like_an_image(const std::string& name) {
    std::string ending = fs::path(name).extension().string();
    std::ranges::transform(ending, ending.begin(), [](unsigned char c) { return std::tolower(c); });
    return std::ranges::find(kEndings, ending) != kEndings.end();
}

/// What macOS, and whoever hides files, leaves in folders.
bool is_nobodys(const std::string& name) {
    return name.starts_with('.') || name == "__MACOSX";
}

/// What lies right in a folder, in alphabetical order.
std::vector<fs::directory_entry> entries_of(const fs::path& folder) {
    std::error_code error;
    std::vector<fs::directory_entry> entries;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error))
        entries.push_back(*entry);
    if (error) {
        throw std::runtime_error(fmt::format("cannot read {}: {}; data_dir must hold {}", folder.string(),
                                             error.message(), kFolderForm));
    }
    std::ranges::sort(entries, {}, [](const fs::directory_entry& one) { return one.path(); });
    return entries;
}

bool is_folder(const fs::directory_entry& entry) {
    std::error_code ignored;
    return entry.is_directory(ignored);
}

class Lister {
  public:
    explicit Lister(FolderPart& part) : part_(part) {}

    void add_class(const fs::directory_entry& folder) {
        const std::size_t before = part_.files.size();
        add_below(folder.path(), {}, 0);
        if (part_.files.size() > before) return;
        throw std::runtime_error(fmt::format("{} holds no images", folder.path().string()));
    }

    void leave_out(const fs::path& path) {
        part_.left_out.push_back(path.lexically_relative(part_.folder).string());
    }

  private:
    /// The images of a folder before those of the folders in it.
    void add_below(const fs::path& folder, const fs::path& within, int depth) {
        constexpr int kDeepest = 40;  // as many as the kernel follows links, and no tree of images has
        if (depth > kDeepest)
            throw std::runtime_error(fmt::format("{} lies more than {} folders deep; a link may lead back",
                                                 folder.string(), kDeepest));
        std::vector<fs::directory_entry> folders;
        for (const fs::directory_entry& entry : entries_of(folder)) {
            const std::string name = entry.path().filename().string();
            if (is_folder(entry)) {
                if (!is_nobodys(name)) folders.push_back(entry);
            } else if (is_named_like_an_image(name) && !is_nobodys(name)) {
                part_.files.push_back({part_.classes.size() - 1, (within / name).string()});
            } else if (is_named_like_an_image(name) || !is_nobodys(name)) {
                leave_out(entry.path());
            }
        }
        for (const fs::directory_entry& entry : folders)
            add_below(entry.path(), within / entry.path().filename(), depth + 1);
    }

    FolderPart& part_;
};

}  // namespace

FolderPart list_folder_part(const fs::path& folder) {
    FolderPart part{folder, {}, {}};
    Lister lister(part);
    for (const fs::directory_entry& entry : entries_of(folder)) {
        const std::string name = entry.path().filename().string();
        if (is_nobodys(name)) continue;
        if (!is_folder(entry)) {
            lister.leave_out(entry.path());
            continue;
        }
        part.classes.push_back(name);
        lister.add_class(entry);
    }
    return part;
}

fs::path test_part_of(const fs::path& data_dir) {
    std::error_code ignored;
    const bool has_val_alone =
        !fs::exists(data_dir / "test", ignored) && fs::exists(data_dir / "val", ignored);
    return data_dir / (has_val_alone ? "val" : "test");
}

}  // namespace tidemark::trainer
