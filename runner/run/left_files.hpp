#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/units.hpp"
#include "run/record.hpp"

namespace tidemark::run {

class SpareFolders;

/// Makes the run's own folder, empty, or leaves it where it is as a new one would be. Throws CannotGoOn.
void renew_run_dir(const std::filesystem::path& run_dir);

/// A file, or a link, that a run left in its folder.
struct LeftFile {
    std::string name;  ///< relative to the folder
    Bytes size;
    std::string link;  ///< what a link says; empty for a file
};

/// All that lies in the folder and below, by name. Links are not followed. `problem` gets why some may be
/// missing.
std::vector<LeftFile> left_files(const std::filesystem::path& run_dir, std::string& problem);

/// Leaves of what the run has in its folder what its `keep` names, and adds to its warnings what is to be
/// said of it. Everything stays without a `keep`, and where the run did not end ok: it may say why. An empty
/// folder goes to the spare ones, or is removed.
void settle_left_files(Record& record, SpareFolders* spares = nullptr);

}  // namespace tidemark::run
