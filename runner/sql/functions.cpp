#include "sql/functions.hpp"

#include <cmath>
#include <cstdint>
#include <memory>
#include <re2/re2.h>
#include <string>

#include <fmt/format.h>
#include <sqlite3.h>

namespace tidemark::sql {
namespace {

const re2::StringPiece kBetweenTags(", ");

void fail(sqlite3_context* context, const std::string& message) {
    sqlite3_result_error(context, message.data(), static_cast<int>(message.size()));
}

re2::StringPiece text_of(sqlite3_value* value) {
    const auto* text = reinterpret_cast<const char*>(sqlite3_value_text(value));
    return {text == nullptr ? "" : text, static_cast<std::size_t>(sqlite3_value_bytes(value))};
}

/// SQLite keeps an expression that is a constant of the statement, so that it is compiled once.
const RE2* expression_of(sqlite3_context* context, sqlite3_value* pattern) {
    if (const void* kept = sqlite3_get_auxdata(context, 0)) return static_cast<const RE2*>(kept);
    RE2::Options options(RE2::Quiet);
    auto compiled = std::make_unique<RE2>(text_of(pattern), options);
    if (!compiled->ok()) {
        fail(context,
             fmt::format("'{}' is no regular expression: {}", compiled->pattern(), compiled->error()));
        return nullptr;
    }
    sqlite3_set_auxdata(context, 0, compiled.release(), [](void* kept) { delete static_cast<RE2*>(kept); });
    // it may be gone already, where the expression is no constant
    return static_cast<const RE2*>(sqlite3_get_auxdata(context, 0));
}

void regexp(sqlite3_context* context, int, sqlite3_value** values) {
    if (sqlite3_value_type(values[0]) == SQLITE_NULL || sqlite3_value_type(values[1]) == SQLITE_NULL)
        return sqlite3_result_null(context);
    if (sqlite3_value_type(values[0]) != SQLITE_TEXT)
        return fail(context, "a regular expression must be a text");
    const RE2* const expression = expression_of(context, values[0]);
    if (expression != nullptr)
        sqlite3_result_int(context, RE2::PartialMatch(text_of(values[1]), *expression) ? 1 : 0);
}

/// Of a list as `draft, paper`.
void has_tag(sqlite3_context* context, int, sqlite3_value** values) {
    if (sqlite3_value_type(values[1]) != SQLITE_TEXT) return fail(context, "a tag must be a text");
    const re2::StringPiece list = text_of(values[0]), tag = text_of(values[1]);
    constexpr re2::StringPiece::size_type kNowhere = re2::StringPiece::npos;
    for (re2::StringPiece::size_type begin = 0; begin < list.size();) {
        const auto comma = list.find(kBetweenTags, begin);
        const auto end = comma == kNowhere ? list.size() : comma;
        if (list.substr(begin, end - begin) == tag) return sqlite3_result_int(context, 1);
        if (comma == kNowhere) break;
        begin = comma + kBetweenTags.size();
    }
    sqlite3_result_int(context, 0);
}

/// The mean of a group and the sum of squares around it, as Welford adds them up: zeros at first.
struct Moments {
    std::int64_t count;
    double mean;
    double squares;

    void add(double number) {
        ++count;
        const double before = number - mean;
        mean += before / static_cast<double>(count);
        squares += before * (number - mean);
    }
};

Moments* moments_of(sqlite3_context* context, int size) {
    return static_cast<Moments*>(sqlite3_aggregate_context(context, size));
}

bool is_number(sqlite3_value* value) {
    return sqlite3_value_type(value) == SQLITE_INTEGER || sqlite3_value_type(value) == SQLITE_FLOAT;
}

void add_number(sqlite3_context* context, int, sqlite3_value** values) {
    if (!is_number(values[0])) return;
    Moments* const group = moments_of(context, sizeof(Moments));
    if (group == nullptr) return sqlite3_result_error_nomem(context);
    group->add(sqlite3_value_double(values[0]));
}

void add_logarithm(sqlite3_context* context, int, sqlite3_value** values) {
    if (!is_number(values[0])) return;
    const double number = sqlite3_value_double(values[0]);
    if (number <= 0) return fail(context, fmt::format("geomean is of numbers above 0, not of {}", number));
    Moments* const group = moments_of(context, sizeof(Moments));
    if (group == nullptr) return sqlite3_result_error_nomem(context);
    group->add(std::log(number));
}

/// Null of one number, which says nothing about how far others would be.
void finish_stddev(sqlite3_context* context) {
    const Moments* const group = moments_of(context, 0);
    if (group == nullptr || group->count < 2) return sqlite3_result_null(context);
    sqlite3_result_double(context, std::sqrt(group->squares / static_cast<double>(group->count - 1)));
}

void finish_geomean(sqlite3_context* context) {
    const Moments* const group = moments_of(context, 0);
    if (group == nullptr) return sqlite3_result_null(context);
    sqlite3_result_double(context, std::exp(group->mean));
}

}  // namespace

void register_functions(sqlite3* connection) {
    // not deterministic, for SQLite would take one over constants out of the branch of a CASE
    sqlite3_create_function(connection, "regexp", 2, SQLITE_UTF8, nullptr, regexp, nullptr, nullptr);
    sqlite3_create_function(connection, "has_tag", 2, SQLITE_UTF8, nullptr, has_tag, nullptr, nullptr);
    sqlite3_create_function(connection, "stddev", 1, SQLITE_UTF8, nullptr, nullptr, add_number,
                            finish_stddev);
    sqlite3_create_function(connection, "geomean", 1, SQLITE_UTF8, nullptr, nullptr, add_logarithm,
                            finish_geomean);
}

}  // namespace tidemark::sql
