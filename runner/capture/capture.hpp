#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "capture/earlier_files.hpp"
#include "protocol/capture.hpp"
#include "protocol/event.hpp"

namespace tidemark::capture {

/// Of one metric at most so many points are kept; a program that prints more of them has its last value all
/// the same.
inline constexpr std::int64_t kMostPoints = 100'000;

/// What a program that has ended left behind.
struct Leavings {
    std::filesystem::path stdout_log;
    std::filesystem::path stderr_log;
    std::filesystem::path working_directory;
    double started = 0;  ///< seconds since 1970: a file that is older is none of this run
    const std::vector<protocol::Metric>& told;  ///< the metrics of its events
    EarlierFiles earlier{};  ///< a file that is the same as before is none of this run either
};

struct Captured {
    std::vector<protocol::Metric> metrics;  ///< in order; the last one of a name is the figure of the run
    std::vector<std::string> lacking;       ///< required and not found: why, one sentence each
    std::vector<std::string> warnings;
};

/// Takes the metrics out of the leavings.
Captured take(const std::vector<protocol::Capture>& captures, const Leavings& leavings);

}  // namespace tidemark::capture
