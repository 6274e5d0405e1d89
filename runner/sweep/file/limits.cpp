#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "base/units.hpp"
#include "sweep/file/definition.hpp"
#include "sweep/file/scalar.hpp"

namespace tidemark::sweep {
namespace {

using protocol::LimitName;

/// No program can be started in less: the kernel charges its first pages and page tables too.
constexpr Bytes kLeastMemory{64 * 1024};

/// A member of `limits`, as it was written and what that means. Each sets the limit of its type, or says what
/// is wrong with it.
struct LimitText {
    const std::string& text;
    const Value& value;

    std::string operator()(const LimitName& name, std::optional<Bytes>& limit) const {
        constexpr std::string_view kMayBeZero = "swap";  // nothing may be swapped out
        constexpr std::string_view kToStartIn = "memory";
        const std::string problem = amount(parse_bytes(text), limit, name.key == kMayBeZero);
        return problem.empty() && name.key == kToStartIn ? too_little_to_start(*limit) : problem;
    }
    std::string operator()(const LimitName&, std::optional<Seconds>& limit) const {
        return amount(parse_seconds(text), limit, false);
    }
    std::string operator()(const LimitName&, std::optional<int>& limit) const {
        return count("CPUs", kMostCpus, limit);
    }
    std::string operator()(const LimitName&, std::optional<std::int64_t>& limit) const {
        return count("processes and threads", kMostPids, limit);
    }
    std::string operator()(const LimitName&, protocol::Enforcement& enforcement) const {
        const auto found = std::ranges::find(kEnforcements, std::string_view(text),
                                             &std::pair<std::string_view, protocol::Enforcement>::first);
        if (found == kEnforcements.end())
            return fmt::format("must be 'strict' or 'best effort', not '{}'", text);
        enforcement = found->second;
        return {};
    }

  private:
    std::string too_little_to_start(Bytes memory) const {
        if (memory.value >= kLeastMemory.value) return {};
        const bool has_unit = text.find_first_not_of("0123456789.eE+ ") != std::string::npos;
        return fmt::format("{} is less than any program needs to start{}", to_text(memory),
                           has_unit ? ""
                                    : fmt::format("; a number alone is in bytes: write '{0} MiB' or "
                                                  "'{0} MB' for more",
                                                  text));
    }

    template <typename Quantity>
    static std::string amount(const ParsedQuantity<Quantity>& parsed, std::optional<Quantity>& limit,
                              bool may_be_zero) {
        if (!parsed.problem.empty()) return parsed.problem;
        if (!may_be_zero && parsed.quantity == Quantity{}) return "must be more than 0";
        limit = parsed.quantity;
        return {};
    }

    template <typename Number>
    std::string count(std::string_view of_what, std::int64_t most, std::optional<Number>& limit) const {
        const auto* count = std::get_if<std::int64_t>(&value);
        if (count == nullptr || *count < 1 || *count > most)
            return fmt::format("must be a number of {} from 1 to {}, not '{}'", of_what, most, text);
        limit = static_cast<Number>(*count);
        return {};
    }
};

/// That they are enforced, or not, is said of all runs.
constexpr std::string_view kEnforce = "enforce";

std::string key_of(const LimitName& name) {
    return fmt::format("limits.{}", name.key);
}

/// What a text is where a whole number is wanted.
Value number_in(const std::string& text) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error == std::errc{} && end == text.data() + text.size()) return number;
    return text;
}

}  // namespace

std::string set_limit(std::string_view key, const std::string& text, protocol::Limits& limits) {
    std::string problem;
    for_each_limit(limits, [&](const LimitName& name, auto& limit) {
        if (key_of(name) == key) problem = LimitText{text, number_in(text)}(name, limit);
    });
    return problem;
}

protocol::Limits read_limits(const Node& node, std::vector<GivenTemplate>& to_fill, Problems& problems) {
    protocol::Limits limits;
    if (!check_members(node, "limits", limit_keys(), problems)) return limits;
    for_each_limit(limits, [&](const LimitName& name, auto& limit) {
        const Node* member = node.find(name.key);
        if (member == nullptr) return;
        const std::string key = key_of(name);
        auto text = read_template(*member, key, problems);
        if (!text) return;
        if (text->text.has_placeholders() && name.key != kEnforce) {
            to_fill.push_back(std::move(*text));
            return;
        }
        const auto plain = read_text(*member, key, problems);
        const Value value = scalar_value(*member);
        if (const std::string problem = LimitText{*plain, value}(name, limit); !problem.empty())
            problems.add(member->position, key, problem);
    });
    if (node.find("swap") != nullptr && node.find("memory") == nullptr) {
        problems.add(node.find("swap")->position, "limits.swap",
                     "limits what may be swapped out of the memory limit; give limits.memory too");
    }
    return limits;
}

void read_limit(const std::string& name, const Node& value, const std::string& key, protocol::Limits& limits,
                Problems& problems) {
    const auto text = read_text(value, key, problems);
    if (!text) return;
    for_each_limit(limits, [&](const LimitName& own, auto& limit) {
        if (own.key != name) return;
        const Value meant = scalar_value(value);
        if (const std::string problem = LimitText{*text, meant}(own, limit); !problem.empty())
            problems.add(value.position, key, problem);
    });
}

}  // namespace tidemark::sweep
