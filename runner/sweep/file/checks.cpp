#include <algorithm>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "base/units.hpp"
#include "protocol/event.hpp"
#include "protocol/result_columns.hpp"
#include "sweep/file/definition.hpp"

namespace tidemark::sweep {
namespace {

using protocol::Unit;

/// The unit follows from the column. `time` is what a user waits for where it has a bound, and what the
/// program costs where it must not drift.
void resolve_metric(CheckDefinition& check, const std::vector<GivenCapture>& captures) {
    check.column = column_of_metric(check.metric);
    check.drift_column = check.metric == "time" ? std::string(protocol::kCpuTime.name) : check.column;
    check.unit = unit_of_metric(check.metric, captures);
}

template <typename Parsed>
std::optional<double> number_of(const Parsed& parsed, std::string& problem) {
    problem = parsed.problem;
    if (!parsed.quantity) return std::nullopt;
    if constexpr (requires { parsed.quantity->value; })
        return static_cast<double>(parsed.quantity->value);
    else
        return *parsed.quantity;
}

/// Of a metric whose unit is not known: a number, or a share.
std::optional<double> read_plain_bound(const std::string& text, std::string& problem) {
    if (text.ends_with('%')) return number_of(parse_share(text), problem);
    double number = 0;
    const char* const end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data(), end, number);
    if (parsed.ec == std::errc{} && parsed.ptr == end && std::isfinite(number)) return number;
    problem = fmt::format("must be a number or a share, such as 10 or '85 %', not '{}'", text);
    return std::nullopt;
}

/// `100 MiB/s`, or a number of bytes in a second.
std::optional<double> read_byte_rate(const std::string& text, std::string& problem) {
    constexpr std::string_view kInASecond = "/s";
    if (!text.ends_with(kInASecond)) return read_plain_bound(text, problem);
    return number_of(parse_bytes(text.substr(0, text.size() - kInASecond.size())), problem);
}

std::optional<Against> read_against_of(const Node& node, const std::string& key, Problems& problems) {
    const auto text = read_text(node, key, problems);
    if (!text) return std::nullopt;
    std::string problem;
    auto against = read_against(*text, problem);
    if (!problem.empty()) problems.add(node.position, key, problem);
    return against;
}

CheckDefinition read_check(const Node& node, const std::string& key,
                           const std::vector<GivenCapture>& captures, Problems& problems) {
    CheckDefinition check;
    check.position = node.position;
    if (!check_members(node, key, check_keys(), problems)) return check;
    const auto text_of = [&](const char* name) {
        const Node* member = node.find(name);
        return member == nullptr ? std::string()
                                 : read_text(*member, key + "." + name, problems).value_or("");
    };
    check.name = text_of("name");
    check.where = text_of("where");
    check.metric = text_of("metric");
    const Node* const against = node.find("against");
    if (against != nullptr) check.against = read_against_of(*against, key + ".against", problems);
    if (const Node* where = node.find("where")) check.where_position = where->position;
    resolve_metric(check, captures);
    const auto bound = [&](const char* name, Unit unit) {
        const Node* member = node.find(name);
        return member == nullptr ? std::nullopt : read_bound_of(*member, key + "." + name, unit, problems);
    };
    check.maximum = bound("max", check.unit);
    check.minimum = bound("min", check.unit);
    check.max_increase = bound("max_increase", Unit::Fraction);
    const bool drifts = node.find("max_increase") != nullptr;
    if (!drifts && node.find("max") == nullptr && node.find("min") == nullptr) {
        problems.add(node.position, key, "has no bound; give max, min, or max_increase with against");
    }
    if (drifts && against == nullptr) {
        problems.add(node.position, key + ".against",
                     "missing; name the baseline that max_increase refers to");
    }
    if (!drifts && against != nullptr) {
        problems.add(node.position, key + ".max_increase", "missing; 'against' needs it");
    }
    return check;
}

}  // namespace

std::optional<double> read_bound_of(const Node& node, const std::string& key, Unit unit, Problems& problems) {
    const auto text = read_text(node, key, problems);
    if (!text) return std::nullopt;
    std::string problem;
    std::optional<double> bound;
    switch (unit) {
        case Unit::Bytes:
            bound = number_of(parse_bytes(*text), problem);
            break;
        case Unit::Seconds:
            bound = number_of(parse_seconds(*text), problem);
            break;
        case Unit::Fraction:
            bound = number_of(parse_share(*text), problem);
            break;
        case Unit::BytesPerSecond:
            bound = read_byte_rate(*text, problem);
            break;
        default:
            bound = read_plain_bound(*text, problem);
    }
    if (!problem.empty()) problems.add(node.position, key, problem);
    return problem.empty() ? bound : std::nullopt;
}

protocol::Unit unit_of_metric(const std::string& metric, const std::vector<GivenCapture>& captures) {
    Unit unit = protocol::unit_of(column_of_metric(metric));
    for (const GivenCapture& given : captures) {
        if (given.capture.metric == metric && given.capture.unit != Unit::None) unit = given.capture.unit;
    }
    return unit;
}

std::string column_of_metric(const std::string& metric) {
    static const std::vector<std::string> kBytes{"initial_rss",   "final_rss",   "peak_rss",  "peak_rss_low",
                                                 "peak_rss_high", "peak_cgroup", "peak_swap", "model",
                                                 "activation",    "overhead"};
    static const std::vector<std::string> kSeconds{"wall", "user", "system", "epoch"};
    if (std::ranges::find(kBytes, metric) != kBytes.end()) return metric + "_bytes";
    if (std::ranges::find(kSeconds, metric) != kSeconds.end()) return metric + "_s";
    if (metric == "cpu_time") return std::string(protocol::kCpuTime.name);
    return metric == "time" ? "wall_s" : metric;
}

std::vector<CheckDefinition> read_checks(const Node& node, const std::vector<GivenCapture>& captures,
                                         Problems& problems) {
    std::vector<CheckDefinition> checks;
    for (std::size_t i = 0; i < node.items.size(); ++i) {
        checks.push_back(read_check(node.items[i], fmt::format("checks[{}]", i), captures, problems));
        for (std::size_t j = 0; j < i; ++j) {
            if (!checks[i].name.empty() && checks[j].name == checks[i].name) {
                problems.add(checks[i].position, fmt::format("checks[{}].name", i),
                             fmt::format("two checks are called '{}'", checks[i].name));
            }
        }
    }
    return checks;
}

}  // namespace tidemark::sweep
