#include "sweep/file/yaml_document.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fstream>
#include <map>
#include <optional>
#include <sstream>
#include <string_view>
#include <utility>

#include <system_error>

#include <fmt/format.h>
#include <yaml-cpp/depthguard.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include "base/error.hpp"
#include "base/text_encoding.hpp"
#include "capture/pattern.hpp"
#include "sweep/file/flow_value.hpp"
#include "sweep/file/grammar.hpp"
#include "sweep/file/scalar.hpp"
#include "sweep/file/tabs.hpp"

namespace tidemark::sweep {
namespace {

constexpr std::size_t kLargestFile = 16 * 1024 * 1024;
/// Aliases copy what they name; nested ones could fill any memory ("billion laughs").
constexpr std::size_t kMostNodes = 2'000'000;

/// As deep as yaml-cpp itself reads. Aliases put trees within trees, each as deep as that, and all that walks
/// through a tree takes a piece of the stack for each level.
constexpr std::size_t kDeepestTree = 500;
constexpr const char* kTooDeep = "nested too deeply for a sweep file";

/// How many nodes a tree has, and how deep it is.
struct Extent {
    std::size_t nodes = 1;
    std::size_t depth = 1;

    void add_below(const Extent& child) {
        nodes += child.nodes;
        depth = std::max(depth, child.depth + 1);
    }
};

Extent extent_of(const Node& node) {
    Extent extent;
    for (const Node& item : node.items) extent.add_below(extent_of(item));
    for (const auto& [key, value] : node.members) {
        extent.add_below(extent_of(key));
        extent.add_below(extent_of(value));
    }
    return extent;
}

/// Thrown to leave yaml-cpp's parser in the middle of a document.
struct TooManyNodes {
    Position position;
};
struct TooDeep {
    Position position;
};

class TreeBuilder : public YAML::EventHandler {
  public:
    TreeBuilder(Problems& problems, int file) : problems_(problems), file_(file) {}

    Node take() { return std::move(root_); }

    void OnDocumentStart(const YAML::Mark&) override {}
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override { add(Node{}, mark, anchor); }
    void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        const auto named = anchors_.find(anchor);
        if (named == anchors_.end()) {
            problems_.add(position_of(mark), "", "an alias within the node that it names has no end");
            add(Node{}, mark, 0);
            return;
        }
        const Extent extent = extent_of(named->second);
        count(extent.nodes, position_of(mark));
        if (open_.size() + extent.depth > kDeepestTree) throw TooDeep{position_of(mark)};
        place(named->second);
    }
    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  const std::string& value) override {
        Node node;
        node.kind = Node::Kind::Scalar;
        node.text = value;
        node.quoted = tag == "!";
        refuse_tag(tag, mark);
        add(std::move(node), mark, anchor);
    }
    void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value) override {
        open(Node::Kind::List, tag, mark, anchor);
    }
    void OnSequenceEnd() override { close(); }
    void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value) override {
        open(Node::Kind::Map, tag, mark, anchor);
    }
    void OnMapEnd() override { close(); }

  private:
    struct Open {
        Node node;
        YAML::anchor_t anchor;
        std::optional<Node> key;  ///< of a Map: the key whose value is to come
    };

    Position position_of(const YAML::Mark& mark) const { return {mark.line + 1, mark.column + 1, file_}; }

    void refuse_tag(const std::string& tag, const YAML::Mark& mark) {
        if (tag.empty() || tag == "?" || tag == "!") return;
        problems_.add(position_of(mark), "", fmt::format("the tag '{}' has no meaning here; remove it", tag));
    }

    void count(std::size_t nodes, Position position) {
        nodes_ += nodes;
        if (nodes_ > kMostNodes) throw TooManyNodes{position};
    }

    void add(Node node, const YAML::Mark& mark, YAML::anchor_t anchor) {
        node.position = position_of(mark);
        count(1, node.position);
        if (anchor != 0) anchors_[anchor] = node;
        place(std::move(node));
    }

    void open(Node::Kind kind, const std::string& tag, const YAML::Mark& mark, YAML::anchor_t anchor) {
        refuse_tag(tag, mark);
        Node node;
        node.kind = kind;
        node.position = position_of(mark);
        count(1, node.position);
        open_.push_back({std::move(node), anchor, {}});
    }

    void close() {
        Open closed = std::move(open_.back());
        open_.pop_back();
        if (closed.anchor != 0) anchors_[closed.anchor] = closed.node;
        place(std::move(closed.node));
    }

    void place(Node node) {
        if (open_.empty()) {
            root_ = std::move(node);
            return;
        }
        Open& parent = open_.back();
        if (parent.node.kind == Node::Kind::List) {
            parent.node.items.push_back(std::move(node));
        } else if (!parent.key) {
            parent.key = std::move(node);
        } else {
            parent.node.members.push_back({std::move(*parent.key), std::move(node)});
            parent.key.reset();
        }
    }

    Problems& problems_;
    int file_;
    Node root_;
    std::vector<Open> open_;
    std::map<YAML::anchor_t, Node> anchors_;
    std::size_t nodes_ = 0;
};

