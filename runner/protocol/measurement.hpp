#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace tidemark::protocol {

/// How the main process of a run ended, as the kernel told it.
enum class EndKind { Exited, Signalled, CouldNotStart };

/// Why the run ended when it did.
enum class EndCause {
    Itself,       ///< the main process ended by itself (a crash too)
    WallLimit,    ///< the wall time limit was reached
    CpuLimit,     ///< the CPU time limit was reached
    MemoryLimit,  ///< a sample exceeded the memory limit, which nothing but samples could watch
    Cancelled,    ///< the runner asked for it
    RunnerLost,   ///< the runner died
};

/// The peak of one phase that the program announced to the warden, exact or with bounds as those of the whole
/// run.
struct PhasePeak {
    std::string name;
    double start_s = 0;  ///< since the run started
    std::optional<std::int64_t> peak_rss_bytes;
    std::optional<std::int64_t> peak_rss_low_bytes;
    std::optional<std::int64_t> peak_rss_high_bytes;
};

/// How resident memory is made up, in bytes. Of several processes: their proportional shares.
struct MemoryParts {
    std::optional<std::int64_t> anonymous{};
    std::optional<std::int64_t> shared{};  ///< shared memory and tmpfs
    std::optional<std::int64_t> file{};    ///< mapped files
    bool operator==(const MemoryParts&) const = default;
};

/// What the whole machine did while the run went on, from its first sample to its end: what may have
/// disturbed it. A figure that the kernel does not tell is absent.
struct Surroundings {
    double observed_s = 0;
    std::optional<std::int64_t> swapped_in_bytes;
    std::optional<std::int64_t> swapped_out_bytes;
    std::optional<double> stall_s;           ///< somebody waited for memory (/proc/pressure/memory)
    std::optional<double> others_cpu_share;  ///< of all CPU time: used by others than the run
    /// How far the speed of the CPUs was spread, as a share of its median: from the slow tenth to the fast
    /// tenth of short calculations that the warden timed by their own CPU time.
    std::optional<double> speed_spread{};
    std::optional<double> calculation_s{};  ///< median CPU time of one of them
};

/// What the kernel killed, while the run went on, in the memory cgroups around it: processes of the run, or
/// of others beside it.
struct EnclosingKills {
    std::int64_t oom_kills = 0;
    std::optional<std::int64_t> limit_bytes{};  ///< the one that was reached; absent: none of them was
    /// Those that are known to have been of the run: one of its processes was killed by nobody else just when
    /// the kernel counted one.
    std::int64_t of_run = 0;
    bool operator==(const EnclosingKills&) const = default;
};

/// A process of the run that could not be killed.
struct Survivor {
    std::int64_t pid = 0;
    std::string program;
    std::string state;  ///< "frozen", or the letter of proc(5), as D for an uninterruptible wait
    bool operator==(const Survivor&) const = default;
};

/// What the warden measured of one run. Written by the warden, which knows std and Linux only
/// (measurement.cpp), and read by the runner (measurement_json.cpp). A figure that could not be had is
/// absent, and `missing` says why, by name of the column.
struct Measurement {
    std::string started_at;  ///< UTC, ISO 8601
    double started_t = 0;    ///< CLOCK_MONOTONIC, the zero of the run's samples and phases

    EndKind end = EndKind::Exited;
    EndCause cause = EndCause::Itself;
    int exit_code = 0;                  ///< of Exited
    int signal = 0;                     ///< of Signalled
    int start_errno = 0;                ///< of CouldNotStart
    std::string start_step;             ///< of CouldNotStart: "execvp", "chdir", "open stdin", …
    std::int64_t oom_kills = 0;         ///< by the memory cgroup, anywhere in the tree
    std::int64_t leftovers_killed = 0;  ///< processes that were still alive when the main process had ended

