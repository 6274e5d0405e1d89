#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "store/database.hpp"

namespace tidemark::store {

/// Baselines that name one of the attempts, each once, by name.
std::vector<std::string> baselines_with(sql::Connection& connection, const std::vector<std::string>& run_ids);

/// Takes the attempts out of the database, in one transaction; of each run the newest attempt that is left
/// counts from then on. Their directories, as the database knows them, are returned for whoever removes them.
/// Throws sql::SqlError.
std::vector<std::filesystem::path> remove_runs(Database& database, const std::vector<std::string>& run_ids);

/// The folders of runs beside the database that no attempt of it has and no run that is being made, sorted.
std::vector<std::filesystem::path> unrecorded_folders(Database& database);

/// All that the folder holds; links are not followed.
std::int64_t bytes_in(const std::filesystem::path& folder);

}  // namespace tidemark::store