/// yaml-cpp does not mind what YAML 1.2 or good sense do: keys twice, merge keys, `yes` and `010`.
void check_strictly(const Node& node, const std::string& path, Problems& problems) {
    if (node.kind == Node::Kind::Scalar) {
        if (const std::string problem = scalar_problem(node); !problem.empty())
            problems.add(node.position, path, problem);
    }
    for (const Node& item : node.items) check_strictly(item, path, problems);
    std::map<std::string_view, Position> seen;
    for (const auto& [key, value] : node.members) {
        const std::string name = key.text.substr(0, key.text.find('\0'));  // a message would end at a NUL
        const std::string own_path = path.empty() ? name : path + "." + name;
        if (key.kind != Node::Kind::Scalar) {
            problems.add(key.position, path, "a key must be a plain word");
        } else if (key.text == "<<" && !key.quoted) {
            problems.add(
                key.position, own_path,
                "merge keys are not part of YAML 1.2; write the members out, or use an alias as a value");
        } else if (const auto [first, is_new] = seen.try_emplace(key.text, key.position); !is_new) {
            problems.add(key.position, own_path,
                         fmt::format("the key stands here for the second time; the first is in line {}",
                                     first->second.line));
        } else if (const std::string problem = scalar_problem(key); !problem.empty()) {
            problems.add(key.position, own_path, problem);
        }
        // what is shared is checked where an alias stands for it
        const bool is_left_alone = path.empty() && key.text.starts_with(kLeftAlone);
        if (!is_left_alone) check_strictly(value, own_path, problems);
    }
}

/// Tabs are found before yaml-cpp finds something else to say of them.
bool has_tabs_in_indentation(const std::string& text, int file, Problems& problems) {
    const std::vector<Position> tabs = tabs_in_indentation(text);
    for (const Position& tab : tabs)
        problems.add({tab.line, tab.column, file}, "", "a tab in the indentation; YAML indents with blanks");
    return !tabs.empty();
}

/// `--size={size}` within `[…]`: to YAML a map begins at the brace. Empty where the text has no such word.
std::string unquoted_placeholder(const std::string& text, int up_to_line) {
    static const capture::Pattern kWord(
        R"re((?:^|[\s,\[])([^\s,\[\]{}"'#:]+\{[A-Za-z_][A-Za-z0-9_]*\}[^\s,\]]*|)re"
        R"re(\{[A-Za-z_][A-Za-z0-9_]*\}[^\s,\]}:]+))re");
    std::istringstream lines(text);
    std::string line;
    std::string found;
    for (int number = 1; number <= up_to_line && std::getline(lines, line); ++number) {
        const std::optional<capture::Pattern::Match> match = kWord.in(line);
        if (!match) continue;
        const std::string_view word = match->value;
        // outside of a list a brace within a word is a letter like any other
        const bool is_in_list =
            line.find_first_of("[,") < static_cast<std::size_t>(word.data() - line.data());
        if (!is_in_list && number != up_to_line) continue;
        found = fmt::format("; a word with braces must be quoted here, in line {}: \"{}\"", number, word);
    }
    return found;
}

/// No more than one byte beyond what is read of a sweep file: a device or a pipe may have no end.
std::optional<std::string> read_at_most(const std::filesystem::path& file, std::size_t most) {
    errno = 0;
    std::ifstream input(file, std::ios::binary);
    if (!input) return std::nullopt;
    std::string text;
    std::array<char, 16384> buffer;
    while (text.size() <= most) {
        input.read(buffer.data(), buffer.size());
        if (input.bad()) return std::nullopt;
        if (input.gcount() == 0) break;
        text.append(buffer.data(), static_cast<std::size_t>(input.gcount()));
    }
    return text;
}

