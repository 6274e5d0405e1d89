// The key `observe`: whether it is watched what runs read below the folder of the sweep file.
#include "sweep/file/observe.hpp"

#include <filesystem>

#include <fmt/format.h>

#include "sweep/file/definition.hpp"

namespace tidemark::sweep {
namespace {

constexpr const char* kKey = "observe";
constexpr const char* kExcept = "except";

/// What is wrong with a pattern; empty: nothing.
std::string problem_of(const std::string& pattern) {
    const std::filesystem::path path(pattern);
    if (pattern.empty()) return "must not be empty";
    if (path.is_absolute())
        return fmt::format("must be relative to the sweep file's folder; '{}' is absolute", pattern);
    for (const std::filesystem::path& part : path) {
        if (part == "..")
            return fmt::format(
                "must stay in the sweep file's folder, outside of which nothing is watched; '{}' "
                "leads out of it",
                pattern);
        if (part == "**")
            return fmt::format(
                "knows no '**', as in '{}'; name the folder, and all that is below it is left out", pattern);
    }
    return {};
}

std::string normal(const std::string& pattern) {
    std::string text = std::filesystem::path(pattern).lexically_normal().string();
    if (text.size() > 1 && text.back() == '/') text.pop_back();
    return text;
}

}  // namespace

Observe read_observe(const Node& node, Problems& problems) {
    Observe observe;
    if (node.kind == Node::Kind::Scalar && !node.quoted && (node.text == "true" || node.text == "false")) {
        observe.on = node.text == "true";
        return observe;
    }
    const Node* const except = node.kind == Node::Kind::Map ? node.find(kExcept) : nullptr;
    if (except == nullptr || except->kind != Node::Kind::List) {
        problems.add(
            node.position, kKey,
            "must be true, false, or {except: [PATTERN…]} with files and folders that are no inputs, such "
            "as {except: [logs, '*.tmp']}");
        return observe;
    }
    check_members(node, kKey, observe_keys(), problems);
    for (const Node& item : except->items) {
        const auto text = read_text(item, fmt::format("{}.{}", kKey, kExcept), problems);
        if (!text) continue;
        if (const std::string problem = problem_of(*text); !problem.empty())
            problems.add(item.position, fmt::format("{}.{}", kKey, kExcept), problem);
        else
            observe.except.push_back(normal(*text));
    }
    return observe;
}

}  // namespace tidemark::sweep
