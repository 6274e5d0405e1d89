#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "run/disturbances.hpp"
#include "run/record.hpp"
#include "sql/connection.hpp"
#include "store/annotations.hpp"
#include "store/claims.hpp"

namespace tidemark::store {

/// A sweep and how its runs stand (their latest attempts).
struct SweepSummary {
    std::string sweep;
    std::int64_t runs = 0;
    std::int64_t ok = 0;
    std::int64_t failed = 0;  ///< any status but ok
    double wall_s = 0;        ///< of all runs together
    std::string last_started_at;
};
std::vector<SweepSummary> sweeps(sql::Connection& connection);

/// What is told of an attempt among others.
struct Attempt {
    std::string run_id;
    int repeat = 1;
    std::string status;
    bool latest = true;
    std::optional<std::int64_t> peak_rss_bytes;
    std::optional<double> wall_s;
    run::Disturbed disturbed{};
};

/// One stored attempt in full.
struct StoredRun {
    run::Record record;  ///< without its outcome, which is `status` and `reason`
    std::string status;
    std::string reason;
    bool latest = true;
    std::vector<std::pair<std::string, std::string>> provenance;  ///< of its invocation
    std::string command_line;                                     ///< of its invocation
    std::string file;                                             ///< the sweep file
    Annotations annotations;                                      ///< what people say of it
    std::vector<Attempt> attempts;  ///< of the same run: all repeats, this one among them
};

/// The runs that `text` may mean: a run_id or the beginning of one, or the name of a run (the latest attempts
/// of all sweeps); where it is none of them, the end of a run_id or the short form of names. Newest first, at
/// most `most`.
std::vector<std::string> find_run_ids(sql::Connection& connection, const std::string& text, int most);

/// The names of stored runs that have this short form (terminal/short_names).
std::vector<std::string> names_meant_by(sql::Connection& connection, const std::string& text);

StoredRun load_run(sql::Connection& connection, const std::string& run_id);

/// In order of time.
std::vector<protocol::Sample> samples_of(sql::Connection& connection, const std::string& run_id);

/// A `tidemark run` that has not ended, for `watch`.
struct RunningInvocation {
    std::string invocation_id;
    std::string sweep;
    std::string file;
    std::string started_at;
    ProcessIdentity process;
    std::int64_t planned = 0;
    std::int64_t ok = 0;
    std::int64_t failed = 0;
    std::vector<LiveClaim> runs;  ///< being made now
};
/// Those whose process is alive.
std::vector<RunningInvocation> running_invocations(sql::Connection& connection);

}  // namespace tidemark::store
