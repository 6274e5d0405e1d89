// What runs beside the measured program: a server for its client.
#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "base/units.hpp"
#include "capture/pattern.hpp"
#include "sweep/file/definition.hpp"

namespace tidemark::sweep {
namespace {

constexpr const char* kExample = "{command: [./server, --port, 8080], port: 8080}";

/// With placeholders it is looked at when they are filled.
void read_port(const Node& node, GivenService& service, Problems& problems) {
    auto port = read_template(node, "service.port", problems);
    if (!port) return;
    if (!port->text.has_placeholders() && !port_of(node.text)) {
        problems.add(node.position, "service.port",
                     fmt::format("must be a TCP port from 1 to {}, not '{}'", kLargestPort, node.text));
        return;
    }
    service.port = std::move(port);
}

void read_line(const Node& node, GivenService& service, Problems& problems) {
    const auto text = read_text(node, "service.line", problems);
    if (!text) return;
    std::string problem;
    const capture::Pattern line(*text, &problem);
    if (problem.empty() && text->empty()) problem = "is empty, so that every line would match";
    if (problem.empty())
        service.line = *text;
    else
        problems.add(node.position, "service.line", problem);
}

void read_within(const Node& node, GivenService& service, Problems& problems) {
    const auto text = read_text(node, "service.within", problems);
    if (!text) return;
    const auto parsed = parse_seconds(*text);
    if (!parsed.problem.empty())
        problems.add(node.position, "service.within", parsed.problem);
    else if (parsed.quantity->value <= 0)
        problems.add(node.position, "service.within", "must be more than 0");
    else
        service.within = *parsed.quantity;
}

}  // namespace

std::optional<int> port_of(std::string_view text) {
    int port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    const bool is_number = error == std::errc{} && end == text.data() + text.size();
    if (!is_number || port < 1 || port > kLargestPort) return std::nullopt;
    return port;
}

std::optional<GivenService> read_service(const Node& node, Problems& problems) {
    GivenService service;
    if (node.kind != Node::Kind::Map) {
        problems.add(node.position, "service",
                     fmt::format("must be a map of a command and how it tells that it is ready, such as {}",
                                 kExample));
        return std::nullopt;
    }
    check_members(node, "service", service_keys(), problems);
    if (const Node* command = node.find("command"))
        service.command = read_step(*command, "service.command", problems);
    if (const Node* port = node.find("port")) read_port(*port, service, problems);
    if (const Node* line = node.find("line")) read_line(*line, service, problems);
    if (const Node* check = node.find("check")) service.check = read_step(*check, "service.check", problems);
    if (const Node* within = node.find("within")) read_within(*within, service, problems);
    const bool tells = std::ranges::any_of(node.members, [](const auto& member) {
        const std::string& name = member.name.text;
        return name == "port" || name == "line" || name == "check";
    });
    if (!tells) {
        problems.add(
            node.position, "service",
            "does not say when the service is ready; give a port at which it listens ('port: 8080'), an "
            "expression for a line of its output ('line: listening') or a command that ends with 0 "
            "then ('check: [curl, -f, localhost:8080]')");
    }
    return service;
}

}  // namespace tidemark::sweep
