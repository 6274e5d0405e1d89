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
/// The period grows with the age of the run, so that a run of ten hours has some 4,000 samples, not 700,000.
constexpr double kAgeShare = 1.0 / 500;

/// At an exit that can be waited for: such looks come in bursts, and are worth more than others.
constexpr double kCostShareOfExits = 0.05;

/// `NAME: 123 kB` lines, in bytes.
std::optional<std::int64_t> kibibytes_in(const std::string& text, const char* name) {
    const std::size_t line = text.find(std::string("\n") + name + ":");
    if (line == std::string::npos) return std::nullopt;
    return std::atoll(text.c_str() + line + std::string(name).size() + 2) * 1024;
}

void add_to(std::optional<std::int64_t>& sum, const std::optional<std::int64_t>& more) {
    if (more) sum = sum.value_or(0) + *more;
}

void raise(std::optional<std::int64_t>& most, const std::optional<std::int64_t>& seen) {
    if (seen) most = std::max(most.value_or(0), *seen);
}

}  // namespace

std::optional<ProcessMemory> resident_memory(pid_t pid) {
    const std::string status = read_small_file("/proc/" + std::to_string(pid) + "/status");
    const auto all = kibibytes_in(status, "VmRSS");
    if (!all) return std::nullopt;
    return ProcessMemory{
        *all,
        {kibibytes_in(status, "RssAnon"), kibibytes_in(status, "RssShmem"), kibibytes_in(status, "RssFile")},
        kibibytes_in(status, "VmSwap")};
}

std::optional<ProcessMemory> proportional_memory(pid_t pid) {
    const std::string rollup = read_small_file("/proc/" + std::to_string(pid) + "/smaps_rollup");
    const auto all = kibibytes_in(rollup, "Pss");
    if (!all) return std::nullopt;
    return ProcessMemory{*all,
                         {kibibytes_in(rollup, "Pss_Anon"), kibibytes_in(rollup, "Pss_Shmem"),
                          kibibytes_in(rollup, "Pss_File")},
                         kibibytes_in(rollup, "SwapPss")};
}

Sampler::Sampler(const std::string& directory, double started)
    : path_(directory + "/samples.jsonl"), started_(started), due_(started + kFirstSample) {}

Sampler::~Sampler() {
    if (file_ >= 0) close(file_);
}

void Sampler::add(pid_t pid, bool alone, protocol::Sample& seen) {
    std::optional<ProcessMemory> memory;
    if (alone) {
        // cheaper, and the same for a process that shares its pages with nobody in the tree
        memory = resident_memory(pid);
    } else {
        const double begin = monotonic_seconds();
        memory = proportional_memory(pid);
        hold_s_ += monotonic_seconds() - begin;
    }
    if (!memory) return;
    ++seen.processes;
    seen.rss_bytes += memory->all;
    add_to(seen.parts.anonymous, memory->parts.anonymous);
    add_to(seen.parts.shared, memory->parts.shared);
    add_to(seen.parts.file, memory->parts.file);
    add_to(seen.swap_bytes, memory->swap);
}

void Sampler::sample(const std::optional<CgroupCharge>& charge) {
    const double begin = monotonic_seconds();
    const double cpu_begin = own_cpu_seconds();  // not the time: on a busy machine that is others' doing
    last_processes_ = descendants();
    protocol::Sample seen;
    seen.t_s = begin - started_;
    for (const pid_t pid : last_processes_) add(pid, last_processes_.size() == 1, seen);
    raise(largest_mapped_file_, seen.parts.file);
    if (charge) {
        seen.cache_bytes = charge->file;
        seen.swap_bytes = std::max(charge->swap, seen.swap_bytes.value_or(0));
    }
    raise(largest_swap_, seen.swap_bytes);
    if (seen.processes > 0) {
        write_line(seen);
        if (!first_) first_ = seen;
        last_ = seen;
        if (seen.rss_bytes >= largest_rss()) largest_ = seen;
    }
    most_processes_ = std::max(most_processes_, static_cast<int>(last_processes_.size()));
    schedule(begin, own_cpu_seconds() - cpu_begin);
}

void Sampler::write_line(const protocol::Sample& seen) {
    if (file_ < 0) file_ = open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    const std::string line = protocol::to_json_line(seen);
    // a full disk costs the timeline, not the run
    [[maybe_unused]] const ssize_t count = write(file_, line.data(), line.size());
}

void Sampler::schedule(double now, double cost) {
    last_cost_ = cost;
    due_ = now + std::max({kShortestPeriod, cost / cost_share_, (now - started_) * kAgeShare});
}

bool Sampler::can_afford_another(double now) const {
    return !last_ || now - started_ - last_->t_s >= last_cost_ / kCostShareOfExits;
}

}  // namespace tidemark::warden
