#include "sweep/file/node_reading.hpp"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "protocol/event.hpp"
#include "protocol/result_columns.hpp"

namespace tidemark::sweep {

namespace {

/// `size` where the node is an unquoted `{size}`; else empty.
std::string name_in_braces(const Node& node) {
    if (node.kind != Node::Kind::Map || node.members.size() != 1) return {};
    const auto& [name, value] = node.members.front();
    const bool stands_alone = value.kind == Node::Kind::Null && name.kind == Node::Kind::Scalar;
    return stands_alone ? name.text : std::string();
}

}  // namespace

std::optional<std::string> read_text(const Node& node, const std::string& key, Problems& problems) {
    if (node.kind == Node::Kind::Scalar) return node.text;
    if (const std::string name = name_in_braces(node); !name.empty()) {
        problems.add(
            node.position, key,
            fmt::format("{{{0}}} is a map to YAML; for the value of a parameter quote it: \"{{{0}}}\"",
                        name));
    } else {
        problems.add(node.position, key,
                     node.kind == Node::Kind::Null ? "has no value" : "must be a single text");
    }
    return std::nullopt;
}

namespace {

std::optional<GivenTemplate> read_plain_template(const Node& node, const std::string& key,
                                                 Problems& problems) {
    const auto text = read_text(node, key, problems);
    if (!text) return std::nullopt;
    std::string problem;
    Template parsed(*text, &problem);
    if (!problem.empty()) problems.add(node.position, key, problem);
    return GivenTemplate{key, std::move(parsed), node.position};
}

bool has_words(const GivenTemplate& part) {
    return std::ranges::any_of(part.text.parts(), [](const Template::Part& own) {
        return own.is_name && own.placeholder.form == PlaceholderForm::Words;
    });
}

std::string first_placeholder(const GivenTemplate& part) {
    const auto found = std::ranges::find(part.text.parts(), true, &Template::Part::is_name);
    return found == part.text.parts().end() ? std::string() : found->text;
}

void add_word(const Node& node, const std::string& key, const std::string& when, Problems& problems,
              std::vector<GivenTemplate>& words) {
    auto word = read_plain_template(node, key, problems);
    if (!word) return;
    const auto is_text = [](const Template::Part& part) { return !part.is_name && !part.text.empty(); };
    const bool is_alone = std::ranges::none_of(word->text.parts(), is_text) && word->text.names().size() == 1;
    if (has_words(*word) && !is_alone) {
        problems.add(node.position, key,
                     fmt::format("'{{{}}}' stands for several words and must be a word of its own",
                                 first_placeholder(*word)));
    }
    word->when = when;
    words.push_back(std::move(*word));
}

/// `{when: nesterov, words: [--nesterov]}`
void add_words_of(const Node& node, const std::string& key, Problems& problems,
                  std::vector<GivenTemplate>& words) {
    if (node.members.size() == 1 && node.members.front().value.kind == Node::Kind::Null) {
        read_text(node, key, problems);  // which says so
        return;
    }
    const Node* const when = node.find("when");
    const Node* const own = node.find("words");
    if (node.members.size() != 2 || when == nullptr || own == nullptr || own->kind != Node::Kind::List ||
        own->items.empty()) {
        problems.add(node.position, key,
                     "must be a text, or words that may be left out, such as {when: nesterov, words: "
                     "[--nesterov]}");
        return;
    }
    const auto name = read_text(*when, key + ".when", problems);
    if (!name) return;
    if (words.empty()) problems.add(node.position, key, "the program itself cannot be left out");
    for (const Node& item : own->items) add_word(item, key + ".words", *name, problems, words);
}

}  // namespace

std::optional<GivenTemplate> read_template(const Node& node, const std::string& key, Problems& problems) {
    auto part = read_plain_template(node, key, problems);
    if (part && has_words(*part)) {
        problems.add(node.position, key,
                     fmt::format("'{{{}}}' stands for several words, and words has a command alone",
                                 first_placeholder(*part)));
    }
    return part;
}

std::vector<GivenTemplate> read_words(const Node& list, const std::string& key, Problems& problems) {
    std::vector<GivenTemplate> words;
    for (const Node& item : list.items) {
        if (item.kind == Node::Kind::Map)
            add_words_of(item, key, problems, words);
        else
            add_word(item, key, {}, problems, words);
    }
    return words;
}

namespace {

std::string lower(std::string text) {
    std::ranges::transform(text, text.begin(), [](unsigned char letter) { return std::tolower(letter); });
    return text;
}

/// It does not end with a point, so that `{name...}` says where it ends.
bool is_parameter_word(const std::string& name) {
    constexpr std::string_view kFirst = "abcdefghijklmnopqrstuvwxyz_";
    constexpr std::string_view kRest = "abcdefghijklmnopqrstuvwxyz_0123456789-.";
    constexpr std::size_t kLongest = 64;
    const std::string letters = lower(name);
    return !name.empty() && name.size() <= kLongest &&
           kFirst.find(letters.front()) != std::string_view::npos &&
           letters.find_first_not_of(kRest) == std::string::npos && name.back() != '.';
}

}  // namespace

bool is_free_name(const std::string& name, std::string_view what, Position position, const std::string& key,
                  Problems& problems) {
    const bool is_parameter = what == "parameter";
    if (is_parameter ? !is_parameter_word(name) : !protocol::is_valid_name(name)) {
        problems.add(position, key,
                     is_parameter
                         ? "a parameter's name is a letter or '_', and then letters, digits, '_', '-' and "
                           "'.', at most 64 in all"
                         : fmt::format("a {}'s name must match [a-z_][a-z0-9_]*", what));
        return false;
    }
    if (protocol::is_fixed_column(lower(name))) {
        problems.add(position, key,
                     fmt::format("'{}' is a fixed column of the results; choose another name", name));
        return false;
    }
    return true;
}

bool is_torn_off(const Node& name, const Node& value) {
    return value.kind == Node::Kind::Null && name.text.find_first_of(" ()'") != std::string::npos;
}

bool check_members(const Node& node, const std::string& key, const Keys& known, Problems& problems) {
    if (node.kind != Node::Kind::Map) {
        std::vector<std::string_view> names;
        for (const Key& own : known) names.push_back(own.name);
        problems.add(node.position, key,
                     fmt::format("must be a map with the keys {}", fmt::join(names, ", ")));
        return false;
    }
    const auto path = [&](std::string_view name) {
        return key.empty() ? std::string(name) : fmt::format("{}.{}", key, name);
    };
    for (const auto& [name, value] : node.members) {
        const auto own = std::ranges::find(known, std::string_view(name.text), &Key::name);
        if (own == known.end()) {
            problems.add(name.position, path(name.text),
                         is_torn_off(name, value)
                             ? kTornOff
                             : fmt::format("unknown key{}", key_meant(name.text, known)));
        } else if (!own->must.empty() && !fits(value, own->shape)) {
            problems.add(value.position, path(name.text), std::string(own->must));
        }
    }
    for (const Key& own : known) {
        if (!own.missing.empty() && node.find(own.name) == nullptr)
            problems.add(node.position, path(own.name), std::string(own.missing));
    }
    return true;
}

bool require_map(const Node& node, const std::string& key, const char* example, Problems& problems) {
    if (node.kind == Node::Kind::Map) return true;
    problems.add(node.position, key, fmt::format("must be a map, such as {}", example));
    return false;
}

}  // namespace tidemark::sweep
