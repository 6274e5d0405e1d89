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
