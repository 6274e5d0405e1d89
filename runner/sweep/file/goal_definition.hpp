#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/units.hpp"
#include "protocol/unit.hpp"
#include "sweep/file/problems.hpp"

namespace tidemark::sweep {

/// A figure that a goal is about.
struct GoalFigure {
    std::string metric;  ///< as written: `peak_rss`
    std::string column;  ///< of `results`: `peak_rss_bytes`
    protocol::Unit unit = protocol::Unit::None;
    Position position{};
    std::string option{};  ///< `--under` where it came from the command line
};

/// An entry of `goal.subject_to`.
struct GoalBound {
    GoalFigure figure;
    std::optional<double> most{};   ///< in bytes, seconds or as a fraction
    std::optional<double> least{};  ///< the same
    std::string where{};            ///< SQL condition over parameters and `run`; empty: of all runs
    Position where_position{};
    /// The runs that it is about, by their index; filled in by the expansion.
    std::vector<std::size_t> runs{};
};

/// A parameter under which a run shows the same, and sooner.
struct ProbeParameter {
    std::string name;
    std::string written;
    Position position;
};

/// `goal`, with what the command line gives instead.
struct GoalDefinition {
    bool maximise = true;
    GoalFigure figure;
    std::vector<GoalBound> bounds{};
    std::optional<int> runs{};  ///< that may be made
    std::optional<Seconds> wall{};
    std::vector<ProbeParameter> probe{};
    Position position{};
};

/// What `tidemark plan` gives instead of the file. Empty: nothing.
struct GoalOptions {
    std::string under;
    std::string maximise;
    std::string minimise;
    std::optional<int> budget;
};

}  // namespace tidemark::sweep
