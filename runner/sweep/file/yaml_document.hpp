#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "sweep/file/problems.hpp"

namespace tidemark::sweep {

/// A node of a YAML document that remembers where it stands and how it was written, which yaml-cpp's own
/// nodes do not enough.
struct Node {
    enum class Kind { Null, Scalar, List, Map };
    Kind kind = Kind::Null;
    std::string text;     ///< of a Scalar
    bool quoted = false;  ///< of a Scalar: quoted or a block, so it is a text whatever it looks like
    Position position;
    struct Member;
    std::vector<Node> items;      ///< of a List
    std::vector<Member> members;  ///< of a Map, in file order

    /// Null where the map has no such key.
    const Node* find(std::string_view key) const;
};

/// No std::pair, which asks at once what a Node can do, while a Node is what holds these.
struct Node::Member {
    Node name;
    Node value;
};

/// Reads a sweep file as strict YAML 1.2: no duplicate or merge keys, no tags, one document, valid UTF-8.
/// What is wrong with it as YAML is added to `problems`; an unreadable file leaves a Null node. `number` is
/// the Position::file of all that stands in it.
Node read_yaml(const std::filesystem::path& file, int number, Problems& problems);

/// A scalar as YAML reads it where it stands alone: `"010"` and `'yes'` are quoted, all that does not begin
/// with a quote is plain. Nothing where the quotes do not match.
std::optional<Node> read_scalar(const std::string& text);

}  // namespace tidemark::sweep
