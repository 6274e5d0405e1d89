#include "store/database.hpp"

#include <cerrno>
#include <chrono>
#include <thread>

#include <system_error>
#include <unistd.h>

#include <fmt/format.h>

#include "base/error.hpp"
#include "store/column_registry.hpp"
#include "store/damage.hpp"
#include "store/schema.hpp"
#include "terminal/shell_words.hpp"
#include "terminal/signals.hpp"

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
    const bool is_free = access(file.c_str(), W_OK) == 0 || errno == ENOENT;
    return is_free && access(folder.c_str(), W_OK) == 0;
}

/// What a statement of ours takes at most: of a million runs none takes more than seconds.
constexpr Seconds kLongestStatement{600};

bool is_there(const std::filesystem::path& file) {
    std::error_code error;
    return std::filesystem::exists(file, error);
}

/// What is in the log beside a database is not in the database yet.
bool has_log(const std::filesystem::path& file) {
    std::error_code error;
    const auto size = std::filesystem::file_size(file.string() + "-wal", error);
    return !error && size > 0;
}

/// A database in WAL mode is read by way of files beside it, which are made anew where there are none. They
/// are there where somebody has it open, who may be writing to it.
sql::Access access_to_read(const std::filesystem::path& file) {
    if (may_write(file) || has_log(file) || is_there(file.string() + "-shm")) return sql::Access::Read;
    return sql::Access::ReadUnchanging;
}

/// By what damage cannot make us wait without end.
void bound(sql::Connection& connection) {
    connection.bound_statements(kLongestStatement, terminal::SignalInterruption::any);
}

[[noreturn]] void cannot_copy(const std::filesystem::path& file, int version, const sql::SqlError& problem) {
    if (problem.is_interrupted()) cannot_go_on(file, problem);
    throw CannotGoOn(fmt::format(
        "{} was written by an earlier tidemark (schema {}, this one has {}), and is read as a copy, which "
        "cannot be made: {}; let TMPDIR name a folder with room for it, or let `tidemark run` bring the "
        "database up to date",
        file.string(), version, migrations().size(), problem.what()));
}

void bring_up_to_date(sql::Connection& connection) {
    migrate(connection, migrations());
    add_later_columns(connection);
    create_views(connection);
}

[[noreturn]] void cannot_read(const std::filesystem::path& file, const sql::SqlError& problem) {
    if (may_write(file) || !has_log(file)) cannot_go_on(file, problem);
    throw CannotGoOn(fmt::format(
        "{0} cannot be read here: {0}-wal holds changes that are not in it yet, and nothing may be written "
        "here; let its owner open it once, as by `tidemark list`, or copy both to where you may write",
        file.string()));
}

[[noreturn]] void cannot_be_shared(const std::filesystem::path& file) {
    throw CannotGoOn(fmt::format(
        "{}: its file system cannot let several programs use a database at once (SQLite's WAL mode); name a "
        "file on another one with --db",
        file.string()));
}

/// WAL lets readers read while a runner writes. SQLite does not wait for other processes when the mode
/// changes, as it does for other locks, so we do: they may be changing it themselves. Where there can be no
/// WAL it answers with the mode that stays, and no error (https://www.sqlite.org/wal.html).
void require_wal(const std::filesystem::path& file, sql::Connection& connection,
                 const sql::Patience& patience) {
    using namespace std::chrono_literals;
    constexpr auto kLookAgain = 10ms;
    const double look = std::chrono::duration<double>(kLookAgain).count();
    const Value wal(std::string("wal"));
    bool is_said = false;
    for (double waited = 0; connection.value_of("PRAGMA journal_mode") != wal; waited += look) {
        try {
            if (connection.value_of("PRAGMA journal_mode = WAL") != wal) cannot_be_shared(file);
        } catch (const sql::SqlError& error) {
            const bool is_over = patience.longest && waited >= patience.longest->value;
            const bool is_asked_to_end = patience.interrupted != nullptr && patience.interrupted();
            if (!error.is_busy() || is_over || is_asked_to_end) throw;
            if (!is_said && waited >= patience.say_after.value && patience.say) patience.say();
            is_said = is_said || waited >= patience.say_after.value;
            std::this_thread::sleep_for(kLookAgain);
        }
    }
}

[[noreturn]] void may_not_be_written(const std::filesystem::path& file) {
    throw CannotGoOn(fmt::format(
        "{} may not be written here; name another file with --db: `tidemark export OTHER --db {}` copies "
        "what is stored into it",
        file.string(), terminal::shell_word(file.string())));
}

/// SQLite tells neither a read-only mount nor a folder of somebody else from other reasons.
[[noreturn]] void cannot_open_to_write(const std::filesystem::path& file, const sql::SqlError& problem) {
    const bool has_own_message = problem.is_busy() || problem.is_damaged() || problem.is_full();
    if (may_write(file) || has_own_message) cannot_go_on(file, problem);
    if (is_there(file)) may_not_be_written(file);
    throw CannotGoOn(fmt::format(
        "cannot make {}: nothing may be written in its folder; name another file with --db", file.string()));
}

}  // namespace

