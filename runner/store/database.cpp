#include "store/database.hpp"

#include <system_error>

#include <fmt/format.h>

#include "base/error.hpp"
#include "store/column_registry.hpp"
#include "store/schema.hpp"

namespace tidemark::store {
namespace {

void require_ours(const std::filesystem::path& file, sql::Connection& connection) {
    const auto application = std::get<std::int64_t>(connection.value_of("PRAGMA application_id"));
    const bool is_empty =
        std::get<std::int64_t>(connection.value_of("SELECT count(*) FROM sqlite_schema")) == 0;
    if (application != kApplicationId && !is_empty) {
        throw CannotGoOn(fmt::format(
            "{} is an SQLite database of another program; name another file with --db", file.string()));
    }
    const int version = schema_version(connection);
    const int known = static_cast<int>(migrations().size());
    if (version > known) {
        throw CannotGoOn(fmt::format(
            "{} was written by a newer tidemark (schema {}, this one knows {}); update tidemark or name "
            "another file with --db",
            file.string(), version, known));
    }
}

}  // namespace

void cannot_go_on(const std::filesystem::path& file, const sql::SqlError& error) {
    if (error.is_full()) {
        throw CannotGoOn(fmt::format(
            "{}: the disk is full; make room and run the same command again, what is stored is kept",
            file.string()));
    }
    if (error.is_busy()) {
        throw CannotGoOn(fmt::format(
            "{}: another program holds it locked; end that program and run the same command again",
            file.string()));
    }
    throw CannotGoOn(fmt::format("{}: {}", file.string(), error.what()));
}

Database Database::open_or_create(const std::filesystem::path& file) {
    std::error_code error;
    if (const auto folder = file.parent_path(); !folder.empty())
        std::filesystem::create_directories(folder, error);
    if (error)
        throw CannotGoOn(
            fmt::format("cannot make the folder {}: {}", file.parent_path().string(), error.message()));
    try {
        Database database(file, sql::Connection(file, sql::Access::ReadWrite));
        require_ours(file, database.connection_);
        // WAL lets readers read while a runner writes; NORMAL is safe in it against a crash of the program,
        // and a loss of power costs the last runs at most, never the database
        // (https://www.sqlite.org/wal.html)
        database.connection_.execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
        migrate(database.connection_, migrations());
        create_views(database.connection_);
        return database;
    } catch (const sql::SqlError& problem) {
        cannot_go_on(file, problem);
    }
}

Database Database::open_to_read(const std::filesystem::path& file) {
    if (!std::filesystem::exists(file)) {
        throw CannotGoOn(fmt::format(
            "there is no database {} yet; `tidemark run FILE` makes it, --db names another", file.string()));
    }
    try {
        Database database(file, sql::Connection(file, sql::Access::Read));
        require_ours(file, database.connection_);
        const int version = schema_version(database.connection_);
        if (version < static_cast<int>(migrations().size())) return open_or_create(file);
        return database;
    } catch (const sql::SqlError& problem) {
        cannot_go_on(file, problem);
    }
}

std::filesystem::path Database::runs_folder() const {
    return std::filesystem::absolute(file_).lexically_normal().parent_path() / "runs";
}

}  // namespace tidemark::store
