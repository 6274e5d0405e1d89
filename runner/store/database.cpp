#include "store/database.hpp"

#include <chrono>
#include <thread>

#include <system_error>
#include <unistd.h>

#include <fmt/format.h>

#include "base/error.hpp"
#include "store/column_registry.hpp"
#include "store/schema.hpp"

namespace tidemark::store {
namespace {

std::filesystem::path runs_beside(const std::filesystem::path& file) {
    return std::filesystem::absolute(file).lexically_normal().parent_path() / "runs";
}

void require_ours(const std::filesystem::path& file, sql::Connection& connection) {
    // in one statement, because another process may be making the database right now
    const std::string foreign = fmt::format(
        "SELECT application_id <> {} AND EXISTS(SELECT 1 FROM sqlite_schema) FROM pragma_application_id",
        kApplicationId);
    if (connection.value_of(foreign) == Value(std::int64_t{1})) {
        throw CannotGoOn(fmt::format(
            "{} is an SQLite database of another program; name another file with --db", file.string()));
    }
    const int version = schema_version(connection);
    const int known = static_cast<int>(migrations().size());
    if (version < 0) {
        throw CannotGoOn(fmt::format(
            "{} is damaged: its schema has the number {}, which no tidemark wrote; name another file with "
            "--db",
            file.string(), version));
    }
    if (version > known) {
        throw CannotGoOn(fmt::format(
            "{} was written by a newer tidemark (schema {}, this one knows {}); update tidemark or name "
            "another file with --db",
            file.string(), version, known));
    }
}

/// A pipe would be waited for without end, and a device has no end.
void require_file(const std::filesystem::path& file) {
    std::error_code error;
    const auto status = std::filesystem::status(file, error);
    if (!std::filesystem::exists(status) || std::filesystem::is_regular_file(status)) return;
    throw CannotGoOn(fmt::format("{} is {}; name a file with --db", file.string(),
                                 std::filesystem::is_directory(status) ? "a folder" : "no regular file"));
}

bool may_write(const std::filesystem::path& file) {
    const std::filesystem::path folder = std::filesystem::absolute(file).parent_path();
    return access(file.c_str(), W_OK) == 0 && access(folder.c_str(), W_OK) == 0;
}

/// What is in the log beside a database is not in the database yet.
bool has_log(const std::filesystem::path& file) {
    std::error_code error;
    const auto size = std::filesystem::file_size(file.string() + "-wal", error);
    return !error && size > 0;
}

/// How a reader opens it: a database in WAL mode is read by way of files beside it, which are made anew where
/// there are none.
sql::Access access_to_read(const std::filesystem::path& file) {
    if (may_write(file) || has_log(file)) return sql::Access::Read;
    return sql::Access::ReadUnchanging;
}

[[noreturn]] void cannot_update(const std::filesystem::path& file, int version) {
    throw CannotGoOn(
        fmt::format("{} was written by an earlier tidemark (schema {}, this one has {}) and may not be "
                    "written here; copy "
                    "it to where it may, or name another file with --db",
                    file.string(), version, migrations().size()));
}

[[noreturn]] void cannot_read(const std::filesystem::path& file, const sql::SqlError& problem) {
    if (may_write(file) || !has_log(file)) cannot_go_on(file, problem);
    throw CannotGoOn(fmt::format(
        "{0} cannot be read here: {0}-wal holds changes that are not in it yet, and nothing may be written "
        "here; let its owner open it once, as by `tidemark list`, or copy both to where you may write",
        file.string()));
}

/// WAL lets readers read while a runner writes. SQLite does not wait for other processes when the mode
/// changes, as it does for other locks, so we do: they may be changing it themselves
/// (https://www.sqlite.org/wal.html).
void require_wal(sql::Connection& connection) {
    using namespace std::chrono_literals;
    constexpr int kAttempts = 1000;
    for (int attempt = 1; connection.value_of("PRAGMA journal_mode") != Value(std::string("wal"));
         ++attempt) {
        try {
            connection.execute("PRAGMA journal_mode = WAL");
        } catch (const sql::SqlError& error) {
            if (!error.is_busy() || attempt == kAttempts) throw;
            std::this_thread::sleep_for(10ms);
        }
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
    if (error.is_damaged()) {
        throw CannotGoOn(fmt::format(
            "{} is no SQLite database, or a damaged one; name another file with --db", file.string()));
    }
    throw CannotGoOn(fmt::format("{}: {}", file.string(), error.what()));
}

Database Database::open_or_create(const std::filesystem::path& file) {
    require_file(file);
    std::error_code error;
    if (const auto folder = file.parent_path(); !folder.empty())
        std::filesystem::create_directories(folder, error);
    if (error)
        throw CannotGoOn(
            fmt::format("cannot make the folder {}: {}", file.parent_path().string(), error.message()));
    try {
        Database database(file, sql::Connection(file, sql::Access::ReadWrite));
        require_ours(file, database.connection_);
        require_wal(database.connection_);
        // NORMAL is safe in WAL mode against a crash of the program, and a loss of power costs the last runs
        // at most, never the database
        database.connection_.execute("PRAGMA synchronous = NORMAL");
        migrate(database.connection_, migrations());
        add_later_columns(database.connection_);
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
    require_file(file);
    try {
        Database database(file, sql::Connection(file, access_to_read(file)));
        require_ours(file, database.connection_);
        const int version = schema_version(database.connection_);
        if (version >= static_cast<int>(migrations().size())) return database;
        if (!may_write(file)) cannot_update(file, version);
        return open_or_create(file);
    } catch (const sql::SqlError& problem) {
        cannot_read(file, problem);
    }
}

std::filesystem::path Database::runs_folder() const {
    return runs_beside(file_);
}

std::vector<std::filesystem::path> files_of_database(const std::filesystem::path& file) {
    const std::filesystem::path own = std::filesystem::absolute(file).lexically_normal();
    std::vector<std::filesystem::path> files{own, runs_beside(own)};
    for (const char* ending : {"-wal", "-shm", "-journal"}) files.emplace_back(own.string() + ending);
    return files;
}

}  // namespace tidemark::store
