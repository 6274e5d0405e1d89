#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/interval.hpp"
#include "base/units.hpp"
#include "protocol/status.hpp"
#include "report/table.hpp"

namespace tidemark::tables {

/// How a run went under a memory limit.
struct LimitProbe {
    std::string run_id;
    std::optional<Bytes> limit;  ///< none: it was made without one
    protocol::Status status = protocol::Status::Ok;
    std::string reason;  ///< of the status
    std::optional<Seconds> wall;
    std::optional<Bytes> charged;              ///< the most that its cgroup was charged for
    std::optional<Bytes> cache;                ///< the most of it that was page cache, as far as seen
    std::optional<std::int64_t> major_faults;  ///< pages that had to be read again, or for the first time
    std::optional<std::int64_t> swapped_out_bytes;  ///< nothing where the kernel does not tell

    bool ended_well() const { return status == protocol::Status::Ok; }
};

/// What a search for the smallest memory limit has found.
struct FittedLimit {
    std::vector<LimitProbe> probes;  ///< in the order in which they were made; those without a limit first
    Interval need;                   ///< where the mean need lies, in bytes
    Bytes recommended;
    bool is_known = false;  ///< as closely as wanted
};

/// Limit against outcome, time and page faults: from the largest limit to the smallest.
report::Table limit_table(const FittedLimit& found);

/// The same for machines, as one table: a row for each probe, and one of `kind` `need` and `recommended`.
report::Table limit_table_for_machines(const FittedLimit& found);

/// What follows from it, in sentences: the need, the recommendation with its head-room, what it costs.
std::vector<std::string> limit_sentences(const FittedLimit& found);

/// The recommended limit as it is written elsewhere: for a sweep file, Docker, Kubernetes and Slurm.
report::Table limit_spellings(const FittedLimit& found);

}  // namespace tidemark::tables
