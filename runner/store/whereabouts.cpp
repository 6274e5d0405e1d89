#include "store/whereabouts.hpp"

#include <optional>
#include <string>

#include <sys/stat.h>

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/folder.hpp"
#include "terminal/installation.hpp"
#include "terminal/shell_words.hpp"

namespace tidemark::store {
namespace {

namespace fs = std::filesystem;

/// Where the open file is now, which the kernel knows; nothing where it has no name any more.
std::optional<fs::path> new_place(const FileIdentity& opened) {
    std::optional<fs::path> place;
    for_each_entry("/proc/self/fd", [&](const fs::directory_entry& entry) {
        if (identity_of(entry.path()) != opened) return;
        std::error_code gone;
        const fs::path target = fs::read_symlink(entry.path(), gone);
        if (!gone && identity_of(target) == opened) place = target;
    });
    return place;
}

/// What becomes of the measurements, and what to do.
std::string way_back(const fs::path& file, const fs::path& runs) {
    std::error_code error;
    if (!fs::is_directory(runs, error) || fs::is_empty(runs, error))
        return fmt::format(
            "its run directories in {} are gone, too, and what was measured is lost; run the same "
            "command again",
            runs.string());
    return fmt::format(
        "what was measured is in the run directories in {}; bring it back, and then run the same command "
        "again:\n    tidemark import {} --db {}",
        runs.string(), terminal::shell_word(runs.string()), terminal::shell_word(file.string()));
}

}  // namespace

FileIdentity identity_of(const fs::path& file) {
    struct stat status {};
    if (stat(file.c_str(), &status) != 0) return {};
    return {status.st_dev, status.st_ino};
}

void gone(const fs::path& file, const FileIdentity& opened, const fs::path& runs,
          sql::Connection& connection) {
    if (const auto place = new_place(opened)) {
        // the log stays at the old place, and what is in it would be missing at the new one
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)");
        throw CannotGoOn(fmt::format(
            "{} was moved to {} while it was in use; all that was stored is there; move it back and run the "
            "same command again, or go on there with --db {}",
            file.string(), place->string(), terminal::shell_word(place->string())));
    }
    std::error_code error;
    const char* what = fs::exists(file, error) ? "was replaced by another file" : "was removed";
    throw CannotGoOn(fmt::format("{} {} while it was in use; {}", file.string(), what, way_back(file, runs)));
}

void log_gone(const fs::path& file, const fs::path& runs) {
    throw CannotGoOn(
        fmt::format("{0}-wal was removed while {0} was in use, and with it what was not in {0} yet; {1}",
                    file.string(), way_back(file, runs)));
}

}  // namespace tidemark::store
