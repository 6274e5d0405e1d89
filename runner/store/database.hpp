#pragma once

#include <filesystem>
#include <vector>

#include "sql/connection.hpp"
#include "store/whereabouts.hpp"

namespace tidemark::store {

/// The database of results: one SQLite file in WAL mode, shared by any number of runners and readers of this
/// machine.
class Database {
  public:
    /// Opens it for writing, makes it (and its folder) where it does not exist, and brings an older schema up
    /// to date. Throws CannotGoOn with the way out: a newer schema, a foreign or damaged file, a folder
    /// without write permission. `patience`: with locks of other processes.
    static Database open_or_create(const std::filesystem::path& file, const sql::Patience& patience = {});

    /// Opens it for reading, and writes nothing: one of an earlier schema is read as a copy that is brought
    /// up to date. Throws CannotGoOn also where it does not exist yet.
    static Database open_to_read(const std::filesystem::path& file);

    /// An empty one that nobody else sees, and that ends with this object; `file` is what it is made of.
    static Database temporary(const std::filesystem::path& file);

    sql::Connection& connection() { return connection_; }
    const std::filesystem::path& file() const { return file_; }

    /// Where the run directories of this database are: the folder `runs` beside it.
    std::filesystem::path runs_folder() const;

    /// Whether the connection shows the file as it was when it was opened, whatever becomes of it.
    bool is_copy() const { return kind_ == Kind::Copy; }

    /// Whether another connection can read the file in the same way.
    bool can_be_attached() const { return kind_ == Kind::File; }

    /// Throws CannotGoOn where the file was removed, moved or replaced since it was opened: what is written
    /// to it then is lost. Says where the measurements are and how they come back.
    void require_in_place();

  private:
    enum class Kind { File, UnchangingFile, Copy };
    Database(std::filesystem::path file, sql::Connection connection, Kind kind = Kind::File)
        : file_(std::move(file)),
          connection_(std::move(connection)),
          kind_(kind),
          opened_(identity_of(file_)) {}
    static Database copy_of_earlier(const std::filesystem::path& file, sql::Connection& earlier, int version);
    std::filesystem::path file_;
    sql::Connection connection_;
    Kind kind_;
    FileIdentity opened_;
};

/// All that tidemark writes for a database of that name, absolute: its files, and the folder of its runs.
std::vector<std::filesystem::path> files_of_database(const std::filesystem::path& file);

/// `error` as the CannotGoOn that a user can act on: what could not be done with which file, and why.
[[noreturn]] void cannot_go_on(const std::filesystem::path& file, const sql::SqlError& error);

}  // namespace tidemark::store
