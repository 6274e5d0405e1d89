#include "protocol/database_schema.hpp"

#include <algorithm>
#include <array>

namespace tidemark::protocol {
namespace {

// `runs` is the wide table: its fixed columns stand here, the parameters (p_NAME) and final metrics (m_NAME)
// are added when first seen and registered in `columns`. `latest` marks the attempts that `results` shows.
// Not to be changed: add a step.
constexpr std::string_view kVersion1 = R"sql(
CREATE TABLE invocations(
    invocation_id TEXT PRIMARY KEY,
    sweep TEXT NOT NULL,
    description TEXT NOT NULL,
    file TEXT NOT NULL,
    command_line TEXT NOT NULL,
    working_directory TEXT NOT NULL,
    started_at TEXT NOT NULL,
    finished_at TEXT,
    planned INTEGER NOT NULL,
    host TEXT NOT NULL,
    boot_id TEXT NOT NULL,
    pid INTEGER NOT NULL,
    pid_started INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE provenance(
    invocation_id TEXT NOT NULL REFERENCES invocations,
    name TEXT NOT NULL,
    value,
    PRIMARY KEY(invocation_id, name)
) WITHOUT ROWID;

CREATE TABLE runs(
    run_id TEXT PRIMARY KEY,
    sweep TEXT NOT NULL,
    run TEXT NOT NULL,
    cell TEXT NOT NULL,
    key TEXT NOT NULL,
    repeat INTEGER NOT NULL,
    status TEXT NOT NULL,
    reason TEXT NOT NULL,
    exit_code INTEGER,
    signal INTEGER,
    started_at TEXT NOT NULL,
    wall_s REAL,
    user_s REAL,
    system_s REAL,
    initial_rss_bytes INTEGER,
    final_rss_bytes INTEGER,
    peak_rss_bytes INTEGER,
    peak_rss_low_bytes INTEGER,
    peak_rss_high_bytes INTEGER,
    peak_cgroup_bytes INTEGER,
    peak_swap_bytes INTEGER,
    major_faults INTEGER,
    memory_method TEXT,
    latest INTEGER NOT NULL DEFAULT 1,
    invocation_id TEXT NOT NULL,
    workload TEXT NOT NULL,
    directory TEXT NOT NULL,
    request TEXT NOT NULL,
    measurement TEXT NOT NULL
);
CREATE UNIQUE INDEX runs_latest ON runs(sweep, cell, repeat) WHERE latest = 1;
CREATE INDEX runs_invocation ON runs(invocation_id);
CREATE INDEX runs_name ON runs(run);

CREATE TABLE columns(
    name TEXT PRIMARY KEY,
    kind TEXT NOT NULL CHECK(kind IN ('parameter', 'metric'))
);

CREATE TABLE metrics(run_id TEXT NOT NULL, name TEXT NOT NULL, epoch INTEGER, value REAL);
CREATE INDEX metrics_run ON metrics(run_id, name, epoch);
CREATE TABLE facts(run_id TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY(run_id, name)) WITHOUT ROWID;
CREATE TABLE phases(run_id TEXT NOT NULL, name TEXT NOT NULL, start_s REAL, wall_s REAL, peak_sample_bytes INTEGER);
CREATE INDEX phases_run ON phases(run_id);
CREATE TABLE samples(run_id TEXT NOT NULL, t_s REAL NOT NULL, rss_bytes INTEGER, processes INTEGER);
CREATE INDEX samples_run ON samples(run_id, t_s);
CREATE TABLE missing(run_id TEXT NOT NULL, "column" TEXT NOT NULL, reason TEXT NOT NULL, PRIMARY KEY(run_id, "column"))
    WITHOUT ROWID;
CREATE TABLE warnings(run_id TEXT NOT NULL, text TEXT NOT NULL);
CREATE INDEX warnings_run ON warnings(run_id);

CREATE TABLE claims(
    sweep TEXT NOT NULL,
    key TEXT NOT NULL,
    repeat INTEGER NOT NULL,
    run_id TEXT NOT NULL,
    run TEXT NOT NULL,
    directory TEXT NOT NULL,
    invocation_id TEXT NOT NULL,
    started_at TEXT NOT NULL,
    PRIMARY KEY(sweep, key, repeat)
) WITHOUT ROWID;
)sql";

/// Peaks of phases that programs announce.
constexpr std::string_view kVersion2 = R"sql(
ALTER TABLE phases ADD COLUMN peak_rss_bytes INTEGER;
ALTER TABLE phases ADD COLUMN peak_rss_low_bytes INTEGER;
ALTER TABLE phases ADD COLUMN peak_rss_high_bytes INTEGER;
)sql";

/// The parts of the peak, what disturbed a run, and what its processes did. The views are made anew.
constexpr std::string_view kVersion3 = R"sql(
ALTER TABLE runs ADD COLUMN peak_anonymous_bytes INTEGER;
ALTER TABLE runs ADD COLUMN peak_shared_bytes INTEGER;
ALTER TABLE runs ADD COLUMN peak_file_bytes INTEGER;
ALTER TABLE runs ADD COLUMN peak_cache_bytes INTEGER;
ALTER TABLE runs ADD COLUMN memory_limit_reached INTEGER;
ALTER TABLE runs ADD COLUMN minor_faults INTEGER;
ALTER TABLE runs ADD COLUMN voluntary_switches INTEGER;
ALTER TABLE runs ADD COLUMN involuntary_switches INTEGER;
ALTER TABLE runs ADD COLUMN read_bytes INTEGER;
ALTER TABLE runs ADD COLUMN written_bytes INTEGER;
ALTER TABLE runs ADD COLUMN swapped_in_bytes INTEGER;
ALTER TABLE runs ADD COLUMN swapped_out_bytes INTEGER;
ALTER TABLE runs ADD COLUMN memory_stall_s REAL;
ALTER TABLE runs ADD COLUMN throttled_s REAL;
ALTER TABLE samples ADD COLUMN anonymous_bytes INTEGER;
ALTER TABLE samples ADD COLUMN shared_bytes INTEGER;
ALTER TABLE samples ADD COLUMN file_bytes INTEGER;
ALTER TABLE samples ADD COLUMN swap_bytes INTEGER;
ALTER TABLE samples ADD COLUMN cache_bytes INTEGER;
DROP VIEW IF EXISTS results;
DROP VIEW IF EXISTS attempts;
)sql";

