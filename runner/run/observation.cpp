#include "run/observation.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

#include <fnmatch.h>

namespace tidemark::run {
namespace {

constexpr std::array<std::string_view, 5> kKinds{"content", "stamp", "names", "stamps", "link"};
constexpr std::array<std::string_view, 3> kVersionControl{".git", ".hg", ".svn"};

}  // namespace

std::string_view kind_name(ObservedKind kind) {
    return kKinds.at(static_cast<std::size_t>(kind));
}

ObservedKind kind_from_name(std::string_view text) {
    const auto found = std::ranges::find(kKinds, text);
    if (found == kKinds.end()) throw std::invalid_argument("no kind of observation: " + std::string(text));
    return static_cast<ObservedKind>(found - kKinds.begin());
}

LeftOut::LeftOut(const std::filesystem::path& folder, const std::vector<std::filesystem::path>& own,
                 std::vector<std::string> patterns)
    : patterns_(std::move(patterns)) {
    for (const std::filesystem::path& path : own) {
        const std::filesystem::path relative = path.lexically_relative(folder);
        if (!relative.empty() && *relative.begin() != "..") own_.push_back(relative.string());
    }
}

bool LeftOut::contains(std::string_view path) const {
    for (std::size_t begin = 0; begin <= path.size();) {
        const std::size_t end = std::min(path.find('/', begin), path.size());
        if (matches(path.substr(0, end), path.substr(begin, end - begin))) return true;
        begin = end + 1;
    }
    return false;
}

bool LeftOut::matches(std::string_view path, std::string_view name) const {
    if (std::ranges::find(kVersionControl, name) != kVersionControl.end()) return true;
    if (std::ranges::find(own_, path) != own_.end()) return true;
    return std::ranges::any_of(patterns_, [&](const std::string& pattern) {
        const bool is_path = pattern.find('/') != std::string::npos;
        return fnmatch(pattern.c_str(), std::string(is_path ? path : name).c_str(), FNM_PATHNAME) == 0;
    });
}

}  // namespace tidemark::run
