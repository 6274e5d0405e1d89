#pragma once

#include <optional>
#include <string>
#include <vector>

#include "protocol/capture.hpp"
#include "protocol/measurement.hpp"
#include "run/record.hpp"

namespace tidemark::run {

/// A stored run, as far as its metrics can be read again from what is kept of it.
struct KeptRun {
    protocol::Request request;
    protocol::Measurement measurement;
    std::string directory;
    std::vector<protocol::Metric> metrics;  ///< as they are stored, in order
    bool has_told = false;                  ///< facts, phases or epochs of it are stored, too
};

/// By the captures that it was made with, and by those that are wanted now. The first is there for what it
/// warned of.
struct ReadAgain {
    Record before;
    Record after;
};

/// Whether it failed, if it did, for its metrics alone.
bool went_well_but_for_metrics(const KeptRun& kept);

/// What these captures need and is not kept as the run left it, a half sentence: "stdout.log is not kept".
/// Empty: they can be read. What was taken by the same capture before is stored, and needs nothing.
std::string why_not_readable(const KeptRun& kept, const std::vector<protocol::Capture>& wanted);

/// Of one that is readable.
ReadAgain read_again(const KeptRun& kept, const std::vector<protocol::Capture>& wanted);

}  // namespace tidemark::run
