#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/change.hpp"
#include "store/baselines.hpp"
#include "store/current_results.hpp"

namespace tidemark::analysis {

enum class Verdict { Pass, Undecided, Broken };  ///< in rising order of what they outrank
std::string_view to_text(Verdict verdict);       ///< `pass`, `undecided`, `broken`

/// What a check found of one run.
struct Finding {
    Verdict verdict = Verdict::Undecided;
    std::string explanation;         ///< empty where a bound holds
    std::optional<double> measured;  ///< of a bound the worst repeat, of a drift the median
    std::optional<Change> change;    ///< of a drift
};

/// The repeats of one run that the check is about, and the numbers of those that are not measured.
struct CheckedRun {
    std::string run;
    std::vector<store::CurrentResults::Row> repeats;
    std::vector<int> gaps;
};

/// A figure with its unit, for explanations.
using FigureText = std::function<std::string(double)>;

struct Bound {
    enum class Kind { Maximum, Minimum };
    Kind kind = Kind::Maximum;
    double value = 0;
    bool of_memory = false;  ///< what runs out of memory breaks it
    std::string metric;      ///< as the sweep file has it, for explanations
};

/// A bound holds where every repeat holds; one that breaks it breaks the check. A repeat that did not end ok
/// can break a maximum, but it holds nothing, since it might have gone on.
Finding decide_bound(const Bound& bound, const CheckedRun& run, const FigureText& figure);

struct DriftLimit {
    double max_increase = 0;
    std::string baseline;
    Noise noise = Noise::None;
    std::string metric;
};

/// Compares the repeats with those of the baseline that have the same number. Broken, where the interval of
/// the change lies above the limit as a whole; pass, where it lies below; else undecided, as it is where
/// anything is not measured, and where times were taken on two different machines. `before` holds the
/// baseline's repeats of this run.
Finding decide_drift(const DriftLimit& limit, const CheckedRun& run,
                     const std::vector<store::BaselineValue>& before);

}  // namespace tidemark::analysis
