#include "report/short_texts.hpp"

#include <algorithm>
#include <cctype>
#include <ctime>
#include <map>
#include <set>

#include <fmt/format.h>

#include "terminal/short_names.hpp"

namespace tidemark::report {
namespace {

constexpr const char* kRunId = "run_id";
constexpr const char* kRun = "run";
// `20261127-153537-0123456789ab`: what is behind the second is chance
constexpr std::size_t kLengthOfIds = 28;
constexpr std::size_t kChance = 12;
constexpr std::size_t kShortest = 6;

bool is_id(const std::string& text) {
    return text.size() == kLengthOfIds && text[8] == '-' && text[15] == '-' &&
           std::all_of(text.end() - kChance, text.end(),
                       [](unsigned char letter) { return std::isxdigit(letter) != 0; });
}

const std::string* text_in(const Cell& cell) {
    return std::get_if<std::string>(&cell.value);
}

void shorten_ids(Table& table, std::size_t column) {
    std::set<std::string> ids;
    for (const auto& row : table.rows) {
        const std::string* text = text_in(row[column]);
        if (text == nullptr) continue;
        if (!is_id(*text)) return;
        ids.insert(*text);
    }
    std::size_t length = kShortest;
    for (; length < kChance; ++length) {
        std::set<std::string> endings;
        for (const std::string& id : ids) endings.insert(id.substr(id.size() - length));
        if (endings.size() == ids.size()) break;
    }
    for (auto& row : table.rows) {
        if (const std::string* text = text_in(row[column]))
            row[column].value = text->substr(text->size() - length);
    }
}

/// As long as no two of them would look the same.
void shorten_names(Table& table, std::size_t column) {
    std::map<std::string, std::string> names;  // by their short form
    for (const auto& row : table.rows) {
        const std::string* text = text_in(row[column]);
        if (text == nullptr) continue;
        if (names.try_emplace(terminal::short_run_name(*text), *text).first->second != *text) return;
    }
    for (auto& row : table.rows) {
        if (const std::string* text = text_in(row[column]))
            row[column].value = terminal::short_run_name(*text);
    }
}

/// Whether the other columns of the row say all that the name does.
bool is_told_beside(const Table& table, const std::vector<Cell>& row, const std::string& name) {
    const auto parts = terminal::parts_of_run_name(name);
    return !parts.empty() && std::ranges::all_of(parts, [&](const auto& part) {
        const auto column = std::ranges::find(table.columns, part.first, &Column::name);
        if (column == table.columns.end()) return false;
        const Cell& cell = row[static_cast<std::size_t>(column - table.columns.begin())];
        return (cell.told.empty() ? to_text(cell.value) : cell.told) == part.second;
    });
}

/// Names that say nothing which does not stand beside them take the room of what does.
void leave_out_told_names(Table& table) {
    const auto run = std::ranges::find(table.columns, kRun, &Column::name);
    if (run == table.columns.end() || table.rows.empty()) return;
    const auto place = run - table.columns.begin();
    const bool all = std::ranges::all_of(table.rows, [&](const auto& row) {
        const std::string* name = text_in(row[static_cast<std::size_t>(place)]);
        return name != nullptr && is_told_beside(table, row, *name);
    });
    if (!all) return;
    table.columns.erase(run);
    for (auto& row : table.rows) row.erase(row.begin() + place);
}

/// Of a comparison of two runs: their names in its title, and as headings.
void shorten_headings(Table& table) {
    constexpr std::string_view kArrow = " → ";
    if (const std::size_t arrow = table.title.find(kArrow); arrow != std::string::npos) {
        const std::string first = terminal::short_run_name(table.title.substr(0, arrow));
        const std::string second = terminal::short_run_name(table.title.substr(arrow + kArrow.size()));
        if (first != second) table.title = first + std::string(kArrow) + second;
    }
    std::set<std::string> seen;
    for (const Column& column : table.columns) seen.insert(terminal::short_run_name(column.heading));
    if (seen.size() < table.columns.size()) return;
    for (Column& column : table.columns) column.heading = terminal::short_run_name(column.heading);
}

/// There is nothing to compare a single row with: each figure in the unit that suits it, as in `960 KiB`.
void put_units_beside_figures(Table& table) {
    using protocol::Unit;
    if (table.rows.size() != 1) return;
    for (std::size_t column = 0; column < table.columns.size(); ++column) {
        Unit& unit = table.columns[column].unit;
        Cell& cell = table.rows.front()[column];
        if (unit == Unit::None || unit == Unit::Count || !is_number(cell.value) || cell.unit) continue;
        cell.unit = unit;
        unit = Unit::None;
    }
}

}  // namespace

std::string in_local_time(const std::string& text) {
    std::tm parts{};
    const char* rest = strptime(text.c_str(), "%Y-%m-%dT%H:%M:%S", &parts);
    if (rest == nullptr) return text;
    const std::string_view fraction(rest);
    const bool is_utc =
        fraction.ends_with('Z') && fraction.find_first_not_of(".0123456789Z") == std::string::npos;
    if (!is_utc) return text;
    const std::time_t time = timegm(&parts);
    std::tm local{};
    localtime_r(&time, &local);
    return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}", local.tm_year + 1900, local.tm_mon + 1,
                       local.tm_mday, local.tm_hour, local.tm_min, local.tm_sec);
}

Table with_short_texts(Table table) {
    leave_out_told_names(table);
    put_units_beside_figures(table);
    shorten_headings(table);
    for (std::size_t column = 0; column < table.columns.size(); ++column) {
        if (table.columns[column].name == kRunId) shorten_ids(table, column);
        if (table.columns[column].name == kRun) shorten_names(table, column);
        for (auto& row : table.rows) {
            if (const std::string* text = text_in(row[column])) row[column].value = in_local_time(*text);
        }
    }
    return table;
}

}  // namespace tidemark::report
