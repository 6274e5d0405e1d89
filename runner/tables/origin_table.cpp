#include "tables/origin_table.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace tidemark::tables {
namespace {

using analysis::OriginDifference;
using protocol::Unit;
using report::Cell;

/// In the order in which they are met first, each with the runs that have it.
std::vector<std::pair<OriginDifference, std::vector<std::string>>> shared(
    const std::vector<UnlikeRun>& runs) {
    std::vector<std::pair<OriginDifference, std::vector<std::string>>> all;
    for (const UnlikeRun& run : runs) {
        for (const OriginDifference& difference : run.differences) {
            auto known = std::ranges::find(all, difference, [](const auto& entry) { return entry.first; });
            if (known == all.end()) known = all.insert(all.end(), {difference, {}});
            known->second.push_back(run.run);
        }
    }
    return all;
}

std::string names_of(const std::vector<std::string>& some) {
    return some.size() == 1 ? some.front() : fmt::format("{} and {} more", some.front(), some.size() - 1);
}

}  // namespace

report::Table origin_table(const std::string& first, const std::string& second,
                           const std::vector<UnlikeRun>& runs) {
    report::Table table;
    table.title = "measured differently";
    const auto found = shared(runs);
    const bool about_all =
        std::ranges::all_of(found, [&](const auto& entry) { return entry.second.size() == runs.size(); });
    if (!about_all) table.columns.push_back({"runs", "runs", Unit::None, false});
    for (const std::string& name : {std::string("what"), first, second, std::string("what it means")})
        table.columns.push_back({name, name, Unit::None, false});
    const auto add = [](std::vector<Cell>& row, const std::string& text) {
        row.push_back({Value(text), {}});
    };
    for (const auto& [difference, names] : found) {
        auto& row = table.rows.emplace_back();
        if (!about_all) add(row, names.size() == runs.size() ? "all" : names_of(names));
        for (const std::string* text :
             {&difference.name, &difference.before, &difference.after, &difference.meaning})
            add(row, *text);
    }
    return table;
}

}  // namespace tidemark::tables
