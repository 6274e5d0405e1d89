#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace tidemark::data {

/// A file as it is downloaded.
struct RemoteFile {
    std::string url;
    std::int64_t size = 0;
    std::string sha256;  ///< 64 hexadecimal digits

    std::string name() const { return url.substr(url.rfind('/') + 1); }
};

/// A file as it lies in the data folder.
struct LocalFile {
    std::string name;
    std::int64_t size = 0;
};

/// A published set of images that can be fetched.
struct KnownSet {
    std::string name;   ///< as the trainer's `dataset` has it
    std::string title;  ///< as people call it
    std::string folder;
    std::vector<RemoteFile> remote;
    std::vector<LocalFile> files;  ///< in the folder, without what nobody reads
};

const std::vector<KnownSet>& known_sets();

/// Throws UsageError that names the nearest one.
const KnownSet& known_set(const std::string& name);

}  // namespace tidemark::data
