#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/statistics.hpp"
#include "protocol/figures.hpp"

namespace tidemark::analysis {

using protocol::Noise;

/// When the repeats of both sides were made.
enum class Order {
    InTurn,  ///< the first of both, then the second of both: what the machine does meanwhile meets both alike
    Apart    ///< at two occasions, or nobody knows
};

/// The least half-width of an interval, as a share. Repeats that follow each other closely agree better than
/// those of two occasions do: the clock rate and the neighbours on the machine stay for a while, and nothing
/// in the repeats of one occasion tells by how much the next one differs. tests/benchmarks/false_alarms.sh is
/// where these figures come from.
double least_reach(Noise noise, Order order);

/// The same repeat before and after, and where the truth of a figure lies that is known by bounds (infinity:
/// nothing bounds it from above).
struct Pair {
    double before = 0;
    double after = 0;
    std::optional<Interval> before_bounds{};
    std::optional<Interval> after_bounds{};
    /// When the earlier of both was started and when the later one, in seconds since 1970, if that is known.
    std::optional<Interval> started{};
};

/// In turn, where each pair was started before the next one was.
Order order_of(const std::vector<Pair>& pairs);

/// What a change may be had from.
enum class Evidence {
    BestGuess,   ///< the figures themselves, where their bounds are so close that they say it all
    BoundsAlone  ///< the guesses were made in two different ways
};

/// By how much a figure has changed, as a share of what it was: 0.05 is 5 % more.
struct Change {
    double before = 0;    ///< median
    double after = 0;     ///< median
    double relative = 0;  ///< of the medians
    Interval interval;    ///< of `relative`, with kConfidence
    Interval extremes;    ///< of the pairs' differences, as shares
    double scatter = 0;   ///< standard deviation of the pairs' differences
    std::size_t pairs = 0;
    /// The interval holds all that the bounds of both sides allow; `relative` says nothing then.
    bool by_bounds = false;
    /// What is known by bounds may have been the same on both sides: neither rise nor fall is claimed.
    bool may_be_none = false;
    Order order = Order::Apart;
    /// A time whose sides were made at two occasions: no number of repeats tells it from a change of the
    /// machine's speed, which on a shared machine has been seen to be 60 %
    /// (tests/benchmarks/false_alarms.sh).
    bool may_be_the_machines = false;
    /// The least reach, where the repeats agree better than that: more of them narrow nothing.
    std::optional<double> least_reach{};
};

struct MeasuredChange {
    std::optional<Change> change;
    std::string problem;  ///< why there is none
    std::optional<std::size_t>
        too_few{};  ///< how many pairs there are, where they are too few for any change
};

/// Whether the change is below the limit for all that can be known: the whole interval is, or each one of at
/// least five pairs, of which the chance is 1 in 32 where the median is not below. So a single wild repeat
/// does not make a quiet figure undecided. No rise is ever claimed by this.
bool stays_below(const Change& change, double limit);

/// The interval is that of the median of the pairs' differences (median_interval), never narrower than the
/// kind's noise and their order allow, and always holds the change of the medians: whatever disturbs both
/// sides of a pair alike, as interleaved repeats let it, cancels out. Where the pairs have bounds, and these
/// are not close, or the only evidence, the interval is what the medians of the bounds allow, wider by what
/// the repeats scatter.
MeasuredChange measure_change(const std::vector<Pair>& pairs, Noise noise,
                              Evidence evidence = Evidence::BestGuess);

/// Whether the change, for all that is known, is above the limit.
bool exceeds(const Change& change, double limit);

/// `3 %`, `0.25 %`: a share as it may be written in a sweep file.
std::string share_text(double share);

/// `+5.1 % (95 % interval +4.8 % to +5.3 %, 5 pairs)`, or `-3.0 % to +12.0 % by the bounds (5 pairs)`
std::string to_text(const Change& change);

/// What a change means where one of less than `threshold` does not matter.
enum class Direction { Same, Rise, Fall, Unclear };
Direction direction_of(const Change& change, double threshold);

/// Why the repeats of a change tell no more, where they agree better than its least reach: `times of two
/// occasions are told apart from 10 % on; …`. Empty where more repeats would narrow it.
std::string why_no_closer(const Change& change);

/// What has to be said of a rise or a fall that may be the machine's, for the end of a sentence; else empty.
std::string machines_part(const Change& change);

/// How many repeats a change needs, and what makes enough: once for all figures that have too few.
std::string repeats_that_a_change_needs();

}  // namespace tidemark::analysis
