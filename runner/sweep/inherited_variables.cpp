#include "sweep/inherited_variables.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <string_view>
#include <vector>

#include <unistd.h>

#include "base/error.hpp"
#include "sweep/secret_key.hpp"

namespace tidemark::sweep {
namespace {

/// The beginnings of names, where a whole family is known.
constexpr std::array<std::string_view, 9> kFamilies{"OMP_",    "MKL_",   "KMP_",   "OPENBLAS_", "GOMP_",
                                                    "MALLOC_", "PYTHON", "TORCH_", "PYTORCH_"};
constexpr std::array<std::string_view, 4> kNames{"GLIBC_TUNABLES", "LD_PRELOAD", "LD_LIBRARY_PATH",
                                                 "CUDA_VISIBLE_DEVICES"};
/// What a shell sets by itself, or what tidemark does: naming them makes them no input.
constexpr std::array<std::string_view, 5> kOfTheShell{"PWD", "OLDPWD", "SHLVL", "PPID", "_"};
constexpr std::string_view kOwn = "TIDEMARK_";
constexpr std::array<std::string_view, 6> kSecrets{"TOKEN",  "SECRET",     "PASSWORD",
                                                   "PASSWD", "CREDENTIAL", "API_KEY"};

bool is_known(std::string_view name) {
    return std::ranges::find(kNames, name) != kNames.end() ||
           std::ranges::any_of(kFamilies, [&](std::string_view family) { return name.starts_with(family); });
}

bool belongs_to_others(std::string_view name) {
    return name.starts_with(kOwn) || std::ranges::find(kOfTheShell, name) != kOfTheShell.end();
}

bool tells_of_a_secret(std::string_view name) {
    return std::ranges::any_of(
        kSecrets, [&](std::string_view part) { return name.find(part) != std::string_view::npos; });
}

/// Of one that nobody named: without a key it is not told apart from another secret.
std::string hidden_if_possible(const std::string& secret) {
    try {
        return hidden(secret);
    } catch (const UsageError&) {
        return "(hidden)";
    }
}

/// Calls `use` with each name behind a `$` or a `${`.
template <typename Use>
void for_each_named(std::string_view word, Use use) {
    const auto is_of_name = [](char sign) {
        return std::isalnum(static_cast<unsigned char>(sign)) != 0 || sign == '_';
    };
    for (std::size_t at = word.find('$'); at != std::string_view::npos; at = word.find('$', at)) {
        ++at;
        if (at < word.size() && word[at] == '{') ++at;
        const std::size_t begin = at;
        while (at < word.size() && is_of_name(word[at])) ++at;
        if (at > begin) use(std::string(word.substr(begin, at - begin)));
    }
}

}  // namespace

bool inherits(const protocol::Request& request, const std::string& variable) {
    if (!request.inherit || std::ranges::find(*request.inherit, variable) != request.inherit->end())
        return true;
    return std::ranges::find(protocol::kAlwaysInherited, variable) != protocol::kAlwaysInherited.end();
}

InheritedVariables::InheritedVariables() {
    for (char** entry = environ; *entry != nullptr; ++entry) {
        const std::string_view text(*entry);
        const std::size_t equals = text.find('=');
        if (equals == std::string_view::npos || !is_known(text.substr(0, equals))) continue;
        known_.emplace(text.substr(0, equals), text.substr(equals + 1));
    }
}

std::map<std::string, std::string> InheritedVariables::of(const protocol::Request& request,
                                                          const std::vector<std::string>& secrets) const {
    std::map<std::string, std::string> found;
    const auto add = [&](const std::string& name, const std::string& value) {
        if (!inherits(request, name) || request.environment.contains(name)) return;
        const bool is_named = std::ranges::find(secrets, name) != secrets.end();
        found.emplace(name, is_named                  ? hidden(value)
                            : tells_of_a_secret(name) ? hidden_if_possible(value)
                                                      : value);
    };
    const auto add_by_name = [&](const std::string& name) {
        const char* value = belongs_to_others(name) ? nullptr : std::getenv(name.c_str());
        if (value != nullptr) add(name, value);
    };
    for (const auto& [name, value] : known_) add(name, value);
    if (request.inherit) std::ranges::for_each(*request.inherit, add_by_name);
    std::ranges::for_each(secrets, add_by_name);
    for (const auto* command : {&request.command, &request.setup, &request.teardown}) {
        for (const std::string& word : *command) for_each_named(word, add_by_name);
    }
    return found;
}

}  // namespace tidemark::sweep
