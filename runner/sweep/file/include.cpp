// The key `include`: files that a sweep file builds on.
#include "sweep/file/include.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <system_error>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "sweep/file/node_reading.hpp"

namespace tidemark::sweep {
namespace {

namespace fs = std::filesystem;

constexpr const char* kKey = "include";
/// Far more than anybody can follow; each level takes a piece of the stack.
constexpr std::size_t kDeepest = 20;
/// Files that include each other several times would be read without end.
constexpr std::size_t kMostFiles = 100;

Node* find(Node& map, std::string_view key) {
    const auto found = std::ranges::find_if(
        map.members, [&](const Node::Member& member) { return member.name.text == key; });
    return found == map.members.end() ? nullptr : &found->value;
}

void erase(Node& map, std::string_view key) {
    std::erase_if(map.members, [&](const Node::Member& member) { return member.name.text == key; });
}

/// Puts the members of `upper` in the place of those of `base` with the same name, or behind them.
void replace_members(Node& base, const Node& upper, bool members_too) {
    for (const Node::Member& own : upper.members) {
        Node* const known = find(base, own.name.text);
        if (known == nullptr)
            base.members.push_back(own);
        else if (members_too && known->kind == Node::Kind::Map && own.value.kind == Node::Kind::Map)
            replace_members(*known, own.value, false);
        else
            *known = own.value;
    }
}

/// `upper` on top of `base`, both whole files.
void put_on_top(Node& base, const Node& upper) {
    // two ways to say the same: what is run
    if (upper.find("command") != nullptr) erase(base, "workload");
    if (upper.find("workload") != nullptr) erase(base, "command");
    replace_members(base, upper, true);
    base.position = upper.position;
}

class Includer {
  public:
    explicit Includer(Problems& problems) : problems_(problems) {}

    Node read(const fs::path& file, int number) {
        open_.push_back({file, identity_of(file)});
        Node root = read_yaml(file, number, problems_);
        std::erase_if(root.members,
                      [](const Node::Member& member) { return member.name.text.starts_with(kLeftAlone); });
        if (const Node* include = root.find(kKey)) {
            Node base = included(*include, file.parent_path());
            erase(root, kKey);
            if (base.kind == Node::Kind::Map) {
                put_on_top(base, root);
                root = std::move(base);
            }
        }
        open_.pop_back();
        return root;
    }

  private:
    struct Open {
        fs::path file;
        fs::path identity;
    };

    /// The same file by another name is the same file.
    static fs::path identity_of(const fs::path& file) {
        std::error_code error;
        fs::path identity = fs::weakly_canonical(file, error);
        return error ? fs::absolute(file).lexically_normal() : identity;
    }

    void refuse(const Node& node, const std::string& message) { problems_.add(node.position, kKey, message); }

    Node included(const Node& include, const fs::path& folder) {
        Node all;
        const bool is_list = include.kind == Node::Kind::List;
        if (is_list && include.items.empty()) refuse(include, "names no file; write one, or remove the key");
        for (const Node& name : is_list ? include.items : std::vector<Node>{include}) {
            Node one = included_file(name, folder);
            if (one.kind != Node::Kind::Map) continue;
            if (all.kind == Node::Kind::Map)
                put_on_top(all, one);
            else
                all = std::move(one);
        }
        return all;
    }

    Node included_file(const Node& name, const fs::path& folder) {
        if (name.kind != Node::Kind::Scalar || name.text.empty()) {
            refuse(name, "must be a file, such as base.yaml, or a list of files");
            return {};
        }
        const fs::path file = folder / name.text;
        std::error_code error;
        if (!fs::exists(file, error)) {
            refuse(name,
                   fmt::format("there is no file {}; the path is relative to the file that it stands in",
                               file.string()));
            return {};
        }
        if (!may_be_read(name, file)) return {};
        const int number = problems_.add_file(file.string());
        Node root = read(file, number);
        if (root.kind != Node::Kind::Map && root.position.line > 0) {
            problems_.add(root.position, "",
                          "an included file is a map of keys, such as 'parameters' and 'limits'");
        }
        return root;
    }

    bool may_be_read(const Node& name, const fs::path& file) {
        const auto same = std::ranges::find(open_, identity_of(file), &Open::identity);
        if (same != open_.end()) {
            std::vector<std::string> chain;
            for (auto at = same; at != open_.end(); ++at) chain.push_back(at->file.string());
            chain.push_back(file.string());
            refuse(name, fmt::format("the file includes itself: {}", fmt::join(chain, " includes ")));
            return false;
        }
        if (open_.size() > kDeepest) {
            refuse(name, fmt::format("files include each other more than {} deep", kDeepest));
            return false;
        }
        if (problems_.files().size() > kMostFiles) {
            refuse(name, fmt::format("more than {} files are included", kMostFiles));
            return false;
        }
        return true;
    }

    Problems& problems_;
    std::vector<Open> open_;  ///< from the file that was named to the one that is being read
};

}  // namespace

Node read_with_includes(const fs::path& file, Problems& problems) {
    return Includer(problems).read(file, 0);
}

}  // namespace tidemark::sweep
