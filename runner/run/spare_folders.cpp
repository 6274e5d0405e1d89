#include "run/spare_folders.hpp"

#include <sys/stat.h>
#include <sys/xattr.h>
#include <system_error>
#include <unistd.h>

namespace tidemark::run {
namespace {

/// The mode of a new folder. There is no other way to ask for the mask than to set it.
mode_t mode_of_new_folder() {
    const mode_t mask = umask(0);
    umask(mask);
    return 0777 & ~mask;
}

}  // namespace

bool is_as_new(const std::filesystem::path& folder) {
    struct stat status {};
    if (lstat(folder.c_str(), &status) != 0 || !S_ISDIR(status.st_mode)) return false;
    // a folder that has had many entries stays large, and slow to read
    constexpr mode_t kAllBits = 07777;
    if (status.st_uid != geteuid() || status.st_gid != getegid() || status.st_size > status.st_blksize ||
        (status.st_mode & kAllBits) != mode_of_new_folder())
        return false;
    std::error_code error;
    return std::filesystem::is_empty(folder, error) && !error && llistxattr(folder.c_str(), nullptr, 0) <= 0;
}

SpareFolders::~SpareFolders() {
    std::error_code ignored;
    for (const std::filesystem::path& folder : folders_) std::filesystem::remove(folder, ignored);
}

bool SpareFolders::keep(const std::filesystem::path& folder) {
    if (!is_as_new(folder)) return false;
    folders_.push_back(folder);
    return true;
}

void SpareFolders::give(const std::filesystem::path& folder) {
    if (folders_.empty()) return;
    const std::filesystem::path spare = std::move(folders_.back());
    folders_.pop_back();
    std::error_code error;
    // who has changed it since then gets no other run into it
    if (is_as_new(spare)) std::filesystem::rename(spare, folder, error);
}

}  // namespace tidemark::run
