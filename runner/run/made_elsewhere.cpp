#include "run/made_elsewhere.hpp"

#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>

#include "base/bounded_json.hpp"
#include "base/regular_file.hpp"
#include "base/value.hpp"

namespace tidemark::run {
namespace {

constexpr std::array<std::pair<std::string_view, QueueCause>, 8> kCauses{
    {{"", QueueCause::None},
     {"interrupted", QueueCause::Interrupted},
     {"cancelled", QueueCause::Cancelled},
     {"preempted", QueueCause::Preempted},
     {"time limit", QueueCause::TimeLimit},
     {"memory limit", QueueCause::MemoryLimit},
     {"lost", QueueCause::Lost},
     {"refused", QueueCause::Refused}}};

/// Nothing where there is none, or the run's program has put something else there.
nlohmann::json object_in(const std::filesystem::path& file) {
    const auto text = read_regular_file(file);
    nlohmann::json json = text ? parse_json_or_discard(*text) : nlohmann::json();
    return json.is_object() ? json : nlohmann::json();
}

std::string text_of(const nlohmann::json& json, const char* name) {
    const auto found = json.find(name);
    return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace

void write_queue_end(const RunDirectory& directory, const QueueEnd& end) {
    const auto* cause =
        std::ranges::find(kCauses, end.cause, &std::pair<std::string_view, QueueCause>::second);
    nlohmann::ordered_json json{{"cause", cause->first},
                                {"said", end.said},
                                {"job", end.job},
                                {"partition", end.partition},
                                {"state", end.state}};
    if (end.wait_s) json["wait_s"] = *end.wait_s;
    write_regular_file(directory.queue_end(),
                       json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
}

std::optional<QueueEnd> read_queue_end(const RunDirectory& directory) {
    const nlohmann::json json = object_in(directory.queue_end());
    const std::string word = text_of(json, "cause");
    const auto* cause = std::ranges::find(kCauses, word, &std::pair<std::string_view, QueueCause>::first);
    if (json.empty() || cause == kCauses.end()) return std::nullopt;
    QueueEnd end{cause->second, text_of(json, "said"), text_of(json, "job"), text_of(json, "partition"),
                 text_of(json, "state")};
    const auto wait = json.find("wait_s");
    if (wait != json.end() && wait->is_number()) end.wait_s = wait->get<double>();
    return end;
}

void write_node_facts(const RunDirectory& directory, const NodeFacts& facts) {
    nlohmann::ordered_json json = nlohmann::ordered_json::object();
    for (const auto& [name, value] : facts) json[name] = to_json(value);
    write_regular_file(directory.node(),
                       json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
}

void add_place(const RunDirectory& directory, Record& record) {
    const auto add = [&](std::string_view kind, std::string_view name, const std::string& text) {
        if (!text.empty()) record.facts[std::string(kind) + std::string(name)] = text;
    };
    const nlohmann::json node = object_in(directory.node());
    for (const auto& [name, value] : node.items())
        if (value.is_string() || value.is_number())
            add(name == "job" || name == "partition" ? kQueueFact : kNodeFact, name,
                to_text(value_from_json(value)));
    const auto end = read_queue_end(directory);
    if (!end) return;
    add(kQueueFact, "job", end->job);
    add(kQueueFact, "partition", end->partition);
    add(kQueueFact, "state", end->state);
    if (end->wait_s) add(kQueueFact, "wait_s", to_text(Value(*end->wait_s)));
}

std::optional<Outcome> outcome_by(const QueueEnd& end) {
    switch (end.cause) {
        case QueueCause::None:
            return std::nullopt;
        case QueueCause::Interrupted:
        case QueueCause::Cancelled:
        case QueueCause::Preempted:
            return Cancelled{end.said};
        case QueueCause::TimeLimit:
            return TimedOut{end.said};
        case QueueCause::MemoryLimit:
            return OutOfMemory{end.said};
        case QueueCause::Lost:
            return BrokeContract{end.said};
        case QueueCause::Refused:
            return CouldNotStart{end.said};
    }
    return std::nullopt;
}

}  // namespace tidemark::run
