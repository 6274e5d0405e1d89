#include "report/json_row.hpp"

#include <map>
#include <string_view>

#include <nlohmann/json.hpp>

namespace tidemark::report {
namespace {

using nlohmann::ordered_json;

std::string text_of(const ordered_json& json) {
    return json.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

/// A number or a truth in JSON's own spelling.
bool is_json(std::string_view told) {
    const auto parsed = nlohmann::json::parse(told, nullptr, false);
    return !parsed.is_discarded() && (parsed.is_number() || parsed.is_boolean());
}

std::string value_text(const Cell& cell) {
    if (cell.told.empty()) return text_of(to_json(cell.value));
    return is_json(cell.told) ? cell.told : text_of(cell.told);
}

}  // namespace

std::string json_values(const std::vector<Column>& columns, const std::vector<Cell>& row) {
    // of columns with one name the last counts, where the first stands
    std::map<std::string_view, std::size_t> last;
    for (std::size_t column = 0; column < row.size(); ++column) last[columns[column].name] = column;
    std::string text = "{";
    for (std::size_t column = 0; column < row.size(); ++column) {
        const auto own = last.find(columns[column].name);
        if (own == last.end()) continue;
        if (text.size() > 1) text += ',';
        text += text_of(columns[column].name) + ':' + value_text(row[own->second]);
        last.erase(own);
    }
    return text + '}';
}

}  // namespace tidemark::report