std::optional<std::string> read_text(const std::filesystem::path& file, int number, Problems& problems) {
    std::error_code error;
    const auto status = std::filesystem::status(file, error);
    const auto refuse = [&](const std::string& why) {
        problems.add({0, 0, number}, "", why);
        return std::nullopt;
    };
    if (status.type() == std::filesystem::file_type::not_found) return refuse("there is no such file");
    if (error) return refuse(fmt::format("cannot read it: {}", error.message()));
    if (std::filesystem::is_directory(status))
        return refuse("this is a directory; name the sweep file in it");
    auto text = read_at_most(file, kLargestFile);
    if (!text) return refuse(fmt::format("cannot read it: {}", errno_text(errno)));
    if (text->size() > kLargestFile) return refuse("the file is larger than 16 MiB, which no sweep file is");
    if (text->find('\0') != std::string::npos) return refuse("this is a binary file, not YAML");
    if (const auto bad = first_invalid_utf8(*text)) {
        return refuse(fmt::format("byte {} is not UTF-8; save the file in UTF-8", *bad + 1));
    }
    constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
    if (text->starts_with(kByteOrderMark)) text->erase(0, kByteOrderMark.size());
    if (text->find_first_not_of(" \t\r\n") == std::string::npos) return refuse("the file is empty");
    return text;
}

}  // namespace

const Node* Node::find(std::string_view key) const {
    for (const auto& [name, value] : members) {
        if (name.text == key) return &value;
    }
    return nullptr;
}

Node read_yaml(const std::filesystem::path& file, int number, Problems& problems) {
    const auto text = read_text(file, number, problems);
    if (!text || has_tabs_in_indentation(*text, number, problems)) return {};
    try {
        std::istringstream input(*text);
        YAML::Parser parser(input);
        TreeBuilder builder(problems, number);
        parser.HandleNextDocument(builder);
        Node root = builder.take();
        TreeBuilder second(problems, number);
        if (parser.HandleNextDocument(second)) {
            problems.add(second.take().position, "",
                         "a second YAML document begins here; a sweep file holds one");
        }
        check_strictly(root, "", problems);
        return root;
    } catch (const YAML::DeepRecursion& error) {
        problems.add({error.mark.line + 1, error.mark.column + 1, number}, "", kTooDeep);
    } catch (const TooDeep& error) {
        problems.add(error.position, "", kTooDeep);
    } catch (const YAML::Exception& error) {
        problems.add(
            {error.mark.line + 1, error.mark.column + 1, number}, "",
            fmt::format("not YAML: {}{}", error.msg, unquoted_placeholder(*text, error.mark.line + 1)));
    } catch (const TooManyNodes& error) {
        problems.add(error.position, "", "the aliases of this file unfold to more than 2,000,000 values");
    }
    return {};
}

namespace {

/// The only document of the text; nothing where it is none, or is wrong.
std::optional<Node> read_alone(const std::string& text) {
    try {
        Problems problems("");
        std::istringstream input(text);
        YAML::Parser parser(input);
        TreeBuilder builder(problems, 0);
        parser.HandleNextDocument(builder);
        Node node = builder.take();
        TreeBuilder second(problems, 0);
        if (problems.any() || parser.HandleNextDocument(second)) return std::nullopt;
        return node;
    } catch (const YAML::Exception&) {
        return std::nullopt;
    } catch (const TooManyNodes&) {
        return std::nullopt;
    } catch (const TooDeep&) {
        return std::nullopt;
    }
}

}  // namespace

std::optional<Node> read_scalar(const std::string& text) {
    if (!text.starts_with('"') && !text.starts_with('\'')) {
        Node plain;
        plain.kind = Node::Kind::Scalar;
        plain.text = text;
        return plain;
    }
    auto node = read_alone(text);
    if (!node || node->kind != Node::Kind::Scalar || !node->quoted) return std::nullopt;
    return node;
}

std::optional<Node> read_flow_value(const std::string& text) {
    if (!text.starts_with('[') && !text.starts_with('{')) return std::nullopt;
    return read_alone(text);
}

}  // namespace tidemark::sweep
