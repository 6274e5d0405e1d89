#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "base/units.hpp"
#include "sql/statement.hpp"

struct sqlite3;

namespace tidemark::sql {

/// What SQLite answered instead of doing what it was told.
class SqlError : public std::runtime_error {
  public:
    SqlError(int code, const std::string& message, std::optional<std::size_t> offset = {})
        : std::runtime_error(message), code_(code), offset_(offset) {}
    int code() const { return code_; }  ///< SQLite's extended result code
    /// Where in the statement's text, in bytes, if SQLite knows.
    std::optional<std::size_t> offset() const { return offset_; }
    bool is_full() const;               ///< the disk or the database is full
    bool is_busy() const;               ///< another process holds a lock for longer than the busy timeout
    bool is_damaged() const;            ///< the file is no database, or a damaged one
    bool is_read_only() const;          ///< the file, or the folder that it is in, may not be written
    bool has_no_shared_memory() const;  ///< the file system has none for those who use the file at once
    bool is_interrupted() const;        ///< stopped by a time limit or by the user

    /// A name in the statement that the database does not know, with what stands before it: `r.stauts`.
    struct Unknown {
        enum class Kind { Column, Table };
        Kind kind = Kind::Column;
        std::string name;
        bool is_column() const { return kind == Kind::Column; }
    };
    /// The unknown name, where that is what is wrong. Read from SQLite's own prose, in this one place.
    std::optional<Unknown> unknown() const;

  private:
    int code_;
    std::optional<std::size_t> offset_;
};

/// A statement that Connection keeps: reset at the end of its use, so that it holds no lock.
class ReusedStatement {
  public:
    explicit ReusedStatement(std::shared_ptr<Statement> statement) : statement_(std::move(statement)) {}
    ReusedStatement(const ReusedStatement&) = delete;
    ReusedStatement& operator=(const ReusedStatement&) = delete;
    ~ReusedStatement() { statement_->reset(); }
    Statement& operator*() const { return *statement_; }
    Statement* operator->() const { return statement_.get(); }

  private:
    std::shared_ptr<Statement> statement_;
};

/// What is done where another process holds a lock.
struct Patience {
    using Interrupted = bool (*)();

    std::optional<Seconds> longest = Seconds{10};  ///< then SqlError::is_busy(); nothing: as long as it takes
    Seconds say_after{1};
    std::function<void()> say{};        ///< called once in each wait that is longer than `say_after`
    Interrupted interrupted = nullptr;  ///< gives up soon after the user's wish, as SqlError::is_busy()
};

enum class Access {
    Read,
    /// Of a file that nobody changes meanwhile, without a lock or any file beside it: all that is possible
    /// where nothing may be written.
    ReadUnchanging,
    ReadWrite
};

/// A database connection. Double-quoted strings are never strings here (SQLite's DQS is off), so that a
/// misspelt column is an error instead of a text. All functions throw SqlError.
class Connection {
  public:
    /// Opens a file; with ReadWrite it is made where it does not exist (its folder must exist). Waits up to
    /// `busy_timeout` for locks of other processes.
    Connection(const std::filesystem::path& file, Access access, Seconds busy_timeout = Seconds{10});
    Connection(const std::filesystem::path& file, Access access, const Patience& patience);

    /// A database in memory.
    static Connection in_memory();

    /// A database of this connection alone, which goes to a file without a name when it is large.
    static Connection temporary();

    Connection(Connection&&) noexcept;
    Connection& operator=(Connection&&) noexcept;
    ~Connection();

    /// Executes one or several statements that return nothing of interest.
    void execute(const std::string& sql);

    Statement prepare(std::string_view sql);

    /// As prepare, but the statement is kept for the next call with the same text, which saves most of the
    /// time that a small statement takes. SQLite prepares it anew where the schema has changed, also by
    /// another process. To be used by one caller at a time.
    ReusedStatement reuse(std::string_view sql);

    /// The single value that a statement yields; null where there is no row.
    Value value_of(std::string_view sql);

    std::int64_t changes() const;  ///< rows changed by the last statement

    /// Copies all of this database into the one that `target` calls `schema`, which is lost.
    void copy_to(Connection& target, const char* schema = "main");

    /// Whether the file that was opened is no longer the one of that name: removed, moved, or replaced.
    bool has_moved() const;

    /// As long as the connection lives: a statement that runs longer than `limit`, or while `interrupted`
    /// says so, ends with SqlError::is_interrupted().
    void bound_statements(Seconds limit, Patience::Interrupted interrupted);

    sqlite3* handle() const { return handle_.get(); }  ///< for this room only

  private:
    struct Closer {
        void operator()(sqlite3* handle) const;
    };
    friend class ReadOnlyGuard;  // whose bound goes before that of the connection
    struct Bound;
    explicit Connection(const char* name, int flags, const Patience& patience);
    void heed_bound();
    std::unique_ptr<Patience> patience_;  ///< where SQLite finds it, wherever this object is moved to
    std::unique_ptr<Bound> bound_;
    std::unique_ptr<sqlite3, Closer> handle_;
    std::map<std::string, std::shared_ptr<Statement>, std::less<>> kept_;
};

/// Begins a transaction that may write (BEGIN IMMEDIATE); rolled back unless committed.
class Transaction {
  public:
    explicit Transaction(Connection& connection);
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    ~Transaction();
    void commit();

  private:
    Connection& connection_;
    bool open_ = true;
};

/// `text` as an SQL identifier or string literal.
std::string quoted_name(std::string_view text);
std::string quoted_text(std::string_view text);

}  // namespace tidemark::sql
