#include "sql/connection.hpp"

#include <chrono>
#include <thread>
#include <utility>

#include <fmt/format.h>
#include <sqlite3.h>

#include "base/clock.hpp"
#include "sql/failure.hpp"
#include "sql/functions.hpp"

namespace tidemark::sql {
namespace {

std::string doubled(std::string_view text, char quote) {
    std::string out(1, quote);
    for (const char letter : text) {
        out += letter;
        if (letter == quote) out += quote;
    }
    return out + quote;
}

/// To SQLite a name such as `:memory:` or `file:x?mode=memory` means something else than a file; one that
/// begins with a slash never does.
std::string name_for_sqlite(const std::filesystem::path& file, Access access) {
    std::string name = std::filesystem::absolute(file).string();
    if (access != Access::ReadUnchanging) return name;
    std::string uri = "file://";
    for (const char letter : name) {
        const bool is_plain = letter == '/' || letter == '.' || letter == '-' || letter == '_' ||
                              (letter >= '0' && letter <= '9') || (letter >= 'a' && letter <= 'z') ||
                              (letter >= 'A' && letter <= 'Z');
        uri += is_plain ? std::string(1, letter) : fmt::format("%{:02x}", static_cast<unsigned char>(letter));
    }
    return uri + "?immutable=1";
}

int flags_of(Access access) {
    switch (access) {
        case Access::Read:
            return SQLITE_OPEN_READONLY;
        case Access::ReadUnchanging:
            return SQLITE_OPEN_READONLY | SQLITE_OPEN_URI;
        case Access::ReadWrite:
            break;
    }
    return SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
}

constexpr std::chrono::milliseconds kLookAgain{10};

/// After the user's wish to end, for what shall be stored all the same: the records of the runs at work.
constexpr Seconds kLastWait{1};

int wait_for_lock(void* self, int looks) {
    const auto& patience = *static_cast<const Patience*>(self);
    const double look = std::chrono::duration<double>(kLookAgain).count();
    const double waited = looks * look;
    if (patience.longest && waited >= patience.longest->value) return 0;
    if (patience.interrupted != nullptr && patience.interrupted() && waited >= kLastWait.value) return 0;
    // by whole looks, of which just one is the first after that time
    const auto telling = static_cast<int>(patience.say_after.value / look);
    if (looks == telling && patience.say) patience.say();
    std::this_thread::sleep_for(kLookAgain);
    return 1;
}

/// Steps of SQLite's virtual machine between two looks at the clock: some tens of microseconds.
constexpr int kStepsBetweenLooks = 20'000;

}  // namespace

/// SQLite counts no statement's time, but tells when one begins.
struct Connection::Bound {
    Seconds limit;
    Patience::Interrupted interrupted = nullptr;
    Seconds deadline{0};

