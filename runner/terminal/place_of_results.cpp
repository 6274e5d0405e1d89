#include "terminal/place_of_results.hpp"

#include <cstdlib>
#include <optional>

#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace tidemark::terminal {
namespace {

constexpr const char* kDatabase = "results/tidemark.db";
constexpr const char* kRepository = ".git";

std::optional<uid_t> owner_of(const std::filesystem::path& path) {
    struct stat found {};
    if (stat(path.c_str(), &found) != 0) return std::nullopt;
    return found.st_uid;
}

/// As /tmp: nobody's project.
bool is_for_everybody(const std::filesystem::path& folder) {
    struct stat found {};
    return stat(folder.c_str(), &found) == 0 && (found.st_mode & S_IWOTH) != 0;
}

/// A stranger who may write above could have results taken to where he reads or changes them.
bool is_trusted(const std::filesystem::path& path, const std::filesystem::path& begin) {
    const auto owner = owner_of(path);
    return owner && (*owner == 0 || *owner == geteuid() || owner == owner_of(begin));
}

}  // namespace

std::filesystem::path default_database(const std::filesystem::path& begin) {
    const char* given = std::getenv(kDatabaseVariable);
    if (given != nullptr && *given != '\0') return given;
    std::error_code error;
    const std::filesystem::path start = std::filesystem::absolute(begin).lexically_normal();
    for (std::filesystem::path folder = start;; folder = folder.parent_path()) {
        if (folder != start && is_for_everybody(folder)) break;
        for (const char* mark : {kDatabase, kRepository}) {
            const std::filesystem::path found = folder / mark;
            if (std::filesystem::exists(found, error) && is_trusted(found, start)) return folder / kDatabase;
        }
        if (!folder.has_relative_path()) break;
    }
    return start / kDatabase;
}

std::filesystem::path default_database() {
    return default_database(std::filesystem::current_path());
}

}  // namespace tidemark::terminal
