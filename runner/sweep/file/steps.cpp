// What stands around the measured program: setup, teardown, warm-ups, and which of its exit codes are a
// success.
#include <algorithm>

#include <fmt/format.h>

#include "sweep/file/definition.hpp"
#include "sweep/file/scalar.hpp"

namespace tidemark::sweep {
namespace {

std::optional<std::int64_t> integer_up_to(const Node& node, std::int64_t largest) {
    const Value value = scalar_value(node);
    const auto* number = std::get_if<std::int64_t>(&value);
    if (node.kind != Node::Kind::Scalar || number == nullptr || *number < 0 || *number > largest)
        return std::nullopt;
    return *number;
}

/// `each` names the parameter, `command` what is done for each of its values.
std::optional<GivenEach> read_each(const Node& node, const std::string& key, Problems& problems) {
    const Node* each = node.find("each");
    const Node* command = node.find("command");
    if (each == nullptr && command == nullptr) return std::nullopt;
    if (each == nullptr || command == nullptr) {
        problems.add(
            (each != nullptr ? each : command)->position,
            fmt::format("{}.{}", key, each == nullptr ? "each" : "command"),
            fmt::format("missing; write {}: {{each: PARAMETER, command: [PROGRAM, "
                        "\"{{PARAMETER}}\"]}}, or {}: {{sweep: [PROGRAM]}} for a command that is run once",
                        key, key));
        return std::nullopt;
    }
    const auto parameter = read_text(*each, key + ".each", problems);
    if (!parameter) return std::nullopt;
    return GivenEach{*parameter, each->position, read_step(*command, key + ".command", problems)};
}

}  // namespace

GivenCommand read_step(const Node& node, const std::string& key, Problems& problems) {
    GivenCommand command;
    command.position = node.position;
    if (node.kind != Node::Kind::List || node.items.empty()) {
        problems.add(
            node.position, key,
            "must be a list of a program and its arguments, such as [make, data]; for a shell write [sh, "
            "-c, '…']");
        return command;
    }
    command.words = read_words(node, key, problems);
    return command;
}

std::vector<int> read_accept_exit(const Node& node, Problems& problems) {
    std::vector<int> codes;
    const std::vector<Node> items = node.kind == Node::Kind::List ? node.items : std::vector<Node>{node};
    for (const Node& item : items) {
        if (const auto code = integer_up_to(item, kLargestExitCode))
            codes.push_back(static_cast<int>(*code));
        else
            problems.add(
                item.position, "accept_exit",
                fmt::format("must be exit codes from 0 to {}, such as [0, 3]{}", kLargestExitCode,
                            item.kind == Node::Kind::Scalar ? fmt::format(", not '{}'", item.text) : ""));
    }
    if (items.empty())
        problems.add(node.position, "accept_exit", "names no exit code, so that every run would fail");
    std::ranges::sort(codes);
    codes.erase(std::unique(codes.begin(), codes.end()), codes.end());
    return codes;
}

GivenSteps read_steps(const Node& node, const std::string& key, Problems& problems) {
    GivenSteps steps;
    if (node.kind == Node::Kind::Map) {
        check_members(node, key, step_keys(), problems);
        if (const Node* sweep = node.find("sweep")) steps.sweep = read_step(*sweep, key + ".sweep", problems);
        if (const Node* run = node.find("run")) steps.run = read_step(*run, key + ".run", problems);
        steps.each = read_each(node, key, problems);
        if (node.members.empty())
            problems.add(node.position, key, "must name a command below 'sweep' or 'run'");
    } else if (node.kind == Node::Kind::List) {
        steps.sweep = read_step(node, key, problems);
    } else {
        problems.add(
            node.position, key,
            "must be a command, such as [make, data], which is run once for the sweep, or a map of commands "
            "for the sweep and for each run, such as {sweep: [make, data], run: [cp, a.bin, b.bin]}");
    }
    return steps;
}

int read_warmup(const Node& node, const std::string& key, Problems& problems) {
    const auto count = integer_up_to(node, kMostWarmups);
    if (count) return static_cast<int>(*count);
    problems.add(node.position, key,
                 fmt::format("must be a number of unmeasured executions from 0 to {}{}", kMostWarmups,
                             node.kind == Node::Kind::Scalar ? fmt::format(", not '{}'", node.text) : ""));
    return 0;
}

}  // namespace tidemark::sweep
