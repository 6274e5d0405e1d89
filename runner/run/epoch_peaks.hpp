#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "run/record.hpp"

namespace tidemark::run {

/// What the marks of phases say of the peak of an epoch.
struct EpochPeak {
    std::int64_t best = 0;
    std::int64_t low = 0;
    std::optional<std::int64_t> high{};  ///< none: nothing bounds it
};

/// The peak of the epoch: at least that of each phase which lies in it, and at most the largest of those
/// which it has a part of. Nothing where none that was announced to the warden lies in it: then there are
/// samples only.
std::optional<EpochPeak> peak_of_epoch(const EpochSpan& epoch, const std::vector<PhaseSpan>& phases,
                                       std::optional<std::int64_t> high_of_run);

}  // namespace tidemark::run
