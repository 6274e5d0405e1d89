#include "store/annotations.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "protocol/result_columns.hpp"
#include "store/column_registry.hpp"
#include "terminal/display_text.hpp"

namespace tidemark::store {
namespace {

constexpr std::string_view kBetween = ", ";
constexpr std::size_t kLongestTag = 64;

/// A database that has not been written to since an earlier version has no such column.
std::string expression(sql::Connection& connection, std::string_view column) {
    return ColumnRegistry(connection).fixed_expression(column);
}

std::vector<std::string> split(std::string_view text) {
    std::vector<std::string> all;
    while (!text.empty()) {
        const std::size_t comma = text.find(kBetween);
        all.emplace_back(text.substr(0, comma));
        if (comma == std::string_view::npos) break;
        text.remove_prefix(comma + kBetween.size());
    }
    return all;
}

std::string joined(const std::set<std::string>& tags) {
    return fmt::format("{}", fmt::join(tags, kBetween));
}

Annotations read(sql::Connection& connection, const std::string& run_id, std::string_view columns) {
    const auto row = connection.reuse(fmt::format("SELECT {} FROM main.runs WHERE run_id = ?", columns));
    row->bind_all(std::string_view(run_id));
    if (!row->step()) return {};
    return {split(row->is_null(0) ? std::string() : row->text(0)),
            row->is_null(1) ? std::string() : row->text(1)};
}

/// Of a database that is open for writing, which has the columns.
Annotations present(sql::Connection& connection, const std::string& run_id) {
    return read(connection, run_id, "tags, note");
}

std::set<std::string> tags_of(sql::Connection& connection, const std::string& run_id) {
    const std::vector<std::string> tags = present(connection, run_id).tags;
    return {tags.begin(), tags.end()};
}

void write(sql::Connection& connection, std::string_view column, const std::string& run_id,
           const std::string& text) {
    connection.reuse(fmt::format("UPDATE main.runs SET {} = nullif(?, '') WHERE run_id = ?", column))
        ->bind_all(std::string_view(text), std::string_view(run_id))
        .run();
}

/// All of them or none. `change` says whether it has changed the attempt.
template <typename Change>
std::int64_t change_each(Database& database, const std::vector<std::string>& run_ids, Change change) {
    try {
        sql::Transaction transaction(database.connection());
        const auto changed = std::ranges::count_if(run_ids, change);
        transaction.commit();
        return changed;
    } catch (const sql::SqlError& error) {
        cannot_go_on(database.file(), error);
    }
}

bool has_any(sql::Connection& connection, std::string_view column) {
    const std::string stored = expression(connection, column);
    return connection.value_of(fmt::format("SELECT EXISTS(SELECT 1 FROM main.runs WHERE {} IS NOT NULL)",
                                           stored)) == Value(std::int64_t{1});
}

}  // namespace

Annotations annotations_of(sql::Connection& connection, const std::string& run_id) {
    return read(connection, run_id,
                fmt::format("{}, {}", expression(connection, protocol::kTags),
                            expression(connection, protocol::kNote)));
}

std::string problem_of_tag(const std::string& text) {
    if (text.empty()) return "a tag has at least one letter";
    if (terminal::display_width(text) > kLongestTag)
        return fmt::format("a tag has at most {} letters; `tidemark note` takes a text", kLongestTag);
    if (text.find_first_of(" ,'\"\\") != std::string::npos || terminal::visible(text) != text)
        return "a tag is one word, without commas and quotes; `tidemark note` takes a text";
    return {};
}

std::int64_t add_tag(Database& database, const std::vector<std::string>& run_ids, const std::string& tag) {
    return change_each(database, run_ids, [&](const std::string& id) {
        std::set<std::string> tags = tags_of(database.connection(), id);
        if (!tags.insert(tag).second) return false;
        write(database.connection(), protocol::kTags, id, joined(tags));
        return true;
    });
}

std::int64_t remove_tag(Database& database, const std::vector<std::string>& run_ids, const std::string& tag) {
    return change_each(database, run_ids, [&](const std::string& id) {
        std::set<std::string> tags = tags_of(database.connection(), id);
        if (tags.erase(tag) == 0) return false;
        write(database.connection(), protocol::kTags, id, joined(tags));
        return true;
    });
}

std::int64_t set_note(Database& database, const std::vector<std::string>& run_ids, const std::string& note) {
    return change_each(database, run_ids, [&](const std::string& id) {
        if (present(database.connection(), id).note == note) return false;
        write(database.connection(), protocol::kNote, id, note);
        return true;
    });
}

std::int64_t join_annotations(sql::Connection& connection, const std::string& source,
                              const std::string& known) {
    std::map<std::string, Annotations> offered;
    {
        sql::Statement rows = connection.prepare(
            fmt::format("SELECT run_id, tags, note FROM {}.runs WHERE run_id IN (SELECT run_id FROM {}) AND "
                        "(tags IS NOT NULL OR note IS NOT NULL)",
                        source, known));
        while (rows.step()) offered[rows.text(0)] = {split(rows.text(1)), rows.text(2)};
    }
    std::int64_t changed = 0;
    for (const auto& [id, theirs] : offered) {
        const Annotations own = present(connection, id);
        std::set<std::string> tags(own.tags.begin(), own.tags.end());
        tags.insert(theirs.tags.begin(), theirs.tags.end());
        const bool has_more_tags = tags.size() > own.tags.size();
        const bool has_note = own.note.empty() && !theirs.note.empty();
        if (has_more_tags) write(connection, protocol::kTags, id, joined(tags));
        if (has_note) write(connection, protocol::kNote, id, theirs.note);
        if (has_more_tags || has_note) ++changed;
    }
    return changed;
}

std::vector<TagSummary> tags(sql::Connection& connection) {
    std::map<std::string, std::pair<std::int64_t, std::set<std::string>>> counted;
    const std::string stored = expression(connection, protocol::kTags);
    sql::Statement rows =
        connection.prepare(fmt::format("SELECT sweep, {0} FROM main.runs WHERE {0} IS NOT NULL", stored));
    while (rows.step()) {
        for (const std::string& tag : split(rows.text(1))) {
            ++counted[tag].first;
            counted[tag].second.insert(rows.text(0));
        }
    }
    std::vector<TagSummary> all;
    for (const auto& [tag, count] : counted)
        all.push_back({tag, count.first, static_cast<std::int64_t>(count.second.size())});
    return all;
}

bool has_tags(sql::Connection& connection) {
    return has_any(connection, protocol::kTags);
}

bool has_notes(sql::Connection& connection) {
    return has_any(connection, protocol::kNote);
}

}  // namespace tidemark::store
