#include "sweep/file/structure.hpp"

#include <nlohmann/json.hpp>

#include "base/value.hpp"
#include "sweep/file/scalar.hpp"

namespace tidemark::sweep {
namespace {

std::string quoted(const std::string& text) {
    return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string json_of_scalar(const Node& node) {
    const Value value = scalar_value(node);
    if (const auto* text = std::get_if<std::string>(&value)) return quoted(*text);
    // `.5` and `0x10` are numbers of YAML alone
    if (is_number(value) && nlohmann::json::accept(node.text)) return node.text;
    return to_text(value);
}

}  // namespace

std::optional<std::string> json_of(const Node& node, const std::string& key, Problems& problems) {
    if (node.kind == Node::Kind::Null) return "null";
    if (node.kind == Node::Kind::Scalar) {
        if (is_finite(scalar_value(node))) return json_of_scalar(node);
        problems.add(node.position, key, "must be a finite number");
        return std::nullopt;
    }
    const bool is_list = node.kind == Node::Kind::List;
    std::string text(1, is_list ? '[' : '{');
    const auto add = [&](const std::string& name, const Node& value) {
        const auto json = json_of(value, key, problems);
        if (json) text += (text.size() > 1 ? "," : "") + name + *json;
        return json.has_value();
    };
    for (const Node& item : node.items) {
        if (!add("", item)) return std::nullopt;
    }
    for (const auto& [name, value] : node.members) {
        if (!add(quoted(name.text) + ":", value)) return std::nullopt;
    }
    return text + (is_list ? ']' : '}');
}

std::vector<std::string> items_of_json(std::string_view list) {
    std::vector<std::string> items;
    std::string item;
    int depth = 0;
    bool in_text = false;
    for (std::size_t at = 1; at + 1 < list.size(); ++at) {
        const char letter = list[at];
        if (letter == '"') in_text = !in_text;
        if (!in_text && (letter == '[' || letter == '{')) ++depth;
        if (!in_text && (letter == ']' || letter == '}')) --depth;
        if (!in_text && depth == 0 && letter == ',') {
            items.push_back(std::move(item));
            item.clear();
            continue;
        }
        item += letter;
        if (in_text && letter == '\\') item += list[++at];
    }
    if (list.size() > 2) items.push_back(std::move(item));
    return items;
}

std::string told_item(const std::string& json) {
    return json.starts_with('"') ? nlohmann::json::parse(json).get<std::string>() : json;
}

}  // namespace tidemark::sweep