    static int begin(unsigned, void* self, void*, void* text) {
        auto* bound = static_cast<Bound*>(self);
        // a trigger begins as a comment, and is a part of the statement that calls it
        if (!std::string_view(static_cast<const char*>(text)).starts_with("--"))
            bound->deadline = Seconds{monotonic_now().value + bound->limit.value};
        return 0;
    }
    static int look(void* self) {
        const auto* bound = static_cast<const Bound*>(self);
        const bool asked = bound->interrupted != nullptr && bound->interrupted();
        return asked || monotonic_now() > bound->deadline ? 1 : 0;
    }
};

bool SqlError::is_full() const {
    return (code_ & 0xff) == SQLITE_FULL;
}
bool SqlError::is_busy() const {
    return (code_ & 0xff) == SQLITE_BUSY;
}
bool SqlError::is_damaged() const {
    return (code_ & 0xff) == SQLITE_NOTADB || (code_ & 0xff) == SQLITE_CORRUPT;
}
bool SqlError::is_read_only() const {
    return (code_ & 0xff) == SQLITE_READONLY;
}
/// Not SQLITE_IOERR_SHMSIZE, which a full disk gives as well.
bool SqlError::has_no_shared_memory() const {
    return code_ == SQLITE_IOERR_SHMOPEN || code_ == SQLITE_IOERR_SHMLOCK || code_ == SQLITE_IOERR_SHMMAP;
}
bool SqlError::is_interrupted() const {
    return (code_ & 0xff) == SQLITE_INTERRUPT;
}

std::optional<SqlError::Unknown> SqlError::unknown() const {
    constexpr std::string_view kNoColumn = "no such column: ";
    constexpr std::string_view kNoTable = "no such table: ";
    const std::string message = what();
    if (message.starts_with(kNoColumn))
        return Unknown{Unknown::Kind::Column, message.substr(kNoColumn.size())};
    if (message.starts_with(kNoTable)) return Unknown{Unknown::Kind::Table, message.substr(kNoTable.size())};
    return std::nullopt;
}

void fail(sqlite3* handle) {
    const int offset = sqlite3_error_offset(handle);
    throw SqlError(sqlite3_extended_errcode(handle), sqlite3_errmsg(handle),
                   offset >= 0 ? std::optional<std::size_t>(static_cast<std::size_t>(offset)) : std::nullopt);
}

void Connection::Closer::operator()(sqlite3* handle) const {
    sqlite3_close_v2(handle);
}

Connection::Connection(const char* name, int flags, const Patience& patience)
    : patience_(std::make_unique<Patience>(patience)) {
    sqlite3* handle = nullptr;
    const int code =
        sqlite3_open_v2(name, &handle, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
    handle_.reset(handle);
    if (handle == nullptr) throw SqlError(SQLITE_NOMEM, "out of memory");
    if (code != SQLITE_OK) fail(handle);
    sqlite3_busy_handler(handle, wait_for_lock, patience_.get());
    sqlite3_db_config(handle, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_DQS_DDL, 0, nullptr);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    register_functions(handle);
}

Connection::Connection(const std::filesystem::path& file, Access access, Seconds busy_timeout)
    : Connection(file, access, Patience{.longest = busy_timeout}) {}

Connection::Connection(const std::filesystem::path& file, Access access, const Patience& patience)
    : Connection(name_for_sqlite(file, access).c_str(), flags_of(access), patience) {}

Connection Connection::in_memory() {
    return Connection(":memory:", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_MEMORY, {});
}

Connection Connection::temporary() {
    return Connection("", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, {});
}

void Connection::copy_to(Connection& target, const char* schema) {
    sqlite3_backup* copying = sqlite3_backup_init(target.handle_.get(), schema, handle_.get(), "main");
    if (copying == nullptr) fail(target.handle_.get());
    constexpr int kPages = 256;
    int code = SQLITE_OK;
    for (int looks = 0; code == SQLITE_OK;) {
        if (bound_ && bound_->interrupted != nullptr && bound_->interrupted()) code = SQLITE_INTERRUPT;
        if (code == SQLITE_OK) code = sqlite3_backup_step(copying, kPages);
        const bool is_locked = code == SQLITE_BUSY || code == SQLITE_LOCKED;
        if (is_locked && wait_for_lock(patience_.get(), looks++) != 0) code = SQLITE_OK;
    }
    const int ended = sqlite3_backup_finish(copying);
    if (code == SQLITE_DONE) return;
    const int problem = ended == SQLITE_OK ? code : ended;
    throw SqlError(problem, sqlite3_errstr(problem));
}

bool Connection::has_moved() const {
    int moved = 0;
    const int code = sqlite3_file_control(handle_.get(), "main", SQLITE_FCNTL_HAS_MOVED, &moved);
    return code == SQLITE_OK && moved != 0;
}

void Connection::bound_statements(Seconds limit, Patience::Interrupted interrupted) {
    bound_ = std::make_unique<Bound>(Bound{limit, interrupted});
    sqlite3_trace_v2(handle_.get(), SQLITE_TRACE_STMT, Bound::begin, bound_.get());
    heed_bound();
}

void Connection::heed_bound() {
    if (bound_)
        sqlite3_progress_handler(handle_.get(), kStepsBetweenLooks, Bound::look, bound_.get());
    else
        sqlite3_progress_handler(handle_.get(), 0, nullptr, nullptr);
}

Connection::Connection(Connection&&) noexcept = default;
Connection& Connection::operator=(Connection&&) noexcept = default;
Connection::~Connection() = default;

void Connection::execute(const std::string& sql) {
    if (sqlite3_exec(handle_.get(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) fail(handle_.get());
}

Statement Connection::prepare(std::string_view sql) {
    return Statement(handle_.get(), sql);
}

ReusedStatement Connection::reuse(std::string_view sql) {
    constexpr std::size_t kMostKept = 64;
    if (const auto kept = kept_.find(sql); kept != kept_.end()) return ReusedStatement(kept->second);
    auto statement = std::make_shared<Statement>(prepare(sql));
    if (kept_.size() >= kMostKept) kept_.clear();
    kept_.emplace(sql, statement);
    return ReusedStatement(std::move(statement));
}

Value Connection::value_of(std::string_view sql) {
    Statement statement = prepare(sql);
    return statement.step() ? statement.value(0) : Value();
}

std::int64_t Connection::changes() const {
    return sqlite3_changes64(handle_.get());
}

Transaction::Transaction(Connection& connection) : connection_(connection) {
    connection_.execute("BEGIN IMMEDIATE");
}

Transaction::~Transaction() {
    if (!open_) return;
    try {
        connection_.execute("ROLLBACK");
    } catch (const SqlError&) {
        // SQLite has rolled back by itself already, as it does when the disk is full
    }
}

void Transaction::commit() {
    connection_.execute("COMMIT");
    open_ = false;
}

std::string quoted_name(std::string_view text) {
    return doubled(text, '"');
}
std::string quoted_text(std::string_view text) {
    return doubled(text, '\'');
}

}  // namespace tidemark::sql
