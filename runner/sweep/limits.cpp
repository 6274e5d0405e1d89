#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/units.hpp"
#include "sweep/definition.hpp"
#include "sweep/scalar.hpp"

namespace tidemark::sweep {
namespace {

constexpr std::int64_t kMostCpus = 4096;
constexpr std::array<std::string_view, 4> kLimitsToCome{"swap", "pids", "cpu_time", "enforce"};

void read_limit(const std::string& name, const Node& value, protocol::Limits& limits, Problems& problems) {
    const std::string key = "limits." + name;
    const auto text = read_text(value, key, problems);
    if (!text) return;
    std::string problem;
    if (name == "memory") {
        const auto parsed = parse_bytes(*text);
        limits.memory = parsed.quantity;
        problem = parsed.problem;
        if (parsed.quantity == Bytes{0}) problem = "must be more than 0";
    } else if (name == "wall") {
        const auto parsed = parse_seconds(*text);
        limits.wall = parsed.quantity;
        problem = parsed.problem;
        if (parsed.quantity == Seconds{0}) problem = "must be more than 0";
    } else {
        const Value number = scalar_value(value);
        const auto* count = std::get_if<std::int64_t>(&number);
        if (count != nullptr && *count >= 1 && *count <= kMostCpus)
            limits.cpus = static_cast<int>(*count);
        else
            problem = fmt::format("must be a number of CPUs from 1 to {}, not '{}'", kMostCpus, *text);
    }
    if (!problem.empty()) problems.add(value.position, key, problem);
}

}  // namespace

protocol::Limits read_limits(const Node& node, Problems& problems) {
    protocol::Limits limits;
    Node known = node;
    std::erase_if(known.members, [&](const auto& member) {
        if (std::ranges::find(kLimitsToCome, member.first.text) == kLimitsToCome.end()) return false;
        problems.add(member.first.position, "limits." + member.first.text,
                     "this version of tidemark cannot do that yet; remove the key, or update tidemark");
        return true;
    });
    const std::vector<std::string_view> names{"memory", "wall", "cpus"};
    if (!check_members(known, "limits", names, problems)) return limits;
    for (const auto& [name, value] : known.members) {
        if (std::ranges::find(names, name.text) != names.end())
            read_limit(name.text, value, limits, problems);
    }
    return limits;
}

}  // namespace tidemark::sweep
