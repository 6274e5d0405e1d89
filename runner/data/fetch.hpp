#pragma once

#include <filesystem>
#include <string>

#include "data/download.hpp"

namespace tidemark::data {

struct FetchOptions {
    std::filesystem::path data_folder;
    /// Instead of the official place: the URL or the path of the file, or of the folder that holds all files.
    std::string from;
    Seconds pause_before_next_attempt{1};
};

/// What became of it.
struct Fetched {
    bool was_complete = false;            ///< and nothing was done
    std::filesystem::path moved_aside{};  ///< what stood in its place and was not complete
};

/// Downloads, verifies and unpacks a set; its folder appears whole or not at all. Throws CannotGoOn with the
/// place and the way out.
Fetched fetch(const KnownSet& set, const FetchOptions& options, DownloadObserver& observer);

}  // namespace tidemark::data
