#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/units.hpp"
#include "sweep/input_listing.hpp"

namespace tidemark::sweep {

class FileDigests;

/// Above this sum of their sizes the files of an entry of `inputs:` are known by their names, sizes and
/// times, unless git names them: to read them all at each command would take seconds.
inline constexpr Bytes kMostToRead{256 * kMebibyte};

/// What an entry of `inputs:` is in the keys of runs.
struct InputDigest {
    std::string problem;  ///< why it cannot be known; empty: nothing is wrong
    bool is_one_file = false;
    std::string digest;
    std::size_t files = 0;
    Bytes size;
    bool by_content = true;
};

/// Digests of the entries of `inputs:`, each found and read once.
class InputDigests {
  public:
    /// `folder` is that of the sweep file; `left_out` are files and folders that are never inputs.
    InputDigests(std::filesystem::path folder, std::vector<std::filesystem::path> left_out)
        : folder_(std::move(folder)), left_out_(std::move(left_out)) {}

    const InputDigest& of(const std::string& entry, FileDigests& digests);

    /// The files of all entries that were asked for.
    const std::set<std::string>& files() const { return files_; }

    /// A sentence for each that was asked for.
    std::vector<std::string> descriptions() const;
    /// Those whose content is not looked at.
    std::vector<std::string> notes() const;

  private:
    std::filesystem::path folder_;
    std::vector<std::filesystem::path> left_out_;
    std::map<std::string, InputDigest> known_;
    std::set<std::string> files_;
    FolderNames names_;
};

}  // namespace tidemark::sweep
