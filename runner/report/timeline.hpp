#pragma once

#include <string>
#include <utility>
#include <vector>

namespace tidemark::report {

/// A quantity over time, with the phases that it went through.
struct Timeline {
    std::vector<std::pair<double, double>> points;       ///< seconds since the start, bytes; in order of time
    double seconds = 0;                                  ///< the whole
    std::vector<std::pair<std::string, double>> phases;  ///< name and start; in order of time
};

/// The timeline as text of at most `width` columns: a chart of block characters that keeps every peak, its
/// scale, and below it where each phase begins. Empty where there is no point.
std::string draw_timeline(const Timeline& timeline, std::size_t width);

}  // namespace tidemark::report
