#pragma once

#include <string>
#include <utility>
#include <vector>

namespace tidemark::report {

/// A quantity over time, with the phases that it went through.
struct Timeline {
    /// Seconds since the start, bytes; in order of time. A NaN: from there on nothing is known until the next
    /// point.
    std::vector<std::pair<double, double>> points;
    double seconds = 0;                                  ///< the whole
    std::vector<std::pair<std::string, double>> phases;  ///< name and start; in order of time
    std::string what{};                                  ///< the quantity, where it needs to be told
};

/// Puts a NaN where there is no point for much longer than is usual in it, the time before the first and
/// after the last one included.
void tell_gaps(Timeline& timeline);

/// The timeline as text of at most `width` columns: a chart of block characters that keeps every peak, its
/// scale, and below it where each phase begins. Empty where there is no point.
std::string draw_timeline(const Timeline& timeline, std::size_t width);

}  // namespace tidemark::report
