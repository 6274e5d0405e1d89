#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/value.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace tidemark::sql {

/// A prepared statement. Parameters and columns are counted from 0. All functions throw SqlError.
class Statement {
  public:
    /// Exactly one statement; text after it (but for blanks and comments) is an error. Use
    /// Connection::prepare.
    Statement(sqlite3* connection, std::string_view sql);

    Statement& bind(int parameter, const Value& value);
    Statement& bind(int parameter, std::string_view text);
    Statement& bind(int parameter, const char* text) { return bind(parameter, std::string_view(text)); }
    Statement& bind(int parameter, std::int64_t number);
    Statement& bind(int parameter, int number) { return bind(parameter, std::int64_t{number}); }
    Statement& bind(int parameter, double number);
    Statement& bind(int parameter, const std::optional<std::int64_t>& number);
    Statement& bind(int parameter, const std::optional<double>& number);
    Statement& bind_null(int parameter);

    /// Binds all parameters in order.
    template <typename... Values>
    Statement& bind_all(const Values&... values) {
        int parameter = 0;
        (bind(parameter++, values), ...);
        return *this;
    }

    bool step();  ///< true: there is a row
    void run();   ///< steps to the end and resets, for statements without rows
    void reset();

    int parameter_count() const;
    int column_count() const;
    std::string column_name(int column) const;
    Value value(int column) const;  ///< blobs come as text
    bool is_null(int column) const;
    std::int64_t integer(int column) const;
    double real(int column) const;
    std::string text(int column) const;

    bool is_read_only() const;

  private:
    struct Finalizer {
        void operator()(sqlite3_stmt* statement) const;
    };
    void check(int code) const;
    std::unique_ptr<sqlite3_stmt, Finalizer> statement_;
};

}  // namespace tidemark::sql
