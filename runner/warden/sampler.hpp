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
    std::optional<std::int64_t> largest_mapped_file() const { return largest_mapped_file_; }
    int most_processes() const { return most_processes_; }
    int last_processes() const { return last_processes_; }

  private:
    void schedule(double now, double cost);

    std::string path_;
    int file_ = -1;
    double started_;
    double due_;
    std::optional<std::int64_t> first_rss_;
    std::optional<std::int64_t> last_rss_;
    std::int64_t largest_rss_ = 0;
    std::optional<std::int64_t> largest_mapped_file_;
    int most_processes_ = 0;
    int last_processes_ = 0;
};

/// Resident memory of one process in bytes (/proc/PID/statm); nothing for a zombie or one that is gone.
std::optional<std::int64_t> resident_bytes(int pid);

/// Mapped file pages of one process (RssFile of /proc/PID/status, since Linux 4.5); nothing for a zombie or
/// one that is gone.
std::optional<std::int64_t> mapped_file_bytes(int pid);

/// Shared pages divided among those who share them (/proc/PID/smaps_rollup, since Linux 4.14).
struct ProportionalSize {
    std::int64_t all = 0;
    std::optional<std::int64_t> file;  ///< the part that is mapped files (Pss_File, since Linux 5.9)
};
std::optional<ProportionalSize> proportional_size(int pid);

}  // namespace tidemark::warden
