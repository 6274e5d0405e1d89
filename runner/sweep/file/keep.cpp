// The key `keep`: what stays of the files that a run leaves in its folder.
#include <filesystem>

#include <fmt/format.h>

#include "sweep/file/definition.hpp"

namespace tidemark::sweep {
namespace {

constexpr const char* kKey = "keep";

/// What is wrong with a pattern; empty: nothing.
std::string problem_of(const std::string& pattern) {
    const std::filesystem::path path(pattern);
    if (pattern.empty()) return "must not be empty";
    if (path.is_absolute())
        return fmt::format("must be relative to the run's folder, {{run_dir}}; '{}' is absolute", pattern);
    for (const std::filesystem::path& part : path) {
        if (part == "..")
            return fmt::format("must stay in the run's folder, {{run_dir}}; '{}' leads out of it", pattern);
        if (part == "**")
            return fmt::format("knows no '**', as in '{}'; name the folder, and all that is below it is kept",
                               pattern);
    }
    if (pattern.find_first_of("{}") != std::string::npos)
        return fmt::format("knows no braces, as in '{}'; write one pattern for each, with * and ?", pattern);
    if (pattern.find('\\') != std::string::npos)
        return fmt::format("knows no backslash, as in '{}'; write ? for a sign that has a meaning", pattern);
    return {};
}

/// `./model/` is `model`.
std::string normal(const std::string& pattern) {
    std::string text = std::filesystem::path(pattern).lexically_normal().string();
    if (text.size() > 1 && text.back() == '/') text.pop_back();
    return text;
}

}  // namespace

std::vector<std::string> read_keep(const Node& node, Problems& problems) {
    std::vector<std::string> patterns;
    for (const Node& item : node.items) {
        const auto text = read_text(item, kKey, problems);
        if (!text) continue;
        std::string problem = problem_of(*text);
        if (problem.empty() && normal(*text) == ".") problem = "names the whole folder; leave the key out";
        if (problem.empty())
            patterns.push_back(normal(*text));
        else
            problems.add(item.position, kKey, problem);
    }
    return patterns;
}

}  // namespace tidemark::sweep
