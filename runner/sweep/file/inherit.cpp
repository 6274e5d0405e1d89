// The key `inherit`: what a run gets of the caller's environment.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/suggestion.hpp"
#include "sweep/file/definition.hpp"

namespace tidemark::sweep {
namespace {

constexpr const char* kKey = "inherit";
constexpr std::string_view kAll = "all";
constexpr std::string_view kNone = "none";

bool is_name(const std::string& text) {
    return !text.empty() && text.find('=') == std::string::npos;
}

}  // namespace

std::optional<std::vector<std::string>> read_inherit(const Node& node, Problems& problems) {
    std::vector<std::string> names;
    if (node.kind != Node::Kind::List) {
        const std::vector<std::string_view> words{kAll, kNone};
        if (node.text == kNone) return names;
        if (node.kind != Node::Kind::Scalar || node.text != kAll) {
            problems.add(node.position, kKey,
                         fmt::format("must be all, none, or a list of variables such as [LANG, TZ]{}",
                                     did_you_mean(node.text, words)));
        }
        return std::nullopt;
    }
    for (const Node& item : node.items) {
        const auto text = read_text(item, kKey, problems);
        if (!text) continue;
        if (is_name(*text))
            names.push_back(*text);
        else
            problems.add(item.position, kKey, "a variable's name must not be empty nor hold '='");
    }
    // their order makes no difference to the child, nor to the cell
    std::ranges::sort(names);
    names.erase(std::unique(names.begin(), names.end()), names.end());
    return names;
}

}  // namespace tidemark::sweep
