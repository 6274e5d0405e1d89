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
    bool is_full() const;         ///< the disk or the database is full
    bool is_busy() const;         ///< another process holds a lock for longer than the busy timeout
    bool is_damaged() const;      ///< the file is no database, or a damaged one
    bool is_interrupted() const;  ///< stopped by a time limit or by the user

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

    /// A database in memory.
    static Connection in_memory();

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

    sqlite3* handle() const { return handle_.get(); }  ///< for this room only

  private:
    struct Closer {
        void operator()(sqlite3* handle) const;
    };
    explicit Connection(const char* name, int flags, Seconds busy_timeout);
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
