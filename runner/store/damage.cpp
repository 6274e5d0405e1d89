#include "store/damage.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "base/error.hpp"
#include "protocol/database_schema.hpp"
#include "protocol/told_view.hpp"
#include "sql/sql_tokens.hpp"
#include "store/schema.hpp"

namespace tidemark::store {
namespace {

using sql::equals_ignoring_case;
using sql::TokenKind;

constexpr std::array<std::string_view, 3> kViews{"attempts", "results", "told"};

struct Object {
    std::string type;
    std::string name;
    std::string table;
    std::string sql;
};

std::vector<Object> objects_of(sql::Connection& connection) {
    std::vector<Object> objects;
    sql::Statement rows = connection.prepare(
        "SELECT type, name, tbl_name, sql FROM main.sqlite_schema WHERE name NOT LIKE 'sqlite\\_%' ESCAPE "
        "'\\'");
    while (rows.step()) objects.push_back({rows.text(0), rows.text(1), rows.text(2), rows.text(3)});
    return objects;
}

const Object* find(const std::vector<Object>& objects, std::string_view name) {
    const auto found = std::ranges::find_if(
        objects, [&](const Object& object) { return equals_ignoring_case(object.name, name); });
    return found == objects.end() ? nullptr : &*found;
}

struct ColumnShape {
    std::string type;
    bool is_required = false;
    bool is_key = false;
    bool is_computed = false;
};

std::map<std::string, ColumnShape> columns_of(sql::Connection& connection, const std::string& table) {
    std::map<std::string, ColumnShape> columns;
    sql::Statement rows =
        connection.prepare("SELECT name, type, \"notnull\", pk, hidden FROM pragma_table_xinfo(?, 'main')");
    rows.bind_all(std::string_view(table));
    while (rows.step())
        columns[rows.text(0)] = {rows.text(1), rows.integer(2) != 0, rows.integer(3) != 0,
                                 rows.integer(4) != 0};
    return columns;
}

std::string type_text(const std::string& type) {
    return type.empty() ? "of no type" : "of the type " + type;
}

std::string damage_of_table(const Object* object, const std::string& table, sql::Connection& connection,
                            sql::Connection& reference) {
    if (object == nullptr) return fmt::format("its table '{}' is missing", table);
    if (object->type != "table")
        return fmt::format("a {} stands in place of its table '{}'", object->type, table);
    if (object->sql.starts_with("CREATE VIRTUAL"))
        return fmt::format("a virtual table stands in place of its table '{}'", table);
    const auto columns = columns_of(connection, table);
    for (const auto& [name, shape] : columns) {
        if (shape.is_computed)
            return fmt::format("the column '{}' of its table '{}' is computed", name, table);
    }
    for (const auto& [name, wanted] : columns_of(reference, table)) {
        const auto found = columns.find(name);
        if (found == columns.end()) return fmt::format("its table '{}' has no column '{}'", table, name);
        if (!equals_ignoring_case(found->second.type, wanted.type))
            return fmt::format("the column '{}' of its table '{}' is {}, not {}", name, table,
                               type_text(found->second.type), type_text(wanted.type));
        if (wanted.is_required && !found->second.is_required)
            return fmt::format("the column '{}' of its table '{}' may be null", name, table);
        if (wanted.is_key != found->second.is_key)
            return fmt::format("the key of its table '{}' is another one", table);
    }
    return {};
}

/// Of every version: columns, also with `coalesce`, of `runs`, and at most the latest attempts. Whatever else
/// is a statement of somebody, which may be of any length.
bool is_view_of_ours(const Object& view) {
    if (view.name == "told") return view.sql == fmt::format("CREATE VIEW {}", protocol::kToldView);
    const std::vector<sql::Token> tokens = sql::tokenize(view.sql);
    std::string ending;
    std::size_t at = 0;
    const auto is = [&](std::size_t place, std::string_view word) {
        return place < tokens.size() && tokens[place].kind != TokenKind::QuotedName &&
               equals_ignoring_case(tokens[place].text, word);
    };
    const std::array<std::string_view, 5> beginning{"CREATE", "VIEW", view.name, "AS", "SELECT"};
    for (const std::string_view word : beginning)
        if (!is(at++, word)) return false;
    for (; at < tokens.size() && !is(at, "FROM"); ++at) {
        const TokenKind kind = tokens[at].kind;
        const bool is_of_a_list = kind == TokenKind::Name || kind == TokenKind::QuotedName ||
                                  kind == TokenKind::Comma || kind == TokenKind::Close || is(at, "AS") ||
                                  is(at, "NULL") || is(at, ".");
        const bool is_coalesce = kind == TokenKind::Open && is(at - 1, "coalesce");
        if ((!is_of_a_list && !is_coalesce) || is(at, "SELECT")) return false;
    }
    for (; at < tokens.size(); ++at) ending += tokens[at].text + ' ';
    const std::string_view wanted = view.name == "results" ? "FROM runs WHERE latest = 1 " : "FROM runs ";
    return equals_ignoring_case(ending, wanted);
}

std::string damage_of_view(const Object& object) {
    if (object.type != "view")
        return fmt::format("a {} stands in place of its view '{}'", object.type, object.name);
    if (is_view_of_ours(object)) return {};
    return fmt::format("its view '{}' is not the one that tidemark makes", object.name);
}

/// As a database of this version was made.
sql::Connection reference_of(int version) {
    sql::Connection reference = sql::Connection::in_memory();
    reference.execute(protocol::schema_at_once(static_cast<std::size_t>(version)));
    return reference;
}

}  // namespace

std::string damage_of(sql::Connection& connection) {
    const int version = schema_version(connection);
    if (version == 0) return {};  // which is an empty one, or was refused before
    sql::Connection reference = reference_of(version);
    const std::vector<Object> objects = objects_of(connection);
    for (const Object& wanted : objects_of(reference)) {
        const Object* const found = find(objects, wanted.name);
        if (wanted.type == "table") {
            if (std::string damage = damage_of_table(found, wanted.name, connection, reference);
                !damage.empty())
                return damage;
        } else if (found == nullptr) {
            return fmt::format("its {} '{}' is missing", wanted.type, wanted.name);
        } else if (found->type != wanted.type || found->sql != wanted.sql) {
            return fmt::format("its {} '{}' is another one", wanted.type, wanted.name);
        }
    }
    for (const std::string_view name : kViews) {
        const Object* const view = find(objects, name);
        if (view == nullptr) continue;  // they are made anew
        if (std::string damage = damage_of_view(*view); !damage.empty()) return damage;
    }
    for (const Object& object : objects) {
        if (object.type == "trigger" && (!columns_of(reference, object.table).empty() ||
                                         std::ranges::find(kViews, object.table) != kViews.end()))
            return fmt::format("it has a trigger '{}' on '{}', which no tidemark makes", object.name,
                               object.table);
    }
    return {};
}

void require_undamaged(const std::filesystem::path& file, sql::Connection& connection) {
    const std::string damage = damage_of(connection);
    if (damage.empty()) return;
    throw CannotGoOn(fmt::format(
        "{} is damaged: {}; name another file with --db, and bring the runs back into it from their "
        "directories: tidemark import {} --db OTHER",
        file.string(), damage,
        (std::filesystem::absolute(file).parent_path() / "runs").lexically_normal().string()));
}

}  // namespace tidemark::store
