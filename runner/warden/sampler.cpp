#include "warden/sampler.hpp"

#include <algorithm>
#include <cstdlib>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

#include "warden/clock.hpp"
#include "warden/process_tree.hpp"
#include "warden/small_files.hpp"

namespace tidemark::warden {
namespace {

constexpr double kFirstSample =
    0.01;  // seconds after the start: the program is loaded, and has not done much
constexpr double kShortestPeriod = 0.05;  // seconds
constexpr double kCostShare = 0.005;      // sampling takes at most this share of the time
/// The period grows with the age of the run, so that a run of ten hours has some 4,000 samples, not 700,000.
constexpr double kAgeShare = 1.0 / 500;

}  // namespace

std::optional<std::int64_t> resident_bytes(int pid) {
    const std::string statm = read_small_file("/proc/" + std::to_string(pid) + "/statm");
    const std::size_t blank = statm.find(' ');
    if (blank == std::string::npos) return std::nullopt;
    const std::int64_t pages = std::atoll(statm.c_str() + blank);
    if (pages == 0) return std::nullopt;
    return pages * sysconf(_SC_PAGESIZE);
}

std::optional<std::int64_t> mapped_file_bytes(int pid) {
    const std::string status = read_small_file("/proc/" + std::to_string(pid) + "/status");
    const std::string name = "\nRssFile:";
    const std::size_t line = status.find(name);
    if (line == std::string::npos) return std::nullopt;
    return std::atoll(status.c_str() + line + name.size()) * 1024;
}

std::optional<ProportionalSize> proportional_size(int pid) {
    const std::string rollup = read_small_file("/proc/" + std::to_string(pid) + "/smaps_rollup");
    const auto kibibytes = [&](const std::string& name) -> std::optional<std::int64_t> {
        const std::size_t line = rollup.find("\n" + name);
        if (line == std::string::npos) return std::nullopt;
        return std::atoll(rollup.c_str() + line + 1 + name.size()) * 1024;
    };
    const auto all = kibibytes("Pss:");
    if (!all) return std::nullopt;
    return ProportionalSize{*all, kibibytes("Pss_File:")};
}

Sampler::Sampler(const std::string& directory, double started)
    : path_(directory + "/samples.jsonl"), started_(started), due_(started + kFirstSample) {}

Sampler::~Sampler() {
    if (file_ >= 0) close(file_);
}

void Sampler::sample() {
    const double begin = monotonic_seconds();
    const std::vector<pid_t> pids = descendants();
    protocol::Sample seen{begin - started_, 0, 0};
    std::optional<std::int64_t> mapped_file;
    for (const pid_t pid : pids) {
        if (pids.size() == 1) {
            // cheaper, and the same for a process that shares its pages with nobody in the tree
            const auto bytes = resident_bytes(pid);
            if (!bytes) continue;
            seen.rss_bytes += *bytes;
            mapped_file = mapped_file_bytes(pid);
        } else {
            const auto size = proportional_size(pid);
            if (!size) continue;
            seen.rss_bytes += size->all;
            if (size->file) mapped_file = mapped_file.value_or(0) + *size->file;
        }
        ++seen.processes;
    }
    if (mapped_file) largest_mapped_file_ = std::max(largest_mapped_file_.value_or(0), *mapped_file);
    if (seen.processes > 0) {
        if (file_ < 0) file_ = open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
        const std::string line = protocol::to_json_line(seen);
        // a full disk costs the timeline, not the run
        [[maybe_unused]] const ssize_t count = write(file_, line.data(), line.size());
        if (!first_rss_) first_rss_ = seen.rss_bytes;
        last_rss_ = seen.rss_bytes;
        largest_rss_ = std::max(largest_rss_, seen.rss_bytes);
    }
    last_processes_ = static_cast<int>(pids.size());
    most_processes_ = std::max(most_processes_, last_processes_);
    schedule(begin, monotonic_seconds() - begin);
}

void Sampler::schedule(double now, double cost) {
    due_ = now + std::max({kShortestPeriod, cost / kCostShare, (now - started_) * kAgeShare});
}

}  // namespace tidemark::warden
