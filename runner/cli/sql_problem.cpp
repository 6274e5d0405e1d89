#include "cli/sql_problem.hpp"

#include <algorithm>
#include <optional>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "base/suggestion.hpp"
#include "sql/expression.hpp"
#include "terminal/display_text.hpp"

namespace tidemark::cli {
namespace {

/// Columns of all tables and views, or the names of these. What begins with an underscore or stands in
/// `runs` as `p_…` and `m_…` is not for people.
std::string suggestion(sql::Connection& connection, const sql::SqlError::Unknown& unknown) {
    std::vector<std::string> known;
    sql::Statement names = connection.prepare(
        unknown.is_column() ? "SELECT DISTINCT c.name FROM sqlite_schema s, pragma_table_info(s.name) c "
                              "WHERE s.type IN ('table', 'view') AND s.name NOT IN ('runs', 'claims')"
                            : "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view')");
    while (names.step()) known.push_back(names.text(0));
    if (std::string hint = sql::hint_at_quotes(unknown.name, known); unknown.is_column() && !hint.empty())
        return hint;
    // `r.stauts`: what stands before the dot is the user's own
    const std::string bare = unknown.name.substr(unknown.name.rfind('.') + 1);
    if (std::ranges::find(known, bare) != known.end()) return " (it is one of another table or view)";
    return did_you_mean(bare, std::vector<std::string_view>(known.begin(), known.end()));
}

/// The line of the text that the place is in, with a mark below it.
std::string with_mark(const std::string& text, std::size_t at) {
    const std::size_t begin = at == 0 ? 0 : text.rfind('\n', at - 1) + 1;  // npos + 1 is 0
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const std::string line = terminal::visible(std::string_view(text).substr(begin, end - begin));
    const std::size_t column =
        terminal::display_width(terminal::visible(std::string_view(text).substr(begin, at - begin)));
    return fmt::format("\n    {}\n    {:>{}}", line, "^", column + 1);
}

}  // namespace

std::string sql_problem(sql::Connection& connection, const std::string& sql, const sql::SqlError& error) {
    return sql_problem_in_part(connection, sql, 0, error);
}

std::string sql_problem_in_part(sql::Connection& connection, const std::string& part, std::size_t offset,
                                const sql::SqlError& error) {
    std::string text = error.what();
    auto place = error.offset();
    if (place && *place >= offset)
        *place -= offset;
    else
        place.reset();
    if (const auto unknown = error.unknown()) {
        text += suggestion(connection, *unknown);
        // of a table SQLite does not tell the place
        if (const std::size_t at = part.find(unknown->name); !place && at != std::string::npos) place = at;
    }
    return place && *place <= part.size() ? text + with_mark(part, *place) : text;
}

}  // namespace tidemark::cli