    // The figures. Each has a row in figures.hpp, by which it is written, read, stored and shown; one that
    // was not measured is absent, and `missing` says why.
    std::optional<double> wall_s;  ///< from just before the program starts until its main process has ended
    /// How a run that was asked to end did so: "SIGTERM", whatever it made of that signal, or "SIGKILL".
    /// Empty for all others.
    std::string ended_by;
    std::optional<double> ending_s;  ///< from there until its main process had ended
    std::optional<double> user_s;    ///< CPU time of the whole tree
    std::optional<double> system_s;
    std::optional<std::int64_t> initial_rss_bytes;  ///< first sample, where it is from the start
    std::optional<std::int64_t> final_rss_bytes;    ///< last sample, where it is from the end
    std::optional<std::int64_t> peak_rss_bytes;
    std::optional<std::int64_t> peak_rss_low_bytes;
    std::optional<std::int64_t> peak_rss_high_bytes;
    std::string peak_bounds_from;  ///< what the bounds rest on: "kernel" (they are proven) or "samples"
    std::optional<std::int64_t> peak_cgroup_bytes;
    std::optional<std::int64_t> peak_swap_bytes;
    std::optional<std::int64_t> peak_hugetlb_bytes;    ///< of hugetlbfs, no part of peak_rss_bytes; sampled
    std::optional<std::int64_t> peak_cache_bytes;      ///< page cache of files charged to the run's cgroup
    std::optional<std::int64_t> peak_anonymous_bytes;  ///< of the largest sample, as the next two
    std::optional<std::int64_t> peak_shared_bytes;
    std::optional<std::int64_t> peak_file_bytes;
    std::optional<bool> memory_limit_reached;  ///< so that the peak may be cut off; absent without a limit
    std::optional<std::int64_t> swapped_in_bytes;  ///< of the run alone
    std::optional<std::int64_t> swapped_out_bytes;
    std::optional<double> memory_stall_s;  ///< a process of the run waited for memory
    std::optional<std::int64_t> major_faults;
    std::optional<std::int64_t> minor_faults;
    std::optional<std::int64_t> voluntary_switches;
    std::optional<std::int64_t> involuntary_switches;
    std::optional<std::int64_t> read_bytes;  ///< from the block layer
    std::optional<std::int64_t> written_bytes;
    std::optional<double> throttled_s;  ///< held back by the CPU quota of the cgroup around the runner

    /// By how much memory grows from one epoch to the next, and where that lies. The runner finds it in the
    /// samples and the events (run/growth).
    std::optional<double> growth_bytes_per_epoch;
    std::optional<double> growth_low_bytes_per_epoch;
    std::optional<double> growth_high_bytes_per_epoch;

    std::string memory_method;                      ///< how the peak was had: "wait4", "cgroup v2", …
    std::map<std::string, std::string> missing;     ///< column → why it is null
    std::map<std::string, std::string> unenforced;  ///< limit (`memory`, `pids`) → why nothing enforced it
    std::vector<Survivor> survivors;
    std::vector<std::string> leftovers;  ///< the programs of the first of `leftovers_killed`
    std::vector<std::string>
        lost_rights;  ///< set-user-ID programs and the like that got no rights, being traced
    bool cpu_time_is_low =
        false;  ///< children that the kernel reaped itself are not in it, and nobody saw them
    Surroundings surroundings;
    EnclosingKills enclosing;
    double supervision_cpu_s = 0;   ///< CPU time of the warden itself
    double supervision_hold_s = 0;  ///< time in which its reading may have held the run's memory maps
    std::vector<PhasePeak> phases;  ///< in order
};

/// One JSON object, indented, with a line end. Uses nothing but the standard library.
std::string to_json_text(const Measurement& measurement);

/// Throws std::invalid_argument when the text is not a measurement (cut short, a foreign file).
Measurement measurement_from_json_text(const std::string& text);

/// One line of samples.jsonl: the memory of the whole tree at one moment.
struct Sample {
    double t_s = 0;  ///< since the run started
    /// Resident, each page once, however many processes have it; absent where nobody counted then.
    std::optional<std::int64_t> rss_bytes{};
    std::optional<std::int64_t> processes{};  ///< absent where nobody looked at them then
    MemoryParts parts{};
    std::optional<std::int64_t> swap_bytes{};
    std::optional<std::int64_t> cache_bytes{};    ///< page cache of files charged to the run's cgroup
    std::optional<std::int64_t> charged_bytes{};  ///< all that is charged to it, `cache_bytes` included
    /// The sum of what the processes have resident: a page that several of them share is in it several times.
    std::optional<std::int64_t> rss_sum_bytes{};
};

/// With its line end.
std::string to_json_line(const Sample& sample);

/// Nothing where the line is not a sample (the last one may be cut short).
std::optional<Sample> sample_from_json_line(const std::string& line);

}  // namespace tidemark::protocol
