#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/units.hpp"
#include "base/value.hpp"
#include "protocol/event.hpp"
#include "protocol/measurement.hpp"
#include "protocol/request.hpp"
#include "run/observation.hpp"
#include "run/outcome.hpp"
#include "run/run_directory.hpp"

namespace tidemark::run {

struct PhaseSpan {
    std::string name;
    Seconds start;  ///< since the run started
    Seconds wall;   ///< until the next phase or the end of the run
    /// Largest memory sample within the phase, a lower bound of its peak.
    std::optional<std::int64_t> peak_sample_bytes{};
    /// Of a phase that the program announced to the warden: its peak, and between what it lies.
    std::optional<std::int64_t> peak_rss_bytes{};
    std::optional<std::int64_t> peak_rss_low_bytes{};
    std::optional<std::int64_t> peak_rss_high_bytes{};
};

/// From the last word of the epoch before it, or from the start of the run, to its own last word.
struct EpochSpan {
    std::int64_t epoch = 0;
    Seconds start;  ///< since the run started
    Seconds wall;
    /// Of the tree within the epoch, a lower bound of its peak where it is of what is resident.
    std::optional<std::int64_t> largest_sample_bytes{};
    std::string memory{};  ///< what the sample is of (protocol::TreeMemory)
};

/// Everything known about a finished run, read from its directory.
struct Record {
    protocol::Request request;
    std::string directory;
    Outcome outcome;
    protocol::Measurement measurement;
    std::vector<protocol::Metric> metrics;        ///< every metric event, in order
    std::map<std::string, double> final_metrics;  ///< the last value of each metric and numeric info
    std::map<std::string, std::string> facts;     ///< textual infos
    std::vector<PhaseSpan> phases;
    std::vector<EpochSpan> epochs;          ///< that the program told of with their times
    std::vector<protocol::Sample> samples;  ///< thinned to at most kMostSamples
    std::vector<std::string> warnings;  ///< "3 lines of events.jsonl are not events; the first is line 7: …"
    /// The last line that a run which did not end ok wrote to stderr, most often the one that says why; safe
    /// to print, and cut to kLongestLastWords columns.
    std::string last_words;
    /// Its job was preempted, or lost with its node: nothing that the program did.
    bool lost_by_queue = false;
    /// What it read and wrote below the sweep's folder. It is no part of the directory: of a run whose runner
    /// was killed it is not known.
    std::optional<Observation> observation{};
};

inline constexpr std::size_t kMostSamples = 1000;
inline constexpr std::size_t kLongestLastWords = 200;

/// Reads a finished run's directory. A missing or damaged measurement is an Outcome (BrokeContract), not an
/// exception, and a damaged event line is a warning. Throws CannotGoOn only when request.json cannot be read.
Record read_record(const RunDirectory& directory);

/// The same of a run whose request is known: what its program may have made of request.json counts for
/// nothing.
Record read_record(const RunDirectory& directory, const protocol::Request& request);

/// How a run ended, whatever metrics it lacks.
Outcome outcome_but_for_metrics(const RunDirectory& directory, const protocol::Request& request,
                                const protocol::Measurement& measurement);

/// What a run told and left, once more: its metrics, its warnings of them, and its outcome. How it was
/// measured is known, and so are metrics that shall not be taken again. It has no phases, epochs or samples.
Record read_metrics(const RunDirectory& directory, const protocol::Request& request,
                    const protocol::Measurement& measurement, const std::vector<protocol::Metric>& known);

/// What a command around a run's program is told: as the program is, without its limits and whatever else is
/// there for the measurement.
protocol::Request step_request(const protocol::Request& program, const std::vector<std::string>& command);

/// What went wrong in a step around the program, by the step's own directory and request: how it ended, and
/// the last line of its stderr. Empty where it went well or was never made.
std::string step_problem(const std::filesystem::path& directory, const protocol::Request& request);

}  // namespace tidemark::run
