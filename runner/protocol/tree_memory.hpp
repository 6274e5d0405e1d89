#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "protocol/measurement.hpp"

namespace tidemark::protocol {

/// What a timeline is of. Within one timeline it is one thing throughout, the best that all samples know.
enum class TreeMemory {
    Resident,  ///< resident, each page once
    Charged,   ///< what the run's cgroup is charged for, without page cache
    Sum,       ///< the sum of resident sizes: shared pages count in each process that has them
};

constexpr std::string_view name_of(TreeMemory kind) {
    switch (kind) {
        case TreeMemory::Resident:
            return "resident";
        case TreeMemory::Charged:
            return "charged";
        case TreeMemory::Sum:
            break;
    }
    return "sum";
}

constexpr std::optional<std::int64_t> tree_memory(const Sample& sample, TreeMemory kind) {
    switch (kind) {
        case TreeMemory::Resident:
            return sample.rss_bytes;
        case TreeMemory::Charged:
            if (!sample.charged_bytes) return std::nullopt;
            return *sample.charged_bytes - sample.cache_bytes.value_or(0);
        case TreeMemory::Sum:
            break;
    }
    return sample.rss_sum_bytes;
}

/// Samples of earlier versions know what was resident, or were not written.
constexpr TreeMemory known_throughout(std::span<const Sample> samples) {
    for (const TreeMemory kind : {TreeMemory::Resident, TreeMemory::Charged, TreeMemory::Sum}) {
        if (std::all_of(samples.begin(), samples.end(),
                        [kind](const Sample& sample) { return tree_memory(sample, kind).has_value(); }))
            return kind;
    }
    return TreeMemory::Resident;
}

}  // namespace tidemark::protocol
