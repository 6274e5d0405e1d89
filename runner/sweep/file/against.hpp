#pragma once

#include <optional>
#include <string>

namespace tidemark::sweep {

/// How many saves of a baseline are remembered and asked for at most.
inline constexpr int kMostSaves = 1000;

/// What a figure is held against: a baseline as it was saved last (`main`), or the best of its last saves
/// (`best-of:main:10`), against which a figure that rises by a little each time shows.
struct Against {
    std::string baseline;
    int last = 1;  ///< so many saves, of which the one with the lowest median counts

    bool is_best_of() const { return last > 1; }
    std::string written() const;  ///< `best-of:main:10`
    std::string told() const;     ///< in a sentence: `the best of the last 10 of main`
};

/// Nothing, and why, where the text begins as one and goes on as none.
std::optional<Against> read_against(const std::string& text, std::string& problem);

/// Why no baseline may be called so; empty where it may.
std::string problem_of_baseline_name(const std::string& name);

}  // namespace tidemark::sweep
