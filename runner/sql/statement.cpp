#include "sql/statement.hpp"

#include <cmath>
#include <variant>

#include <sqlite3.h>

#include "sql/connection.hpp"
#include "sql/failure.hpp"

namespace tidemark::sql {

void Statement::Finalizer::operator()(sqlite3_stmt* statement) const {
    sqlite3_finalize(statement);
}

Statement::Statement(sqlite3* connection, std::string_view sql) {
    sqlite3_stmt* statement = nullptr;
    const char* rest = nullptr;
    if (sqlite3_prepare_v2(connection, sql.data(), static_cast<int>(sql.size()), &statement, &rest) !=
        SQLITE_OK) {
        fail(connection);
    }
    statement_.reset(statement);
    if (statement == nullptr) throw SqlError(SQLITE_MISUSE, "the query is empty");
    sqlite3_stmt* second = nullptr;
    const auto rest_size = static_cast<int>(sql.data() + sql.size() - rest);
    const int code = sqlite3_prepare_v2(connection, rest, rest_size, &second, nullptr);
    const std::unique_ptr<sqlite3_stmt, Finalizer> owned(second);
    if (code != SQLITE_OK || second != nullptr) {
        throw SqlError(SQLITE_MISUSE, "only one statement at a time",
                       static_cast<std::size_t>(rest - sql.data()));
    }
}

void Statement::check(int code) const {
    if (code != SQLITE_OK) fail(sqlite3_db_handle(statement_.get()));
}

Statement& Statement::bind(int parameter, const Value& value) {
    if (const auto* flag = std::get_if<bool>(&value)) return bind(parameter, std::int64_t{*flag});
    if (const auto* number = std::get_if<std::int64_t>(&value)) return bind(parameter, *number);
    if (const auto* real = std::get_if<double>(&value)) return bind(parameter, *real);
    if (const auto* text = std::get_if<std::string>(&value)) return bind(parameter, std::string_view(*text));
    return bind_null(parameter);
}

Statement& Statement::bind(int parameter, std::string_view text) {
    // an empty view may point nowhere, which SQLite would take for null
    const char* data = text.data() == nullptr ? "" : text.data();
    check(sqlite3_bind_text64(statement_.get(), parameter + 1, data, text.size(), SQLITE_TRANSIENT,
                              SQLITE_UTF8));
    return *this;
}

Statement& Statement::bind(int parameter, std::int64_t number) {
    check(sqlite3_bind_int64(statement_.get(), parameter + 1, number));
    return *this;
}

Statement& Statement::bind(int parameter, double number) {
    // SQLite itself turns NaN into null; infinities are kept
    check(sqlite3_bind_double(statement_.get(), parameter + 1, number));
    return *this;
}

Statement& Statement::bind(int parameter, const std::optional<std::int64_t>& number) {
    return number ? bind(parameter, *number) : bind_null(parameter);
}

Statement& Statement::bind(int parameter, const std::optional<double>& number) {
    return number ? bind(parameter, *number) : bind_null(parameter);
}

Statement& Statement::bind_null(int parameter) {
    check(sqlite3_bind_null(statement_.get(), parameter + 1));
    return *this;
}

bool Statement::step() {
    const int code = sqlite3_step(statement_.get());
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    fail(sqlite3_db_handle(statement_.get()));
}

void Statement::run() {
    while (step()) {
    }
    reset();
}

void Statement::reset() {
    sqlite3_reset(statement_.get());
}

int Statement::parameter_count() const {
    return sqlite3_bind_parameter_count(statement_.get());
}
int Statement::column_count() const {
    return sqlite3_column_count(statement_.get());
}

std::string Statement::column_name(int column) const {
    return sqlite3_column_name(statement_.get(), column);
}

Value Statement::value(int column) const {
    switch (sqlite3_column_type(statement_.get(), column)) {
        case SQLITE_NULL:
            return std::monostate{};
        case SQLITE_INTEGER:
            return integer(column);
        case SQLITE_FLOAT:
            return real(column);
        default:
            return text(column);
    }
}

bool Statement::is_null(int column) const {
    return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}
std::int64_t Statement::integer(int column) const {
    return sqlite3_column_int64(statement_.get(), column);
}
double Statement::real(int column) const {
    return sqlite3_column_double(statement_.get(), column);
}

std::string Statement::text(int column) const {
    const unsigned char* bytes = sqlite3_column_text(statement_.get(), column);
    const int size = sqlite3_column_bytes(statement_.get(), column);
    if (bytes == nullptr) return {};
    return {static_cast<const char*>(static_cast<const void*>(bytes)), static_cast<std::size_t>(size)};
}

bool Statement::is_read_only() const {
    return sqlite3_stmt_readonly(statement_.get()) != 0;
}

}  // namespace tidemark::sql
