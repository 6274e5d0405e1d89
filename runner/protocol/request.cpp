#include "protocol/request.hpp"

#include <stdexcept>

#include <nlohmann/json.hpp>

#include "protocol/enum_names.hpp"

namespace tidemark::protocol {
namespace {

using nlohmann::ordered_json;

constexpr int kProtocolVersion = 1;
constexpr EnumNames<HeapLayout, 2> kHeapLayouts{{{HeapLayout::Same, "same"}, {HeapLayout::Varied, "varied"}}};

ordered_json to_json(const Limits& limits) {
    ordered_json out = ordered_json::object();
    if (limits.memory) out["memory_bytes"] = limits.memory->value;
    if (limits.swap) out["swap_bytes"] = limits.swap->value;
    if (limits.pids) out["pids"] = *limits.pids;
    if (limits.wall) out["wall_s"] = limits.wall->value;
    if (limits.cpu_time) out["cpu_time_s"] = limits.cpu_time->value;
    if (limits.cpus) out["cpus"] = *limits.cpus;
    if (limits.enforcement == Enforcement::BestEffort) out["best_effort"] = true;
    return out;
}

Limits limits_from_json(const ordered_json& in) {
    Limits limits;
    if (in.contains("memory_bytes")) limits.memory = Bytes{in["memory_bytes"].get<std::int64_t>()};
    if (in.contains("swap_bytes")) limits.swap = Bytes{in["swap_bytes"].get<std::int64_t>()};
    if (in.contains("pids")) limits.pids = in["pids"].get<std::int64_t>();
    if (in.contains("wall_s")) limits.wall = Seconds{in["wall_s"].get<double>()};
    if (in.contains("cpu_time_s")) limits.cpu_time = Seconds{in["cpu_time_s"].get<double>()};
    if (in.value("best_effort", false)) limits.enforcement = Enforcement::BestEffort;
    if (in.contains("cpus")) limits.cpus = in["cpus"].get<int>();
    return limits;
}

}  // namespace

ordered_json to_json(const Request& request) {
    ordered_json parameters = ordered_json::object();
    for (const auto& [name, value] : request.parameters) parameters[name] = tidemark::to_json(value);
    ordered_json captures = ordered_json::array();
    for (const Capture& capture : request.capture) captures.push_back(to_json(capture));
    return ordered_json{{"protocol", kProtocolVersion},
                        {"run_id", request.run_id},
                        {"invocation", request.invocation},
                        {"sweep", request.sweep},
                        {"run", request.run},
                        {"cell", request.cell},
                        {"key", request.key},
                        {"repeat", request.repeat},
                        {"workload", request.workload},
                        {"parameters", std::move(parameters)},
                        {"command", request.command},
                        {"environment", request.environment},
                        {"working_directory", request.working_directory},
                        {"stdin", request.stdin_file},
                        {"limits", to_json(request.limits)},
                        {"heap_layout", name_of(kHeapLayouts, request.heap_layout)},
                        {"accept_exit", request.accept_exit},
                        {"setup", request.setup},
                        {"teardown", request.teardown},
                        {"plugins", request.plugins},
                        {"warmup", request.warmup},
                        {"capture", std::move(captures)}};
}

Request request_from_json(const ordered_json& in) {
    try {
        Request request;
        in.at("run_id").get_to(request.run_id);
        in.at("invocation").get_to(request.invocation);
        in.at("sweep").get_to(request.sweep);
        in.at("run").get_to(request.run);
        in.at("cell").get_to(request.cell);
        in.at("key").get_to(request.key);
        in.at("repeat").get_to(request.repeat);
        in.at("workload").get_to(request.workload);
        for (const auto& [name, value] : in.at("parameters").items()) {
            request.parameters.emplace_back(name, value_from_json(nlohmann::json(value)));
        }
        in.at("command").get_to(request.command);
        in.at("environment").get_to(request.environment);
        in.at("working_directory").get_to(request.working_directory);
        in.at("stdin").get_to(request.stdin_file);
        request.limits = limits_from_json(in.at("limits"));
        // absent in what earlier versions stored
        request.accept_exit = in.value("accept_exit", request.accept_exit);
        if (in.contains("heap_layout"))
            request.heap_layout = enum_of(kHeapLayouts, in["heap_layout"].get<std::string>());
        request.setup = in.value("setup", request.setup);
        request.teardown = in.value("teardown", request.teardown);
        request.plugins = in.value("plugins", request.plugins);
        request.warmup = in.value("warmup", request.warmup);
        for (const ordered_json& capture : in.value("capture", ordered_json::array()))
            request.capture.push_back(capture_from_json(capture));
        return request;
    } catch (const nlohmann::json::exception& error) {
        throw std::invalid_argument(error.what());
    }
}

}  // namespace tidemark::protocol
