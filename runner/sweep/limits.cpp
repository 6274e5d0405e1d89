#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/units.hpp"
#include "sweep/definition.hpp"
#include "sweep/scalar.hpp"

namespace tidemark::sweep {
namespace {

constexpr std::int64_t kMostCpus = 4096;
/// PID_MAX_LIMIT of include/linux/threads.h: no kernel has more.
constexpr std::int64_t kMostPids = std::int64_t{4} << 20;

/// One member of `limits`, read into the limit that it sets.
class LimitReader {
  public:
    LimitReader(std::string key, const Node& value, std::string text, Problems& problems)
        : key_(std::move(key)), value_(value), text_(std::move(text)), problems_(problems) {}

    template <typename Quantity>
    void amount(const ParsedQuantity<Quantity>& parsed, std::optional<Quantity>& limit,
                bool may_be_zero = false) {
        if (!parsed.problem.empty())
            refuse(parsed.problem);
        else if (!may_be_zero && parsed.quantity == Quantity{})
            refuse("must be more than 0");
        else
            limit = parsed.quantity;
    }

    template <typename Number>
    void count(std::string_view of_what, std::int64_t most, std::optional<Number>& limit) {
        const Value number = scalar_value(value_);
        const auto* count = std::get_if<std::int64_t>(&number);
        if (count != nullptr && *count >= 1 && *count <= most)
            limit = static_cast<Number>(*count);
        else
            refuse(fmt::format("must be a number of {} from 1 to {}, not '{}'", of_what, most, text_));
    }

    void enforcement(protocol::Enforcement& enforcement) {
        if (text_ == "best effort")
            enforcement = protocol::Enforcement::BestEffort;
        else if (text_ != "strict")
            refuse(fmt::format("must be 'strict' or 'best effort', not '{}'", text_));
    }

  private:
    void refuse(const std::string& problem) { problems_.add(value_.position, key_, problem); }

    std::string key_;
    const Node& value_;
    std::string text_;
    Problems& problems_;
};

void read_limit(const std::string& name, const Node& value, protocol::Limits& limits, Problems& problems) {
    const std::string key = "limits." + name;
    const auto text = read_text(value, key, problems);
    if (!text) return;
    LimitReader reader(key, value, *text, problems);
    if (name == "memory") reader.amount(parse_bytes(*text), limits.memory);
    if (name == "swap") reader.amount(parse_bytes(*text), limits.swap, true);
    if (name == "wall") reader.amount(parse_seconds(*text), limits.wall);
    if (name == "cpu_time") reader.amount(parse_seconds(*text), limits.cpu_time);
    if (name == "cpus") reader.count("CPUs", kMostCpus, limits.cpus);
    if (name == "pids") reader.count("processes and threads", kMostPids, limits.pids);
    if (name == "enforce") reader.enforcement(limits.enforcement);
}

}  // namespace

protocol::Limits read_limits(const Node& node, Problems& problems) {
    static const std::vector<std::string_view> kNames{"memory",   "swap", "pids",   "wall",
                                                      "cpu_time", "cpus", "enforce"};
    protocol::Limits limits;
    if (!check_members(node, "limits", kNames, problems)) return limits;
    for (const auto& [name, value] : node.members) {
        if (std::ranges::find(kNames, name.text) != kNames.end())
            read_limit(name.text, value, limits, problems);
    }
    if (limits.swap && node.find("memory") == nullptr) {
        problems.add(node.find("swap")->position, "limits.swap",
                     "limits what may be swapped out of the memory limit; give limits.memory too");
    }
    return limits;
}

}  // namespace tidemark::sweep
