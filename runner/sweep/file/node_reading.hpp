#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sweep/file/grammar.hpp"
#include "sweep/file/placeholders.hpp"
#include "sweep/file/problems.hpp"
#include "sweep/file/yaml_document.hpp"

namespace tidemark::sweep {

/// A text with placeholders, and where it stands.
struct GivenTemplate {
    std::string key;  ///< path for messages: `command`, `environment.OMP_NUM_THREADS`
    Template text;
    Position position;
    std::string when{};  ///< of a command's word: the parameter without which it is left out; empty: none
};

// In all functions `key` is the path of the node's key for messages, as in `matrix.batch_size`.

/// The text of a scalar; a problem and nothing where the node is none (or null).
std::optional<std::string> read_text(const Node& node, const std::string& key, Problems& problems);

/// The same, with placeholders.
std::optional<GivenTemplate> read_template(const Node& node, const std::string& key, Problems& problems);

/// The words of a command, each a text with placeholders, or a map `{when: PARAMETER, words: […]}` of such
/// ones that are left out where the parameter is null or false.
std::vector<GivenTemplate> read_words(const Node& list, const std::string& key, Problems& problems);

/// Whether the name may become a column and is not one of the results' own; a problem where it may not.
/// `what` it is: "parameter", "metric".
bool is_free_name(const std::string& name, std::string_view what, Position position, const std::string& key,
                  Problems& problems);

/// Whether the node is a map; a problem with the `example` where it is none.
bool require_map(const Node& node, const std::string& key, const char* example, Problems& problems);

/// Whether a member of a map is what a value with an unquoted comma leaves behind: `{sql: SELECT a, b FROM
/// results}` is YAML for two keys, the second without a value.
bool is_torn_off(const Node& name, const Node& value);

/// What to say of such a one.
inline constexpr const char* kTornOff =
    "this is no key; if it belongs to the value before it, that value holds a comma and must be quoted";

/// Adds a problem for every member of the map whose name is not among `known` or whose value is not of the
/// kind that the key wants, and for every key that is missing; false where the node is no map.
bool check_members(const Node& node, const std::string& key, const Keys& known, Problems& problems);

}  // namespace tidemark::sweep
