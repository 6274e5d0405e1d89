#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/interval.hpp"
#include "protocol/description.hpp"
#include "report/timeline.hpp"

namespace tidemark::report {

/// The parts that a run's peak is made of, in bytes.
struct MemoryParts {
    std::string run;
    std::vector<double> bytes;        ///< one for each of Charts::part_names
    std::optional<Interval> doubt{};  ///< where the peak may lie, where that is wide
};

/// What the repeats of a run told of an epoch.
struct CurvePoint {
    std::int64_t epoch = 0;
    double median = 0;
    double low = 0;  ///< of the repeats
    double high = 0;
    bool operator==(const CurvePoint&) const = default;
};

struct Curve {
    std::string run;
    std::vector<CurvePoint> points;  ///< in order; at least two
};

/// A metric by epoch.
struct MetricCurves {
    std::string metric;
    std::string heading;  ///< without the unit
    protocol::Unit unit = protocol::Unit::None;
    std::vector<Curve> curves;
};

struct RunTimeline {
    std::string run;
    Timeline timeline;
};

/// The data of a report's charts. A chart without data is left out, and `notes` say why.
struct Charts {
    std::vector<std::string> part_names;
    std::vector<MemoryParts> parts;
    bool attributed = false;  ///< else the last part is what no other explains
    std::vector<MetricCurves> curves;
    std::vector<RunTimeline> timelines;
    std::vector<std::string> notes;
};

}  // namespace tidemark::report