void cannot_go_on(const std::filesystem::path& file, const sql::SqlError& error) {
    if (error.is_full()) {
        throw CannotGoOn(fmt::format(
            "{}: the disk is full; make room and run the same command again, what is stored is kept",
            file.string()));
    }
    const bool is_asked_to_end = terminal::SignalInterruption::any();
    if (error.is_interrupted() && is_asked_to_end) throw Error(ExitCode::Interrupted, "interrupted");
    if (error.is_interrupted()) {
        throw CannotGoOn(
            fmt::format("{}: a statement took longer than {}; the database is damaged, or too "
                        "large for this machine",
                        file.string(), to_text(kLongestStatement)));
    }
    if (error.is_busy() && is_asked_to_end) {
        throw Error(ExitCode::Interrupted,
                    fmt::format("interrupted while another program held {} locked; what the runs left is "
                                "stored by the next `tidemark run`",
                                file.string()));
    }
    if (error.is_busy()) {
        throw CannotGoOn(fmt::format(
            "{}: another program holds it locked; end that program and run the same command again",
            file.string()));
    }
    if (error.is_read_only()) may_not_be_written(file);
    if (error.has_no_shared_memory()) cannot_be_shared(file);
    if (error.is_damaged()) {
        throw CannotGoOn(fmt::format(
            "{} is no SQLite database, or a damaged one; name another file with --db", file.string()));
    }
    throw CannotGoOn(fmt::format("{}: {}", file.string(), error.what()));
}

Database Database::open_or_create(const std::filesystem::path& file, const sql::Patience& patience) {
    require_file(file);
    std::error_code error;
    if (const auto folder = file.parent_path(); !folder.empty())
        std::filesystem::create_directories(folder, error);
    if (error)
        throw CannotGoOn(fmt::format("cannot make the folder {}: {}; name another file with --db",
                                     file.parent_path().string(), error.message()));
    try {
        Database database(file, sql::Connection(file, sql::Access::ReadWrite, patience));
        // what is stored when the user wishes to end is stored all the same
        database.connection_.bound_statements(kLongestStatement, nullptr);
        require_ours(file, database.connection_);
        require_undamaged(file, database.connection_);
        require_wal(file, database.connection_, patience);
        // NORMAL is safe in WAL mode against a crash of the program, and a loss of power costs the last runs
        // at most, never the database
        database.connection_.execute("PRAGMA synchronous = NORMAL");
        bring_up_to_date(database.connection_);
        return database;
    } catch (const sql::SqlError& problem) {
        cannot_open_to_write(file, problem);
    }
}

Database Database::open_to_read(const std::filesystem::path& file) {
    if (!std::filesystem::exists(file)) {
        throw CannotGoOn(fmt::format(
            "there is no database {} yet; `tidemark run FILE` makes it, --db names another", file.string()));
    }
    require_file(file);
    try {
        const sql::Access access = access_to_read(file);
        sql::Connection connection(file, access);
        bound(connection);
        require_ours(file, connection);
        require_undamaged(file, connection);
        const int version = schema_version(connection);
        const bool is_present = version == static_cast<int>(migrations().size());
        if (!is_present) return copy_of_earlier(file, connection, version);
        // a runner that was killed while it brought the schema up to date has not made them yet
        if (connection.value_of("SELECT count(*) FROM main.sqlite_schema WHERE type = 'view' AND name IN "
                                "('attempts', 'results', 'told')") != Value(std::int64_t{3}))
            create_views(connection, "TEMP VIEW");
        const Kind kind = access == sql::Access::Read ? Kind::File : Kind::UnchangingFile;
        return {file, std::move(connection), kind};
    } catch (const sql::SqlError& problem) {
        cannot_read(file, problem);
    }
}

Database Database::copy_of_earlier(const std::filesystem::path& file, sql::Connection& earlier, int version) {
    try {
        sql::Connection copy = sql::Connection::temporary();
        bound(copy);
        earlier.copy_to(copy);
        bring_up_to_date(copy);
        return {file, std::move(copy), Kind::Copy};
    } catch (const sql::SqlError& problem) {
        cannot_copy(file, version, problem);
    }
}

Database Database::temporary(const std::filesystem::path& file) {
    try {
        Database database(file, sql::Connection::temporary(), Kind::Copy);
        bound(database.connection_);
        bring_up_to_date(database.connection_);
        return database;
    } catch (const sql::SqlError& problem) {
        cannot_go_on(file, problem);
    }
}

void Database::require_in_place() {
    if (kind_ != Kind::File) return;
    // the log beside it holds what is not in it yet
    if (connection_.has_moved()) gone(file_, opened_, runs_folder(), connection_);
    if (is_there(file_) && !is_there(file_.string() + "-wal")) log_gone(file_, runs_folder());
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
