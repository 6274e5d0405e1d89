#include "protocol/service.hpp"

#include <nlohmann/json.hpp>

namespace tidemark::protocol {

using nlohmann::ordered_json;

ordered_json to_json(const Service& service) {
    ordered_json out{{"command", service.command}, {"within_s", service.within.value}};
    if (service.port) out["port"] = *service.port;
    if (!service.line.empty()) out["line"] = service.line;
    if (!service.check.empty()) out["check"] = service.check;
    return out;
}

Service service_from_json(const ordered_json& in) {
    Service service;
    in.at("command").get_to(service.command);
    service.within = Seconds{in.at("within_s").get<double>()};
    if (in.contains("port")) service.port = in["port"].get<int>();
    service.line = in.value("line", service.line);
    service.check = in.value("check", service.check);
    return service;
}

}  // namespace tidemark::protocol
