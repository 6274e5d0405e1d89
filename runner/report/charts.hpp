#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/interval.hpp"
#include "report/timeline.hpp"

namespace tidemark::report {

/// What a run took: a point of memory against time.
struct CostPoint {
    std::string run;
    double seconds = 0;
    double peak_bytes = 0;
    bool on_front = false;            ///< no other run took less of both
    std::optional<Interval> doubt{};  ///< where the peak may lie, where that is wide
};

/// The parts that a run's peak is made of, in bytes.
struct MemoryParts {
    std::string run;
    std::vector<double> bytes;        ///< one for each of Charts::part_names
    std::optional<Interval> doubt{};  ///< where the peak may lie, where that is wide
};

struct Curve {
    std::string run;
    std::vector<std::pair<std::int64_t, double>> points;  ///< epoch and value, in order
};

struct RunTimeline {
    std::string run;
    Timeline timeline;
};

/// The data of a report's charts. A chart without data is left out, and `notes` say why.
struct Charts {
    std::vector<CostPoint> costs;
    std::vector<std::string> part_names;
    std::vector<MemoryParts> parts;
    bool attributed = false;  ///< else the last part is what no other explains
    std::vector<Curve> accuracy;
    std::vector<RunTimeline> timelines;
    std::vector<std::string> notes;
};

}  // namespace tidemark::report
