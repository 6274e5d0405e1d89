#pragma once

#include <filesystem>
#include <vector>

#include "sql/connection.hpp"

namespace tidemark::store {

/// The database of results: one SQLite file in WAL mode, shared by any number of runners and readers of this
/// machine.
class Database {
  public:
    /// Opens it for writing, makes it (and its folder) where it does not exist, and brings an older schema up
    /// to date. Throws CannotGoOn with the way out: a newer schema, a foreign or damaged file, a folder
    /// without write permission.
    static Database open_or_create(const std::filesystem::path& file);

    /// Opens it for reading; throws CannotGoOn also where it does not exist yet.
    static Database open_to_read(const std::filesystem::path& file);

    sql::Connection& connection() { return connection_; }
    const std::filesystem::path& file() const { return file_; }

    /// Where the run directories of this database are: the folder `runs` beside it.
    std::filesystem::path runs_folder() const;

  private:
    Database(std::filesystem::path file, sql::Connection connection)
        : file_(std::move(file)), connection_(std::move(connection)) {}
    std::filesystem::path file_;
    sql::Connection connection_;
};

/// All that tidemark writes for a database of that name, absolute: its files, and the folder of its runs.
std::vector<std::filesystem::path> files_of_database(const std::filesystem::path& file);

/// `error` as the CannotGoOn that a user can act on: what could not be done with which file, and why.
[[noreturn]] void cannot_go_on(const std::filesystem::path& file, const sql::SqlError& error);

}  // namespace tidemark::store
