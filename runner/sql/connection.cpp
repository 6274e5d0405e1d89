#include "sql/connection.hpp"

#include <utility>

#include <fmt/format.h>
#include <sqlite3.h>

#include "sql/failure.hpp"

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

int milliseconds(Seconds span) {
    return static_cast<int>(span.value * 1000);
}

}  // namespace

bool SqlError::is_full() const {
    return (code_ & 0xff) == SQLITE_FULL;
}
bool SqlError::is_busy() const {
    return (code_ & 0xff) == SQLITE_BUSY;
}
bool SqlError::is_damaged() const {
    return (code_ & 0xff) == SQLITE_NOTADB || (code_ & 0xff) == SQLITE_CORRUPT;
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

Connection::Connection(const char* name, int flags, Seconds busy_timeout) {
    sqlite3* handle = nullptr;
    const int code =
        sqlite3_open_v2(name, &handle, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
    handle_.reset(handle);
    if (handle == nullptr) throw SqlError(SQLITE_NOMEM, "out of memory");
    if (code != SQLITE_OK) fail(handle);
    sqlite3_busy_timeout(handle, milliseconds(busy_timeout));
    sqlite3_db_config(handle, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_DQS_DDL, 0, nullptr);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
}

Connection::Connection(const std::filesystem::path& file, Access access, Seconds busy_timeout)
    : Connection(name_for_sqlite(file, access).c_str(), flags_of(access), busy_timeout) {}

Connection Connection::in_memory() {
    return Connection(":memory:", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_MEMORY,
                      Seconds{0});
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
