#pragma once

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

namespace tidemark::sweep {

// Placeholders that every sweep has beside its parameters. A parameter of the same name comes first.

inline constexpr std::string_view kRunPlaceholder = "run";         ///< the run's name
inline constexpr std::string_view kRepeatPlaceholder = "repeat";   ///< the number of its repeat, from 1
inline constexpr std::string_view kSweepPlaceholder = "sweep";     ///< the sweep's name
inline constexpr std::string_view kRunDirPlaceholder = "run_dir";  ///< the run's own folder

inline constexpr std::array<std::string_view, 4> kOwnPlaceholders{kRunPlaceholder, kRepeatPlaceholder,
                                                                  kSweepPlaceholder, kRunDirPlaceholder};

inline bool is_own_placeholder(std::string_view name) {
    return std::ranges::find(kOwnPlaceholders, name) != kOwnPlaceholders.end();
}

/// What is known of a run only when it is made.
struct Occasion {
    int repeat = 1;
    std::string run_dir;
};

/// As it stands in the file: what identifies a run is the same in each repeat, wherever it writes.
inline std::string unfilled(std::string_view name) {
    return '{' + std::string(name) + '}';
}

}  // namespace tidemark::sweep
