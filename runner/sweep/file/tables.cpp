#include <algorithm>

#include <fmt/format.h>

#include "base/suggestion.hpp"
#include "sweep/file/definition.hpp"
#include "sweep/file/scalar.hpp"

namespace tidemark::sweep {
namespace {

using protocol::Unit;

LocalText read_local_text(const Node& node, const std::string& key, Problems& problems) {
    if (node.kind != Node::Kind::Map) {
        const std::string text = read_text(node, key, problems).value_or("");
        return {text, text};
    }
    check_members(node, key, local_text_keys(), problems);
    const auto text_of = [&](const char* language) {
        const Node* member = node.find(language);
        return member == nullptr ? std::string()
                                 : read_text(*member, key + "." + language, problems).value_or("");
    };
    LocalText text{text_of("en"), text_of("zh")};
    if (text.english.empty() && node.find("en") != nullptr)
        problems.add(node.position, key + ".en", "must not be empty; it is used where there is no other");
    if (text.chinese.empty()) text.chinese = text.english;
    return text;
}

Unit read_unit(const Node& node, const std::string& key, Problems& problems) {
    const std::string name = read_text(node, key, problems).value_or("none");
    std::vector<std::string_view> names;
    for (const Unit unit : kUnits) {
        if (protocol::to_text(unit) == name) return unit;
        names.push_back(protocol::to_text(unit));
    }
    problems.add(node.position, key, fmt::format("unknown unit '{}'{}", name, did_you_mean(name, names)));
    return Unit::None;
}

void read_translations(const Node& node, const std::string& key, TableColumn& column, Problems& problems) {
    for (const auto& [english, chinese] : node.members) {
        if (auto text = read_text(chinese, key + "." + english.text, problems))
            column.translations.emplace_back(english.text, std::move(*text));
    }
}

int read_decimals(const Node& node, const std::string& key, Problems& problems) {
    const Value value = scalar_value(node);
    const auto* number = std::get_if<std::int64_t>(&value);
    if (number != nullptr && *number >= 0 && *number <= kMostDecimals) return static_cast<int>(*number);
    problems.add(node.position, key,
                 fmt::format("must be an integer from 0 to {}, not '{}'", kMostDecimals, node.text));
    return 0;
}

TableColumn read_column(const Node& node, const std::string& key, Problems& problems) {
    TableColumn column;
    if (!check_members(node, key, column_keys(), problems)) return column;
    if (const Node* name = node.find("name"))
        column.name = read_text(*name, key + ".name", problems).value_or("");
    if (const Node* heading = node.find("heading"))
        column.heading = read_local_text(*heading, key + ".heading", problems);
    else
        column.heading = {column.name, column.name};
    if (const Node* unit = node.find("unit")) column.unit = read_unit(*unit, key + ".unit", problems);
    if (const Node* decimals = node.find("decimals"))
        column.decimals = read_decimals(*decimals, key + ".decimals", problems);
    if (const Node* translate = node.find("translate");
        translate != nullptr && translate->kind == Node::Kind::Map)
        read_translations(*translate, key + ".translate", column, problems);
    return column;
}

TableRows read_rows(const Node& node, const std::string& key, Problems& problems) {
    const auto text = read_text(node, key, problems);
    if (!text) return TableRows::Runs;
    for (const auto& [word, rows] : kTableRows) {
        if (word == *text) return rows;
    }
    problems.add(
        node.position, key,
        fmt::format("must be 'runs' (rows of one run are repeats, and become one) or 'each', not '{}'",
                    *text));
    return TableRows::Runs;
}

TableDefinition read_table(const Node& node, const std::string& key, Problems& problems) {
    TableDefinition table;
    table.position = node.position;
    if (!check_members(node, key, table_keys(), problems)) return table;
    if (const Node* title = node.find("title"))
        table.title = read_local_text(*title, key + ".title", problems);
    if (const Node* note = node.find("note")) table.note = read_local_text(*note, key + ".note", problems);
    if (const Node* sql = node.find("sql")) {
        table.sql = read_text(*sql, key + ".sql", problems).value_or("");
        table.sql_position = sql->position;
    }
    if (const Node* rows = node.find("rows")) table.rows = read_rows(*rows, key + ".rows", problems);
    const Node* columns = node.find("columns");
    if (columns == nullptr) return table;
    for (std::size_t i = 0; i < columns->items.size(); ++i) {
        table.columns.push_back(
            read_column(columns->items[i], fmt::format("{}.columns[{}]", key, i), problems));
    }
    return table;
}

}  // namespace

std::vector<TableDefinition> read_tables(const Node& node, Problems& problems) {
    std::vector<TableDefinition> tables;
    for (std::size_t i = 0; i < node.items.size(); ++i) {
        tables.push_back(read_table(node.items[i], fmt::format("tables[{}]", i), problems));
    }
    return tables;
}

}  // namespace tidemark::sweep
