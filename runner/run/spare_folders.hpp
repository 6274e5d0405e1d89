#pragma once

#include <filesystem>
#include <vector>

namespace tidemark::run {

/// Whether this is a folder as this process would make it now: empty, and nothing of it changed that a
/// program could have changed.
bool is_as_new(const std::filesystem::path& folder);

/// The empty folders of runs that have ended, which the next runs get. To make a folder for each run, and to
/// remove it behind it, is most of what a run's files cost on ext4, which does not use an inode again for
/// five seconds and passes over all such ones whenever it looks for a free one. Each stays in the directory
/// of its former run until it is given, so that nothing is lost where this process is killed.
class SpareFolders {
  public:
    SpareFolders() = default;
    SpareFolders(const SpareFolders&) = delete;
    SpareFolders& operator=(const SpareFolders&) = delete;
    ~SpareFolders();  ///< removes those that nobody got

    /// False where it is not as a new one would be; then it is the caller's still.
    bool keep(const std::filesystem::path& folder);

    /// Moves one to where a run shall have its folder, which is not there yet. Where there is none, or it
    /// cannot be moved, nothing is done.
    void give(const std::filesystem::path& folder);

  private:
    std::vector<std::filesystem::path> folders_;
};

}  // namespace tidemark::run
