#include "protocol/request.hpp"

#include <algorithm>
#include <stdexcept>

#include <nlohmann/json.hpp>

#include "base/bounded_json.hpp"
#include "base/enum_names.hpp"
#include "base/overloaded.hpp"

namespace tidemark::protocol {
namespace {

using nlohmann::ordered_json;

constexpr int kProtocolVersion = 1;
constexpr EnumNames<HeapLayout, 2> kHeapLayouts{{{HeapLayout::Same, "same"}, {HeapLayout::Varied, "varied"}}};

/// Only what is given: an empty object where there is no limit.
ordered_json to_json(const Limits& limits) {
    ordered_json out = ordered_json::object();
    const auto give = [&](const LimitName& name, const auto& value) { out[std::string(name.json)] = value; };
    for_each_limit(limits, Overloaded{[&](const LimitName& name, const std::optional<Bytes>& limit) {
                                          if (limit) give(name, limit->value);
                                      },
                                      [&](const LimitName& name, const std::optional<Seconds>& limit) {
                                          if (limit) give(name, limit->value);
                                      },
                                      [&](const LimitName& name, const std::optional<std::int64_t>& limit) {
                                          if (limit) give(name, *limit);
                                      },
                                      [&](const LimitName& name, const std::optional<int>& limit) {
                                          if (limit) give(name, *limit);
                                      },
                                      [&](const LimitName& name, const Enforcement& enforcement) {
                                          if (enforcement == Enforcement::BestEffort) give(name, true);
                                      }});
    return out;
}

Limits limits_from_json(const ordered_json& in) {
    Limits limits;
    const auto member = [&](const LimitName& name) { return in.find(std::string(name.json)); };
    const auto take = [&]<typename Number>(const LimitName& name, std::optional<Number>& limit) {
        if (const auto found = member(name); found != in.end()) limit = found->template get<Number>();
    };
    for_each_limit(
        limits,
        Overloaded{[&](const LimitName& name, std::optional<Bytes>& limit) {
                       if (member(name) != in.end()) limit = Bytes{member(name)->get<std::int64_t>()};
                   },
                   [&](const LimitName& name, std::optional<Seconds>& limit) {
                       if (member(name) != in.end()) limit = Seconds{member(name)->get<double>()};
                   },
                   [&](const LimitName& name, std::optional<std::int64_t>& limit) { take(name, limit); },
                   [&](const LimitName& name, std::optional<int>& limit) { take(name, limit); },
                   [&](const LimitName& name, Enforcement& enforcement) {
                       if (in.value(std::string(name.json), false)) enforcement = Enforcement::BestEffort;
                   }});
    return limits;
}

}  // namespace

ordered_json to_json(const Request& request) {
    ordered_json parameters = ordered_json::object();
    for (const auto& [name, value] : request.parameters) parameters[name] = tidemark::to_json(value);
    ordered_json captures = ordered_json::array();
    for (const Capture& capture : request.capture) captures.push_back(to_json(capture));
    ordered_json out{{"protocol", kProtocolVersion},
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
                     {"variables", request.variables},
                     {"revision", request.revision},
                     {"no_revision", request.no_revision},
                     {"working_directory", request.working_directory},
                     {"stdin", request.stdin_file},
                     {"limits", to_json(request.limits)},
                     {"heap_layout", name_of(kHeapLayouts, request.heap_layout)},
                     {"accept_exit", request.accept_exit},
                     {"setup", request.setup},
                     {"teardown", request.teardown},
                     {"plugins", request.plugins},
                     {"warmup", request.warmup},
                     {"capture", std::move(captures)},
                     {"shares", request.shares}};
    if (!request.measured_key.empty()) out["measured_key"] = request.measured_key;
    if (!request.captured_at.empty()) out["captured_at"] = request.captured_at;
    if (!request.told.empty()) out["told"] = request.told;
    if (request.service) out["service"] = to_json(*request.service);
    if (request.inherit) out["inherit"] = *request.inherit;
    if (request.inputs) out["inputs"] = *request.inputs;
    if (request.keep) out["keep"] = *request.keep;
    return out;
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
        request.shares = in.value("shares", request.shares);
        request.variables = in.value("variables", request.variables);
        request.revision = in.value("revision", request.revision);
        request.no_revision = in.value("no_revision", request.no_revision);
        request.measured_key = in.value("measured_key", request.measured_key);
        request.captured_at = in.value("captured_at", request.captured_at);
        request.told = in.value("told", request.told);
        if (in.contains("service")) request.service = service_from_json(in["service"]);
        if (in.contains("inherit")) request.inherit = in["inherit"].get<std::vector<std::string>>();
        if (in.contains("inputs")) request.inputs = in["inputs"].get<std::vector<std::string>>();
        if (in.contains("keep")) request.keep = in["keep"].get<std::vector<std::string>>();
        for (const ordered_json& capture : in.value("capture", ordered_json::array()))
            request.capture.push_back(capture_from_json(capture));
        return request;
    } catch (const nlohmann::json::exception& error) {
        throw std::invalid_argument(error.what());
    }
}

std::string revealed(std::string_view word, const std::map<std::string, std::string>& secrets) {
    if (secrets.empty()) return std::string(word);
    std::string out;
    for (std::size_t at = 0; at < word.size();) {
        const auto here = std::ranges::find_if(
            secrets, [&](const auto& secret) { return word.substr(at).starts_with(secret.first); });
        if (here == secrets.end()) {
            out += word[at++];
        } else {
            out += here->second;
            at += here->first.size();
        }
    }
    return out;
}

std::string concealed(std::string text, const std::map<std::string, std::string>& secrets) {
    constexpr std::size_t kShortest = 4;
    for (const auto& [shown, secret] : secrets) {
        if (secret.size() < kShortest) continue;
        for (std::size_t at = text.find(secret); at != std::string::npos;
             at = text.find(secret, at + shown.size()))
            text.replace(at, secret.size(), shown);
    }
    return text;
}

Request request_from_json_text(std::string_view text) {
    return request_from_json(parse_json<ordered_json>(text));
}

}  // namespace tidemark::protocol
