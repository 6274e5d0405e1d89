#include "cli/chosen_columns.hpp"

#include <algorithm>
#include <optional>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error.hpp"
#include "base/suggestion.hpp"

namespace tidemark::cli {
namespace {

std::vector<std::string> split(const std::string& columns) {
    std::vector<std::string> names;
    for (std::size_t begin = 0; begin <= columns.size();) {
        const std::size_t comma = std::min(columns.find(',', begin), columns.size());
        std::string name = columns.substr(begin, comma - begin);
        name.erase(0, name.find_first_not_of(' '));
        name.erase(name.find_last_not_of(' ') + 1);
        if (name.empty())
            throw UsageError(
                fmt::format("--columns '{}': a name is missing; it takes names, as in: --columns "
                            "run,peak_rss_bytes",
                            columns));
        names.push_back(std::move(name));
        begin = comma + 1;
    }
    return names;
}

std::optional<std::size_t> find(const report::Table& table, const std::string& name) {
    for (const auto member : {&report::Column::name, &report::Column::heading}) {
        const auto found = std::ranges::find(table.columns, name, member);
        if (found != table.columns.end()) return static_cast<std::size_t>(found - table.columns.begin());
    }
    return std::nullopt;
}

void require_known(const std::vector<report::Table>& tables, const std::string& name) {
    std::vector<std::string_view> known;
    for (const report::Table& table : tables) {
        if (find(table, name)) return;
        for (const report::Column& column : table.columns) {
            if (std::ranges::find(known, column.name) == known.end()) known.push_back(column.name);
        }
    }
    throw UsageError(fmt::format("--columns: there is no column '{}'{}; there are {}", name,
                                 did_you_mean(name, known), fmt::join(known, ", ")));
}

/// Nothing: the table has none of them.
std::optional<report::Table> chosen(const report::Table& table, const std::vector<std::string>& names) {
    std::vector<std::size_t> places;
    for (const std::string& name : names) {
        if (const auto place = find(table, name)) places.push_back(*place);
    }
    if (places.empty()) return std::nullopt;
    report::Table left;
    left.title = table.title;
    left.notes = table.notes;
    for (const std::size_t place : places) left.columns.push_back(table.columns[place]);
    for (const auto& row : table.rows) {
        auto& own = left.rows.emplace_back();
        for (const std::size_t place : places) own.push_back(row[place]);
    }
    return left;
}

}  // namespace

std::vector<report::Table> with_columns(const std::vector<report::Table>& tables,
                                        const std::string& columns) {
    const std::vector<std::string> names = split(columns);
    for (const std::string& name : names) require_known(tables, name);
    std::vector<report::Table> left;
    for (const report::Table& table : tables) {
        if (auto own = chosen(table, names)) left.push_back(std::move(*own));
    }
    return left;
}

}  // namespace tidemark::cli
