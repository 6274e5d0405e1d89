#pragma once

#include <compare>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "analysis/comparison.hpp"
#include "results/compared_side.hpp"
#include "results/units.hpp"

namespace tidemark::tables {

/// A parameter, or something else that the runs were told, that is not the same on both sides.
struct Difference {
    std::string name;
    std::string first;
    std::string second;
    auto operator<=>(const Difference&) const = default;
};

/// A run of the one side and its counterpart.
struct ComparedRun {
    std::string run;
    std::vector<Difference> differences{};
    std::vector<analysis::OriginDifference> measured_differently{};
    std::vector<analysis::FigureChange> figures{};
    std::shared_ptr<const results::Units> first_units{};  ///< of the figures' `before`
    std::shared_ptr<const results::Units> second_units{};
    run::Disturbed first_disturbed{};
    run::Disturbed second_disturbed{};
    bool program_changed = false;  ///< told the same, but what was run is another
    bool same_attempts = false;    ///< the very same results on both sides
};

/// What two sides of `tidemark compare` have in common, and what became of it.
struct SideComparison {
    std::string first;  ///< as the user named it
    std::string second;
    double threshold = 0;  ///< a share; changes below it do not matter
    std::vector<ComparedRun> runs{};
    std::vector<std::string> only_first{};  ///< names of runs
    std::vector<std::string> only_second{};
};

/// `workloads` is the folder of the workloads' descriptions. Throws UsageError where the sides have no run in
/// common, and sql::SqlError.
SideComparison compare_sides(const results::ComparedSide& first, const results::ComparedSide& second,
                             const std::filesystem::path& workloads, double threshold);

/// Each run of `all`, which is a sweep, against the one run `reference` of it. Throws as compare_sides does.
SideComparison compare_against(const results::ComparedSide& all, const results::ComparedSide& reference,
                               const std::filesystem::path& workloads, double threshold);

}  // namespace tidemark::tables
