#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "store/database.hpp"

namespace tidemark::store {

/// What was found in a folder of run directories.
struct FoundRuns {
    std::size_t stored = 0;
    std::size_t unfinished = 0;         ///< hold no measurement: at work still, or their runner was killed
    std::vector<std::string> problems;  ///< of those that are damaged, each with its place
};

/// Stores the records of bare run directories: of one, or of all in a folder `runs`, or in the folder that
/// has it. What a program read is not in there, and so not known of them. `proceed` ends it where it says
/// false. Throws CannotGoOn where the folder has none.
FoundRuns store_run_directories(Database& database, const std::filesystem::path& folder,
                                const std::function<bool()>& proceed);

}  // namespace tidemark::store
