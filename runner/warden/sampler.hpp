#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "protocol/measurement.hpp"

namespace tidemark::warden {

/// Looks at the memory of the tree from time to time and appends what it sees to samples.jsonl. It is for the
/// timeline and the live display; the peak of a single process does not depend on it.
class Sampler {
  public:
    Sampler(const std::string& directory, double started);
    Sampler(const Sampler&) = delete;
    Sampler& operator=(const Sampler&) = delete;
    ~Sampler();

    double due() const { return due_; }  ///< CLOCK_MONOTONIC seconds
    void sample();

    std::optional<std::int64_t> first_rss() const { return first_rss_; }
    std::optional<std::int64_t> last_rss() const { return last_rss_; }
    std::int64_t largest_rss() const { return largest_rss_; }
    int most_processes() const { return most_processes_; }

  private:
    void schedule(double now, double cost);

    std::string path_;
    int file_ = -1;
    double started_;
    double due_;
    std::optional<std::int64_t> first_rss_;
    std::optional<std::int64_t> last_rss_;
    std::int64_t largest_rss_ = 0;
    int most_processes_ = 0;
};

/// Resident memory of one process in bytes (/proc/PID/statm); nothing for a zombie or one that is gone.
std::optional<std::int64_t> resident_bytes(int pid);

/// Proportional set size: shared pages divided among those who share them (/proc/PID/smaps_rollup, since
/// Linux 4.14).
std::optional<std::int64_t> proportional_bytes(int pid);

}  // namespace tidemark::warden
