#pragma once

#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

namespace tidemark {

/// How deep brackets may lie within each other in JSON that is read. What walks through a value (copies,
/// writes or destroys it) takes a piece of the stack for each level, so that a few bytes of a file could end
/// the whole program.
inline constexpr std::size_t kDeepestJson = 100;

/// What is said of a text that goes deeper, with the byte (from 1) where it does; nothing where none does. To
/// be asked before any parser sees the text: all JSON from outside goes through this file.
std::optional<std::string> problem_of_nesting(std::string_view text);

/// Why a text could not be read as JSON.
struct JsonProblem : std::invalid_argument {
    using std::invalid_argument::invalid_argument;
};

/// Throws JsonProblem.
template <typename Json = nlohmann::json>
Json parse_json(std::string_view text) {
    if (const auto problem = problem_of_nesting(text)) throw JsonProblem(*problem);
    try {
        return Json::parse(text);
    } catch (const typename Json::exception& error) {
        throw JsonProblem(error.what());
    }
}

/// Discarded where it is no JSON.
inline nlohmann::json parse_json_or_discard(std::string_view text) {
    if (problem_of_nesting(text)) return nlohmann::json(nlohmann::json::value_t::discarded);
    return nlohmann::json::parse(text, nullptr, false);
}

}  // namespace tidemark
