#include "sweep/identity.hpp"

#include <unistd.h>

#include <fmt/format.h>

namespace tidemark::sweep {
namespace {

bool is_program(const std::filesystem::path& file) {
    std::error_code error;
    return std::filesystem::is_regular_file(file, error) && access(file.c_str(), X_OK) == 0;
}

}  // namespace

CanonicalText& CanonicalText::add(std::string_view part) {
    fmt::format_to(std::back_inserter(text_), "{}:", part.size());
    text_ += part;
    return *this;
}

CanonicalText& CanonicalText::add(std::string_view name, const Value& value) {
    constexpr std::string_view kTypes = "nbirs";  // null, boolean, integer, real, text
    add(name);
    text_ += kTypes[value.index()];
    return add(to_text(value));
}

CanonicalText& CanonicalText::add(const CanonicalText& parts) {
    text_ += parts.text_;
    return *this;
}

std::optional<Digest> FileDigests::of(const std::filesystem::path& file) {
    const auto [entry, is_new] = known_.try_emplace(file);
    if (is_new) entry->second = digest_of_file(file);
    return entry->second;
}

std::filesystem::path find_program(const std::string& name, const std::filesystem::path& working_directory,
                                   const std::string& search_path, std::string& problem) {
    if (name.find('/') != std::string::npos) {
        const std::filesystem::path file = working_directory / name;
        if (is_program(file)) return file;
        std::error_code error;
        problem =
            std::filesystem::exists(file, error)
                ? fmt::format("'{0}' is not a program that may be run; is it missing `chmod +x {0}`?", name)
                : fmt::format("there is no program '{}' in {}", name, working_directory.string());
        return {};
    }
    for (std::size_t begin = 0; begin <= search_path.size();) {
        const std::size_t end = std::min(search_path.find(':', begin), search_path.size());
        const std::string folder = search_path.substr(begin, end - begin);
        const std::filesystem::path file = working_directory / folder / name;
        if (is_program(file)) return file;
        begin = end + 1;
    }
    problem = fmt::format("there is no program '{}' on the PATH; install it, or give its path", name);
    return {};
}

}  // namespace tidemark::sweep
