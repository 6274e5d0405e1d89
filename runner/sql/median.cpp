#include "sql/median.hpp"

#include <algorithm>
#include <vector>

#include <sqlite3.h>

#include "base/median.hpp"

namespace tidemark::sql {
namespace {

/// The numbers of one group. SQLite keeps a pointer to them, zero at first.
struct Group {
    std::vector<double> numbers;
    bool all_whole = true;
};

Group** group_of(sqlite3_context* context) {
    constexpr int size = sizeof(Group*);  // NOLINT(bugprone-sizeof-expression): it keeps the pointer
    return static_cast<Group**>(sqlite3_aggregate_context(context, size));
}

void add(sqlite3_context* context, int, sqlite3_value** values) {
    const int type = sqlite3_value_type(values[0]);
    if (type != SQLITE_INTEGER && type != SQLITE_FLOAT) return;
    Group** group = group_of(context);
    if (group == nullptr) return sqlite3_result_error_nomem(context);
    if (*group == nullptr) *group = new Group;
    (*group)->numbers.push_back(sqlite3_value_double(values[0]));
    (*group)->all_whole = (*group)->all_whole && type == SQLITE_INTEGER;
}

void finish(sqlite3_context* context) {
    auto** kept = static_cast<Group**>(sqlite3_aggregate_context(context, 0));
    if (kept == nullptr || *kept == nullptr) return sqlite3_result_null(context);
    std::vector<double>& numbers = (*kept)->numbers;
    std::ranges::sort(numbers);
    const Value median = median_value(median_of_sorted(numbers), (*kept)->all_whole);
    if (const auto* whole = std::get_if<std::int64_t>(&median))
        sqlite3_result_int64(context, *whole);
    else
        sqlite3_result_double(context, std::get<double>(median));
    delete *kept;
}

}  // namespace

void register_median(Connection& connection) {
    const int code = sqlite3_create_function(
        connection.handle(), "median", 1, SQLITE_UTF8 | SQLITE_DETERMINISTIC, nullptr, nullptr, add, finish);
    if (code != SQLITE_OK) throw SqlError(code, "cannot register the function median");
}

}  // namespace tidemark::sql
