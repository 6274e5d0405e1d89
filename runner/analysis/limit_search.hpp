#pragma once

#include <vector>

#include "base/interval.hpp"
#include "base/units.hpp"

namespace tidemark::analysis {

/// A run under a memory limit.
struct LimitTrial {
    Bytes limit;
    bool ended_well = false;  ///< false: it needs more, or at least that is how it ended
};

/// What is known of a program's need before the first limit is tried.
struct KnownNeed {
    Bytes cannot_be_reclaimed;  ///< the kernel cannot take it back, so hardly any run ends well below it
    std::vector<double>
        peaks;  ///< of runs without a limit, in bytes: the largest is enough, their scatter is the need's
};

/// Finds the smallest memory limit under which a program ends well, from as few runs as can be.
///
/// What a run needs is taken for normally distributed with a mean and a relative standard deviation that
/// nobody knows. No run tells its need: one that ended well needs no more than its limit, and one that did
/// not needs more (both are censored). What follows of mean and deviation is kept as a probability for each
/// pair on a grid, and the next limit is where the mean is as likely above as below, which tells most. This
/// is the adaptive method of thresholds of A. B. Watson and D. G. Pelli, "QUEST: A Bayesian adaptive
/// psychometric method", Perception & Psychophysics 33 (1983), 113–120, with the deviation as a second
/// unknown.
class LimitSearch {
  public:
    /// `known` has one peak at least, all of them above 0.
    explicit LimitSearch(const KnownNeed& known);

    void add(const LimitTrial& trial);

    /// The limit to try next, in whole steps of 64 KiB.
    Bytes next() const;

    /// Where the mean need lies, with kConfidence.
    Interval mean_need() const;

    /// Whether that is known to 1 %, or to 4 MiB where this is more.
    bool is_known() const;

    /// The limit under which all but one of a thousand runs end well, with kConfidence. Never below one
    /// that a run has failed under.
    Bytes recommended() const;

  private:
    struct Pair {
        double mean = 0;       ///< bytes
        double deviation = 0;  ///< of the mean, as a share
        double weight = 0;     ///< its probability; all together are 1
    };

    void normalise();
    /// Below which mean `share` of the probability lies.
    double mean_at(double share) const;

    std::vector<Pair> pairs_;  ///< in rising order of their means
    Bytes largest_failed_;
};

}  // namespace tidemark::analysis
