#include "analysis/comparability.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "protocol/peak_memory.hpp"

namespace tidemark::analysis {
namespace {

using protocol::Noise;

struct FactText {
    OriginFact fact;
    std::string_view name;
    std::string_view meaning;
};

/// In the order in which they are told.
constexpr std::array<FactText, kOriginFacts> kFacts{{
    {OriginFact::Machine, "machine",
     "times are not compared; memory is, but a program may take more for more CPUs"},
    {OriginFact::Architecture, "architecture", "neither times nor memory are compared"},
    {OriginFact::MemoryMethod, "memory method",
     "peak memory is compared by its bounds alone, other memory that was measured is not compared"},
    {OriginFact::Tidemark, "tidemark", "peak memory is compared by its bounds alone"},
    {OriginFact::Kernel, "kernel", "all is compared; a change may be the kernel's"},
    {OriginFact::MemoryLimit, "memory limit",
     "all is compared; a program may take less memory and more time where its limit is near"},
    {OriginFact::HeapLayout, "heap layout", "all is compared; a change of memory may be malloc's"},
}};

constexpr std::string_view kNotSet = "not set";
constexpr std::string_view kOfVariables = "all is compared; a change may be the variable's";

/// Beside the peak itself, what is read of a cgroup or by looks, as the method has it.
constexpr std::array<std::string_view, 9> kByMethod{
    "peak_anonymous_bytes", "peak_shared_bytes", "peak_file_bytes",
    "peak_cgroup_bytes",    "peak_cache_bytes",  "peak_swap_bytes",
    "peak_hugetlb_bytes",   "initial_rss_bytes", "final_rss_bytes"};

bool depends_on_method(std::string_view figure) {
    return std::ranges::find(kByMethod, figure) != kByMethod.end();
}

bool is_peak(std::string_view figure) {
    return figure == protocol::kPeakMemory.name || figure == protocol::kPeakMemory.low ||
           figure == protocol::kPeakMemory.high;
}

bool is_time(Noise noise) {
    return noise == Noise::CpuTime || noise == Noise::WallTime;
}

/// Whether what differs so may change such a figure, though it is compared.
bool may_change(OriginFact fact, std::string_view figure, Noise noise) {
    switch (fact) {
        case OriginFact::Machine:
        case OriginFact::Kernel:
        case OriginFact::MemoryLimit:
            return noise != Noise::None;
        case OriginFact::HeapLayout:
            return noise == Noise::Memory;
        case OriginFact::MemoryMethod:
        case OriginFact::Tidemark:
            return is_peak(figure) || depends_on_method(figure);
        case OriginFact::Architecture:
            break;  // then no figure with any noise is compared
    }
    return false;
}

}  // namespace

std::optional<Interval> starts_of(const Origin& one, const Origin& other) {
    if (!one.started() || !other.started()) return std::nullopt;
    return Interval{std::min(*one.started(), *other.started()), std::max(*one.started(), *other.started())};
}

void Comparability::add(const Origin& origin, Texts& texts, std::set<Variables>& variables) {
    if (origin.variables()) variables.insert(*origin.variables());
    for (const FactText& text : kFacts) {
        const std::string& value = origin.of(text.fact);
        if (!value.empty()) texts[static_cast<std::size_t>(text.fact)].insert(value);
    }
}

/// Also where one side has both, so that some of its repeats were measured otherwise.
bool Comparability::differs(OriginFact fact) const {
    const auto& before = before_[static_cast<std::size_t>(fact)];
    const auto& after = after_[static_cast<std::size_t>(fact)];
    if (before.empty() || after.empty()) return false;
    return before != after || before.size() > 1;
}

std::vector<OriginDifference> Comparability::different_variables() const {
    std::vector<OriginDifference> found;
    if (variables_before_.empty() || variables_after_.empty()) return found;
    std::set<std::string> names;
    for (const auto* side : {&variables_before_, &variables_after_}) {
        for (const Variables& variables : *side) {
            for (const auto& [name, value] : variables) names.insert(name);
        }
    }
    const auto values = [](const std::set<Variables>& side, const std::string& name) {
        std::set<std::string> all;
        for (const Variables& variables : side) {
            const auto own = variables.find(name);
            all.insert(own == variables.end() ? std::string(kNotSet) : own->second);
        }
        return all;
    };
    for (const std::string& name : names) {
        const auto before = values(variables_before_, name);
        const auto after = values(variables_after_, name);
        if (before == after && before.size() == 1) continue;
        found.push_back({name, fmt::format("{}", fmt::join(before, " and ")),
                         fmt::format("{}", fmt::join(after, " and ")), std::string(kOfVariables)});
    }
    return found;
}

std::vector<OriginDifference> Comparability::differences() const {
    std::vector<OriginDifference> found;
    for (const FactText& text : kFacts) {
        if (!differs(text.fact)) continue;
        const auto place = static_cast<std::size_t>(text.fact);
        found.push_back({std::string(text.name), fmt::format("{}", fmt::join(before_[place], " and ")),
                         fmt::format("{}", fmt::join(after_[place], " and ")), std::string(text.meaning)});
    }
    for (OriginDifference& difference : different_variables()) found.push_back(std::move(difference));
    return found;
}

std::string Comparability::because(OriginFact fact, std::string_view what) const {
    const auto place = static_cast<std::size_t>(fact);
    return fmt::format("not comparable: measured {} ({} before, {} now)", what,
                       fmt::join(before_[place], " and "), fmt::join(after_[place], " and "));
}

std::string Comparability::obstacle(std::string_view figure, Noise noise) const {
    const bool is_memory = noise == Noise::Memory;
    if ((is_memory || is_time(noise)) && differs(OriginFact::Architecture))
        return because(OriginFact::Architecture, "on another architecture");
    if (is_time(noise) && differs(OriginFact::Machine))
        return because(OriginFact::Machine, "on another machine");
    const bool bound_itself = figure == protocol::kPeakMemory.low || figure == protocol::kPeakMemory.high;
    if ((depends_on_method(figure) || bound_itself) && differs(OriginFact::MemoryMethod))
        return because(OriginFact::MemoryMethod, "by another memory method");
    return {};
}

bool Comparability::by_bounds_alone(std::string_view figure) const {
    return figure == protocol::kPeakMemory.name &&
           (differs(OriginFact::MemoryMethod) || differs(OriginFact::Tidemark));
}

std::string Comparability::caveat(std::string_view figure, Noise noise) const {
    std::string text;
    for (const OriginDifference& difference : differences()) {
        const auto* const text_of = std::ranges::find(kFacts, difference.name, &FactText::name);
        const bool matters = text_of == kFacts.end() ? noise != Noise::None  // a variable
                                                     : may_change(text_of->fact, figure, noise);
        if (matters)
            text +=
                fmt::format("; {}: {} before, {} now", difference.name, difference.before, difference.after);
    }
    return text;
}

}  // namespace tidemark::analysis
