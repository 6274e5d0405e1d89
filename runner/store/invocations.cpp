#include "store/invocations.hpp"

#include <stdexcept>

#include <nlohmann/json.hpp>

#include "base/bounded_json.hpp"

namespace tidemark::store {
namespace {

using nlohmann::ordered_json;

ordered_json json_of(const Value& value) {
    if (const auto* flag = std::get_if<bool>(&value)) return *flag;
    if (const auto* number = std::get_if<std::int64_t>(&value)) return *number;
    if (const auto* real = std::get_if<double>(&value)) return *real;
    if (const auto* text = std::get_if<std::string>(&value)) return *text;
    return nullptr;
}

Value value_of(const ordered_json& json) {
    if (json.is_boolean()) return json.get<bool>();
    if (json.is_number_integer()) return json.get<std::int64_t>();
    if (json.is_number()) return json.get<double>();
    if (json.is_string()) return json.get<std::string>();
    return {};
}

}  // namespace

void insert_invocation(sql::Connection& connection, const Invocation& invocation,
                       std::string_view finished_at) {
    const std::string_view id = invocation.invocation_id;
    const ProcessIdentity& process = invocation.process;
    connection
        .prepare(
            "INSERT OR IGNORE INTO invocations VALUES(?, ?, ?, ?, ?, ?, ?, nullif(?, ''), ?, ?, ?, ?, ?)")
        .bind_all(id, std::string_view(invocation.sweep), std::string_view(invocation.description),
                  std::string_view(invocation.file), std::string_view(invocation.command_line),
                  std::string_view(invocation.working_directory), std::string_view(invocation.started_at),
                  finished_at, static_cast<std::int64_t>(invocation.planned), std::string_view(process.host),
                  std::string_view(process.boot_id), process.pid, process.pid_started)
        .run();
    if (connection.changes() == 0) return;
    sql::Statement fact = connection.prepare("INSERT INTO provenance VALUES(?, ?, ?)");
    for (const auto& [name, value] : invocation.provenance)
        fact.bind_all(id, std::string_view(name), value).run();
}

std::string to_json_text(const Invocation& invocation) {
    ordered_json facts = ordered_json::object();
    for (const auto& [name, value] : invocation.provenance) facts[name] = json_of(value);
    const ordered_json json{{"invocation_id", invocation.invocation_id},
                            {"sweep", invocation.sweep},
                            {"description", invocation.description},
                            {"file", invocation.file},
                            {"command_line", invocation.command_line},
                            {"working_directory", invocation.working_directory},
                            {"planned", invocation.planned},
                            {"started_at", invocation.started_at},
                            {"host", invocation.process.host},
                            {"boot_id", invocation.process.boot_id},
                            {"pid", invocation.process.pid},
                            {"pid_started", invocation.process.pid_started},
                            {"provenance", std::move(facts)}};
    return json.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

Invocation invocation_from_json_text(std::string_view text) {
    try {
        const auto json = parse_json<ordered_json>(text);
        Invocation out;
        json.at("invocation_id").get_to(out.invocation_id);
        json.at("sweep").get_to(out.sweep);
        json.at("description").get_to(out.description);
        json.at("file").get_to(out.file);
        json.at("command_line").get_to(out.command_line);
        json.at("working_directory").get_to(out.working_directory);
        json.at("planned").get_to(out.planned);
        json.at("started_at").get_to(out.started_at);
        json.at("host").get_to(out.process.host);
        json.at("boot_id").get_to(out.process.boot_id);
        json.at("pid").get_to(out.process.pid);
        json.at("pid_started").get_to(out.process.pid_started);
        for (const auto& [name, value] : json.at("provenance").items())
            out.provenance.emplace_back(name, value_of(value));
        return out;
    } catch (const ordered_json::exception& error) {
        throw std::invalid_argument(error.what());
    }
}

}  // namespace tidemark::store