/// Baselines: names for sets of attempts.
constexpr std::string_view kVersion4 = R"sql(
CREATE TABLE baseline_runs(
    baseline TEXT NOT NULL,
    sweep TEXT NOT NULL,
    run_id TEXT NOT NULL REFERENCES runs,
    saved_at TEXT NOT NULL,
    PRIMARY KEY(baseline, sweep, run_id)
) WITHOUT ROWID;

-- what `tidemark list` sums up, without a look at the rows themselves
CREATE INDEX runs_summary ON runs(sweep, status, wall_s, started_at) WHERE latest = 1;
)sql";

/// What a tree holds where its pages were not counted; and the epochs that programs tell. `memory` says what
/// the largest sample of an epoch is of, `resident`, `charged` or `sum` (protocol/tree_memory).
constexpr std::string_view kVersion5 = R"sql(
ALTER TABLE samples ADD COLUMN charged_bytes INTEGER;
ALTER TABLE samples ADD COLUMN rss_sum_bytes INTEGER;
CREATE TABLE epochs(run_id TEXT NOT NULL, epoch INTEGER NOT NULL, start_s REAL, wall_s REAL,
    largest_sample_bytes INTEGER, memory TEXT);
CREATE INDEX epochs_run ON epochs(run_id, epoch);
)sql";

/// What runs read below the folder of their sweep. Runs that read the same share a set, and sets share files.
constexpr std::string_view kVersion6 = R"sql(
CREATE TABLE observed_files(
    file INTEGER PRIMARY KEY,
    path TEXT NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    size INTEGER NOT NULL,
    changed_ns INTEGER NOT NULL,
    UNIQUE(path, kind, state)
);
CREATE TABLE observed_sets(number INTEGER PRIMARY KEY, observed TEXT NOT NULL UNIQUE);
CREATE TABLE observed_members(
    number INTEGER NOT NULL REFERENCES observed_sets,
    file INTEGER NOT NULL REFERENCES observed_files,
    PRIMARY KEY(number, file)
) WITHOUT ROWID;
-- what runs of the sweep wrote there
CREATE TABLE observed_outputs(sweep TEXT NOT NULL, path TEXT NOT NULL, PRIMARY KEY(sweep, path)) WITHOUT ROWID;

-- the key without what was read; null where that is the key
ALTER TABLE runs ADD COLUMN declared_key TEXT;
-- of observed_sets; null where nothing was watched
ALTER TABLE runs ADD COLUMN observed TEXT;
-- why it is not known of all that was read; null where it is, and of runs that an earlier version made
ALTER TABLE runs ADD COLUMN unobserved TEXT;
CREATE INDEX runs_observed ON runs(sweep, observed) WHERE latest = 1 AND observed IS NOT NULL;
)sql";

constexpr std::array kSteps{kVersion1, kVersion2, kVersion3, kVersion4, kVersion5, kVersion6};

constexpr std::string_view kAlter = "ALTER TABLE ";
constexpr std::string_view kAdd = " ADD COLUMN ";

/// Puts the column that `ALTER TABLE runs ADD COLUMN name TYPE;` adds into the statement that makes the
/// table. None that gets columns later has a constraint behind its columns.
void add_column(std::string& schema, std::string_view line) {
    const std::size_t add = line.find(kAdd);
    const std::string begin =
        "CREATE TABLE " + std::string(line.substr(kAlter.size(), add - kAlter.size())) + "(";
    const std::string_view column = line.substr(add + kAdd.size());
    std::size_t at = schema.find(begin) + begin.size();
    for (int depth = 1; at < schema.size(); ++at) {
        depth += schema[at] == '(' ? 1 : schema[at] == ')' ? -1 : 0;
        if (depth == 0) break;
    }
    schema.insert(at, ", " + std::string(column.substr(0, column.find(';'))));
}

}  // namespace

std::span<const std::string_view> schema_steps() {
    return kSteps;
}

std::string schema_at_once(std::size_t steps) {
    std::string schema;
    for (std::string_view step : schema_steps().first(steps)) {
        while (!step.empty()) {
            const std::size_t end = std::min(step.find('\n'), step.size() - 1) + 1;
            const std::string_view line = step.substr(0, end);
            if (line.starts_with(kAlter))
                add_column(schema, line);
            else
                schema += line;
            step.remove_prefix(end);
        }
    }
    return schema;
}

}  // namespace tidemark::protocol
