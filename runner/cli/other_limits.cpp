#include "cli/other_limits.hpp"

#include <fmt/format.h>

#include "base/error.hpp"

namespace tidemark::cli {
namespace {

constexpr std::string_view kMemoryLimit = "memory=";
const std::string kNone = "memory=none";
/// Under how many other limits stored runs are looked for.
constexpr std::size_t kMostStoredLimits = 8;
/// Each limit makes all runs another time.
constexpr std::size_t kMostRuns = 20'000;

}  // namespace

std::string memory_limit(Bytes amount) {
    return fmt::format("{}{} B", kMemoryLimit, amount.value);
}

sweep::LoadOptions with_memory_limit(sweep::LoadOptions load, const std::string& limit) {
    std::erase_if(load.limit, [](const std::string& own) { return own.starts_with(kMemoryLimit); });
    load.limit.push_back(limit);
    return load;
}

OtherLimits::OtherLimits(const SweepChoice& choice, const sweep::WorkloadCatalogue& catalogue,
                         const sweep::Sweep& sweep, sql::Connection& connection) {
    makings_.push_back({&sweep, false});
    for (const std::string& limit : stored(connection, sweep)) {
        auto other = under_limit(choice, catalogue, limit);
        if (!other) continue;
        own_.push_back(std::move(*other));
        makings_.push_back({&own_.back(), false});
    }
}

std::optional<sweep::Sweep> OtherLimits::under_limit(const SweepChoice& choice,
                                                     const sweep::WorkloadCatalogue& catalogue,
                                                     const std::string& limit) {
    try {
        return sweep::Sweep::load(choice.file, catalogue, with_memory_limit(choice.load, limit));
    } catch (const UsageError&) {  // such as a limit of swap without one of memory, which this one would be
        return std::nullopt;
    }
}

std::vector<std::string> OtherLimits::stored(sql::Connection& connection, const sweep::Sweep& sweep) {
    if (sweep.runs().size() > kMostRuns) return {};
    std::vector<std::string> limits =
        results::stored_memory_limits(connection, sweep.name(), kMostStoredLimits);
    const auto& own = sweep.limits().memory;
    std::erase(limits, own ? memory_limit(*own) : kNone);
    return limits;
}

}  // namespace tidemark::cli
