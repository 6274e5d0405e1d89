// What becomes of a sweep whose runs do not end well.
#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/suggestion.hpp"
#include "sweep/file/definition.hpp"
#include "sweep/file/scalar.hpp"

namespace tidemark::sweep {
namespace {

using protocol::Status;

constexpr std::int64_t kMostEqualFailures = 100'000;

/// An interrupted run was ended by the user, who does not want it at once again.
constexpr std::array kEndings{Status::Oom, Status::Timeout, Status::Crashed, Status::Failed};

void read_times(const Node& node, const std::string& key, protocol::Retries& retries, Problems& problems) {
    const Value value = scalar_value(node);
    const auto* number = std::get_if<std::int64_t>(&value);
    if (node.kind == Node::Kind::Scalar && number != nullptr && *number >= 0 && *number <= kMostRetries) {
        retries.times = static_cast<int>(*number);
        return;
    }
    problems.add(node.position, key,
                 fmt::format("must be how often a run that did not end well is run again, from 0 to {}{}",
                             kMostRetries,
                             node.kind == Node::Kind::Scalar ? fmt::format(", not '{}'", node.text) : ""));
}

void read_endings(const Node& node, protocol::Retries& retries, Problems& problems) {
    std::vector<std::string_view> names;
    for (const Status status : kEndings) names.push_back(protocol::to_text(status));
    retries.on.clear();
    const std::vector<Node> items = node.kind == Node::Kind::List ? node.items : std::vector<Node>{node};
    for (const Node& item : items) {
        const auto status =
            item.kind == Node::Kind::Scalar ? protocol::status_from_text(item.text) : std::optional<Status>();
        if (status && std::ranges::find(kEndings, *status) != kEndings.end())
            retries.on.push_back(*status);
        else
            problems.add(
                item.position, "retries.after",
                fmt::format("must name endings out of {}{}", fmt::join(names, ", "),
                            item.kind == Node::Kind::Scalar
                                ? fmt::format(", not '{}'{}", item.text, did_you_mean(item.text, names))
                                : ""));
    }
    if (items.empty())
        problems.add(node.position, "retries.after", "names no ending, so that nothing would be run again");
}

}  // namespace

protocol::Retries read_retries(const Node& node, Problems& problems) {
    protocol::Retries retries;
    if (node.kind != Node::Kind::Map) {
        read_times(node, "retries", retries, problems);
        return retries;
    }
    check_members(node, "retries", retry_keys(), problems);
    if (const Node* times = node.find("times"))
        read_times(*times, "retries.times", retries, problems);
    else
        problems.add(node.position, "retries.times", "missing; write {times: 2, after: [crashed, timeout]}");
    if (const Node* endings = node.find("after")) read_endings(*endings, retries, problems);
    return retries;
}

int read_stop_after(const Node& node, Problems& problems) {
    constexpr std::string_view kMany = " equal failures";
    constexpr std::string_view kOne = " equal failure";
    std::string_view text = node.kind == Node::Kind::Scalar ? std::string_view(node.text) : "";
    for (const std::string_view ending : {kMany, kOne}) {
        if (!text.ends_with(ending)) continue;
        Node number = node;
        number.text = std::string(text.substr(0, text.size() - ending.size()));
        const Value value = scalar_value(number);
        const auto* count = std::get_if<std::int64_t>(&value);
        if (count != nullptr && *count >= 1 && *count <= kMostEqualFailures) return static_cast<int>(*count);
    }
    problems.add(
        node.position, "stop_after",
        fmt::format("must be written '3 equal failures', with a number from 1 to {}{}", kMostEqualFailures,
                    node.kind == Node::Kind::Scalar ? fmt::format(", not '{}'", node.text) : ""));
    return 0;
}

}  // namespace tidemark::sweep
