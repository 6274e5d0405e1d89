// How often `check` and `compare` err, from figures measured on this machine: false_alarms.sh measures, this
// simulates. Standard input: lines of `metric<TAB>value`, the repeats of one configuration in the order in
// which they were made.
//
// A/A: both sides are drawn from the same repeats, once next to each other, as interleaved repeats lie, and
// once as two stretches from any two times, as a baseline and later results do. A rise that is reported is a
// false alarm. Then every figure of one side is raised, and what is found is counted. The seed is fixed.
// Exit 1 where memory or CPU time raise more than 10 false alarms in 2000, or where of interleaved repeats a
// rise of 5 % in memory is found in less than 97 %, of 10 % in CPU time (up to 2 % paired scatter) in less
// than 95 %.
#include <cstdio>
#include <iostream>
#include <map>
#include <random>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "analysis/change.hpp"
#include "protocol/result_columns.hpp"

namespace {

using tidemark::analysis::Change;
using tidemark::analysis::Pair;

constexpr int kComparisons = 2000;
constexpr int kMostFalseAlarms = 10;
constexpr int kFewestToJudge = 100;  // of one kind; fewer say nothing of a share
constexpr std::size_t kRepeats = 5;
constexpr double kThreshold = 0.03;  // the default of `compare`
constexpr double kCalm = 0.02;       // paired scatter up to which a rise in time must be found

/// Repeats of both sides made in turn: before, after, before, after.
std::vector<Pair> interleaved(const std::vector<double>& values, std::mt19937_64& random) {
    std::uniform_int_distribution<std::size_t> start(0, values.size() - 2 * kRepeats);
    const std::size_t first = start(random);
    const bool swapped = (random() & 1U) != 0;
    std::vector<Pair> pairs;
    for (std::size_t i = first; i < first + 2 * kRepeats; i += 2)
        pairs.push_back(swapped ? Pair{values[i + 1], values[i]} : Pair{values[i], values[i + 1]});
    for (std::size_t i = 0; i < pairs.size(); ++i) {
        const double at = 2.0 * static_cast<double>(i);
        pairs[i].started = tidemark::Interval{at, at + 1};
    }
    return pairs;
}

/// Two stretches that do not overlap.
std::vector<Pair> apart(const std::vector<double>& values, std::mt19937_64& random) {
    std::uniform_int_distribution<std::size_t> start(0, values.size() - kRepeats);
    std::size_t before = 0, after = 0;
    do {
        before = start(random);
        after = start(random);
    } while (before < after + kRepeats && after < before + kRepeats);
    std::vector<Pair> pairs;
    for (std::size_t i = 0; i < kRepeats; ++i) pairs.push_back({values[before + i], values[after + i]});
    return pairs;
}

struct Tally {
    int comparisons = 0;
    int rises = 0;
    int undecided = 0;
    int passed = 0;

    void add(const Change& change) {
        ++comparisons;
        if (change.interval.low > kThreshold)
            ++rises;
        else if (tidemark::analysis::stays_below(change, kThreshold))
            ++passed;
        else
            ++undecided;
    }
    std::string text() const {
        if (comparisons == 0) return "none of this kind";
        return fmt::format("{} comparisons: {} rises, {} undecided, {} passed ({:.1f} % found)", comparisons,
                           rises, undecided, passed, 100.0 * rises / comparisons);
    }
};

using Draw = std::vector<Pair> (*)(const std::vector<double>&, std::mt19937_64&);

/// Comparisons whose paired scatter is at most kCalm, and the others.
struct Tallies {
    Tally calm;
    Tally noisy;
};

Tallies simulate(const std::vector<double>& values, Draw draw, double rise, tidemark::analysis::Noise noise) {
    std::mt19937_64 random(1);
    Tallies tallies;
    for (int i = 0; i < kComparisons; ++i) {
        std::vector<Pair> pairs = draw(values, random);
        for (Pair& pair : pairs) pair.after *= 1 + rise;
        const auto measured = tidemark::analysis::measure_change(pairs, noise);
        if (!measured.change) continue;
        // the rise itself is no scatter
        (measured.change->scatter <= kCalm * (1 + rise) ? tallies.calm : tallies.noisy).add(*measured.change);
    }
    return tallies;
}

/// Prints it all of one metric; whether it is as good as it must be.
bool report(const std::string& metric, const std::vector<double>& values) {
    const auto noise = tidemark::protocol::noise_of(metric, tidemark::protocol::unit_of(metric));
    const bool memory = noise == tidemark::analysis::Noise::Memory;
    const double rise = memory ? 0.05 : 0.10;
    const double wanted = memory ? 0.97 : 0.95;
    bool good = true;
    fmt::print("{}, {} repeats\n", metric, values.size());
    for (const auto& [name, draw] : {std::pair<const char*, Draw>{"interleaved", interleaved},
                                     std::pair<const char*, Draw>{"apart", apart}}) {
        const Tallies same = simulate(values, draw, 0, noise);
        const int alarms = same.calm.rises + same.noisy.rises;
        const Tallies risen = simulate(values, draw, rise, noise);
        fmt::print("  {}: A/A {} false alarms in {}\n", name, alarms, kComparisons);
        fmt::print("    {:.0f} % more, paired scatter at most {:.0f} %: {}\n", rise * 100, kCalm * 100,
                   risen.calm.text());
        fmt::print("    {:.0f} % more, paired scatter above: {}\n", rise * 100, risen.noisy.text());
        const bool found =
            risen.calm.comparisons < kFewestToJudge || risen.calm.rises >= wanted * risen.calm.comparisons;
        // other programs of the machine lengthen wall time for a while and then do not: it is shown, and is
        // the reason why drift of time is drift of CPU time
        if (noise == tidemark::analysis::Noise::WallTime) continue;
        good = good && alarms <= kMostFalseAlarms && (found || draw != interleaved);
    }
    return good;
}

}  // namespace

int main() {
    std::map<std::string, std::vector<double>> metrics;
    std::string metric, value;
    while (std::getline(std::cin, metric, '\t') && std::getline(std::cin, value))
        metrics[metric].push_back(std::stod(value));
    constexpr std::size_t kFewest = 8 * kRepeats;
    bool good = !metrics.empty();
    for (const auto& [name, values] : metrics) {
        if (values.size() < kFewest) {
            fmt::print(stderr, "{}: {} repeats are too few, {} are needed\n", name, values.size(), kFewest);
            return 2;
        }
        good = report(name, values) && good;
    }
    fmt::print("{}\n", good ? "as good as required" : "NOT as good as required");
    return good ? 0 : 1;
}
