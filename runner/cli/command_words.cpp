#include "cli/command_words.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/suggestion.hpp"

namespace tidemark::cli {
namespace {

using Kind = DeclaredOption::Kind;

constexpr std::size_t kFirstOfVerb = 2;  // behind the program and the verb
constexpr const char* kMark = "--";
constexpr const char* kHelp = "--help";

bool looks_like_option(std::string_view word) {
    return word.size() > 1 && word.front() == '-' && word != kMark;
}

/// `--set` of `--set=a=1`, `-n` of `-n5`.
std::string_view name_in(std::string_view word) {
    constexpr std::size_t kBrief = 2;
    return word.starts_with(kMark) ? word.substr(0, word.find('=')) : word.substr(0, kBrief);
}

bool is_wish_for_help(std::string_view word) {
    return word == kHelp || word == "-h";
}

const DeclaredOption* find_option(const DeclaredVerb& verb, std::string_view word) {
    const std::string_view name = name_in(word);
    const auto found = std::ranges::find_if(verb.options, [&](const DeclaredOption& option) {
        return !option.is_argument() && (option.name == name || option.brief == name);
    });
    return found == verb.options.end() ? nullptr : &*found;
}

std::string told_unknown(std::string_view word, const DeclaredVerb& verb) {
    std::vector<std::string_view> names{kHelp};
    for (const DeclaredOption& option : verb.options) {
        if (!option.is_argument()) names.emplace_back(option.name);
    }
    const std::string_view name = name_in(word);
    return fmt::format("there is no option '{}'{}", name, did_you_mean(name, names));
}

}  // namespace

std::vector<std::string> with_known_wishes(std::vector<std::string> words) {
    if (words.size() < kFirstOfVerb) return words;
    if (words[1] == "version" && words.size() == kFirstOfVerb) words[1] = "--version";
    if (words[1] != "help") return words;
    words.erase(words.begin() + 1);
    words.resize(std::min(words.size(), kFirstOfVerb));
    words.emplace_back(kHelp);
    return words;
}

std::vector<std::string> without_mark(std::vector<std::string> words, const DeclaredVerb& verb) {
    const bool takes_command =
        std::ranges::any_of(verb.options, [](const auto& option) { return option.kind == Kind::Rest; });
    for (std::size_t at = kFirstOfVerb; takes_command && at < words.size(); ++at) {
        if (words[at] == kMark) {
            words.erase(words.begin() + static_cast<std::ptrdiff_t>(at));
            break;
        }
        if (!looks_like_option(words[at])) break;
        if (is_wish_for_help(words[at])) continue;
        const DeclaredOption* option = find_option(verb, words[at]);
        if (option == nullptr)
            throw UsageError(fmt::format("{}; a command stands behind `--`", told_unknown(words[at], verb)));
        const bool is_whole = words[at] == option->name || words[at] == option->brief;
        if (is_whole && option->kind != Kind::Flag) ++at;  // its value is the next word
    }
    return words;
}

std::optional<std::string> unknown_option(const std::vector<std::string>& words, const DeclaredVerb& verb) {
    for (std::size_t at = kFirstOfVerb; at < words.size() && words[at] != kMark; ++at) {
        if (!looks_like_option(words[at]) || is_wish_for_help(words[at])) continue;
        const DeclaredOption* option = find_option(verb, words[at]);
        if (option == nullptr) return told_unknown(words[at], verb);
        if (option->kind != Kind::Flag && name_in(words[at]) == words[at]) ++at;
    }
    return std::nullopt;
}

}  // namespace tidemark::cli
