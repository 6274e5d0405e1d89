#pragma once

#include <optional>
#include <string>

#include "sweep/file/yaml_document.hpp"

namespace tidemark::sweep {

/// How well the median of a figure is to be known before a run is made no more.
struct Precision {
    double share = 0;    ///< of the median, to both sides: 0.02 of `until 2 %`
    std::string metric;  ///< as the file calls it
    std::string column;  ///< of `results`
    Position position;   ///< of the metric, or of the number where it is not named

    bool operator==(const Precision& other) const { return share == other.share && column == other.column; }
};

/// How often a run is made: `repeat` of the file, of a named run, or `--repeat`.
struct Repeats {
    int least = 1;
    int most = 1;                    ///< the same as `least` where the number is fixed
    std::optional<Precision> until;  ///< null: the number is fixed

    static Repeats fixed(int number) { return {number, number, std::nullopt}; }
    bool operator==(const Repeats&) const = default;
};

/// Of `repeat: until 2 %`, where the file does not say otherwise. With fewer repeats than these the scatter
/// itself is hardly known.
inline constexpr int kFewestUntil = 5;
inline constexpr int kMostUntil = 50;
inline constexpr const char* kMetricUntil = "wall";

}  // namespace tidemark::sweep
