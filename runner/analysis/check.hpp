#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/change.hpp"
#include "analysis/comparability.hpp"
#include "analysis/known_bounds.hpp"
#include "protocol/status.hpp"

namespace tidemark::analysis {

enum class Verdict { Pass, Undecided, Broken };  ///< in rising order of what they outrank
std::string_view to_text(Verdict verdict);       ///< `pass`, `undecided`, `broken`

/// What a check found of one run.
struct Finding {
    Verdict verdict = Verdict::Undecided;
    std::string explanation;              ///< empty where a bound holds
    std::optional<double> measured;       ///< of a bound the worst repeat, of a drift the median
    std::optional<Change> change;         ///< of a drift
    std::optional<KnownBounds> bounds{};  ///< of the worst repeat, of a drift the medians
    /// Of a drift: what is unlike in how both sides were measured.
    std::vector<OriginDifference> differences{};
};

/// One figure of one repeat, and what a verdict must know of that repeat.
struct RepeatFigure {
    std::string run_id;
    int repeat = 1;
    protocol::Status status = protocol::Status::Ok;
    std::string reason;           ///< of the status
    std::optional<double> value;  ///< none: not measured
    std::string missing;          ///< why there is none
    Origin origin{};
    std::optional<KnownBounds> bounds{};  ///< none: the figure is what it is
};

/// The repeats of one run that the check is about, and the numbers of those that are not measured.
struct CheckedRun {
    std::string run;
    std::vector<RepeatFigure> repeats;
    std::vector<int> gaps;
};

/// A figure with its unit, for explanations.
using FigureText = std::function<std::string(double)>;

/// What a bound of a check asks for: the keys `max`, `min` and `max_increase` of the sweep file.
enum class BoundKind { Maximum, Minimum, MaximumIncrease };
std::string_view to_text(BoundKind kind);  ///< the key

struct Bound {
    BoundKind kind = BoundKind::Maximum;  ///< a maximum or a minimum
    double value = 0;
    bool of_memory = false;  ///< what runs out of memory breaks it
    std::string metric;      ///< as the sweep file has it, for explanations
};

/// A bound holds where every repeat holds; one that breaks it breaks the check. A repeat that did not end ok
/// can break a maximum, but it holds nothing, since it might have gone on. A figure that is known by bounds
/// holds a maximum with its upper one, and breaks it with its lower one; in between nobody knows.
Finding decide_bound(const Bound& bound, const CheckedRun& run, const FigureText& figure);

struct DriftLimit {
    double max_increase = 0;
    std::string baseline;
    Noise noise = Noise::None;
    std::string metric;
    std::string column{};  ///< that the metric is read from
};

/// What is unlike in how the run and its baseline were measured.
Comparability comparability_of(const CheckedRun& run, const std::vector<RepeatFigure>& before);

/// Compares the repeats with those of the baseline that have the same number. Broken, where the interval of
/// the change lies above the limit as a whole; pass, where it lies below; else undecided, as it is where
/// anything is not measured, and where the two sides cannot be compared (Comparability). `before` holds the
/// baseline's repeats of this run.
Finding decide_drift(const DriftLimit& limit, const CheckedRun& run, const std::vector<RepeatFigure>& before);

}  // namespace tidemark::analysis
