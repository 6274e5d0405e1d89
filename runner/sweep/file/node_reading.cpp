#include "sweep/file/node_reading.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/suggestion.hpp"
#include "protocol/event.hpp"
#include "protocol/result_columns.hpp"

namespace tidemark::sweep {

std::optional<std::string> read_text(const Node& node, const std::string& key, Problems& problems) {
    if (node.kind == Node::Kind::Scalar) return node.text;
    problems.add(node.position, key,
                 node.kind == Node::Kind::Null ? "has no value" : "must be a single text");
    return std::nullopt;
}

std::optional<GivenTemplate> read_template(const Node& node, const std::string& key, Problems& problems) {
    const auto text = read_text(node, key, problems);
    if (!text) return std::nullopt;
    std::string problem;
    Template parsed(*text, &problem);
    if (!problem.empty()) problems.add(node.position, key, problem);
    return GivenTemplate{key, std::move(parsed), node.position};
}

bool is_free_name(const std::string& name, std::string_view what, Position position, const std::string& key,
                  Problems& problems) {
    if (!protocol::is_valid_name(name)) {
        problems.add(position, key, fmt::format("a {}'s name must match [a-z_][a-z0-9_]*", what));
        return false;
    }
    if (protocol::is_fixed_column(name)) {
        problems.add(position, key,
                     fmt::format("'{}' is a fixed column of the results; choose another name", name));
        return false;
    }
    return true;
}

bool is_torn_off(const Node& name, const Node& value) {
    return value.kind == Node::Kind::Null && name.text.find_first_of(" ()'") != std::string::npos;
}

bool check_members(const Node& node, const std::string& key, const std::vector<std::string_view>& known,
                   Problems& problems) {
    if (node.kind != Node::Kind::Map) {
        problems.add(node.position, key,
                     fmt::format("must be a map with the keys {}", fmt::join(known, ", ")));
        return false;
    }
    for (const auto& [name, value] : node.members) {
        if (std::ranges::find(known, name.text) != known.end()) continue;
        problems.add(name.position, key.empty() ? name.text : key + "." + name.text,
                     is_torn_off(name, value) ? kTornOff
                                              : fmt::format("unknown key{}", did_you_mean(name.text, known)));
    }
    return true;
}

bool require_map(const Node& node, const std::string& key, const char* example, Problems& problems) {
    if (node.kind == Node::Kind::Map) return true;
    problems.add(node.position, key, fmt::format("must be a map, such as {}", example));
    return false;
}

}  // namespace tidemark::sweep
