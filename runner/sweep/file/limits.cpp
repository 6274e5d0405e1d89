#include <fmt/format.h>

#include "base/units.hpp"
#include "sweep/file/definition.hpp"
#include "sweep/file/scalar.hpp"

namespace tidemark::sweep {
namespace {

using protocol::LimitName;

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

/// Reads the member into the limit, as its type wants it.
struct LimitMember {
    LimitReader& reader;

    void operator()(const LimitName& name, std::optional<Bytes>& limit, const std::string& text) const {
        constexpr std::string_view kMayBeZero = "swap";  // nothing may be swapped out
        reader.amount(parse_bytes(text), limit, name.key == kMayBeZero);
    }
    void operator()(const LimitName&, std::optional<Seconds>& limit, const std::string& text) const {
        reader.amount(parse_seconds(text), limit);
    }
    void operator()(const LimitName&, std::optional<int>& limit, const std::string&) const {
        reader.count("CPUs", kMostCpus, limit);
    }
    void operator()(const LimitName&, std::optional<std::int64_t>& limit, const std::string&) const {
        reader.count("processes and threads", kMostPids, limit);
    }
    void operator()(const LimitName&, protocol::Enforcement& enforcement, const std::string&) const {
        reader.enforcement(enforcement);
    }
};

}  // namespace

protocol::Limits read_limits(const Node& node, Problems& problems) {
    protocol::Limits limits;
    std::vector<std::string_view> names;
    for_each_limit(limits, [&](const LimitName& name, auto&) { names.push_back(name.key); });
    if (!check_members(node, "limits", names, problems)) return limits;
    for_each_limit(limits, [&](const LimitName& name, auto& limit) {
        const Node* member = node.find(name.key);
        if (member == nullptr) return;
        const std::string key = fmt::format("limits.{}", name.key);
        const auto text = read_text(*member, key, problems);
        if (!text) return;
        LimitReader reader(key, *member, *text, problems);
        LimitMember{reader}(name, limit, *text);
    });
    if (limits.swap && node.find("memory") == nullptr) {
        problems.add(node.find("swap")->position, "limits.swap",
                     "limits what may be swapped out of the memory limit; give limits.memory too");
    }
    return limits;
}

}  // namespace tidemark::sweep
