#pragma once

#include <cstdint>
#include <filesystem>

#include "sql/connection.hpp"

namespace tidemark::store {

/// Which file it is, whatever its name.
struct FileIdentity {
    std::uintmax_t device = 0;
    std::uintmax_t number = 0;
    bool operator==(const FileIdentity&) const = default;
};

FileIdentity identity_of(const std::filesystem::path& file);

/// Throws the CannotGoOn of a database that is no longer where it was opened: it was moved (and is brought up
/// to date there), removed, or another file is in its place. `runs` is where its run directories are, from
/// which the records come back.
[[noreturn]] void gone(const std::filesystem::path& file, const FileIdentity& opened,
                       const std::filesystem::path& runs, sql::Connection& connection);

/// The same of a database whose log was removed, and with it what was not in the database yet.
[[noreturn]] void log_gone(const std::filesystem::path& file, const std::filesystem::path& runs);

}  // namespace tidemark::store
