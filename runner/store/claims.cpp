#include "store/claims.hpp"

#include <chrono>
#include <filesystem>

#include <system_error>

#include "base/clock.hpp"
#include "base/folder.hpp"
#include "cluster/batch.hpp"

namespace tidemark::store {
namespace {

constexpr std::string_view kSelect =
    "SELECT c.sweep, c.key, c.repeat, c.run_id, c.run, c.directory, c.invocation_id, c.started_at, "
    "       i.host, i.boot_id, i.pid, i.pid_started, "
    "       EXISTS(SELECT 1 FROM provenance p WHERE p.invocation_id = c.invocation_id AND p.name = "
    "'launcher' "
    "              AND p.value = 'slurm') "
    "FROM claims c JOIN invocations i USING(invocation_id) ";

LiveClaim claim_from(const sql::Statement& row) {
    return {row.text(0),         row.text(1), static_cast<int>(row.integer(2)),
            row.text(3),         row.text(4), row.text(5),
            row.text(6),         row.text(7), {row.text(8), row.text(9), row.integer(10), row.integer(11)},
            row.integer(12) != 0};
}

/// The sampler's period is 1/500 of a run's age: this is enough for runs of five days.
constexpr std::chrono::minutes kLongestSilence{15};

/// A runner that waits for its queue says so each 15 seconds; the clocks of two machines may differ.
constexpr Seconds kLongestSilenceOfRunner{90};

/// Whether anything happened in the run's directory lately, or may have happened where we cannot see it.
bool shows_life(const LiveClaim& claim) {
    const std::filesystem::path directory(claim.directory);
    std::error_code error;
    if (!std::filesystem::exists(directory.parent_path(), error)) return true;
    if (!std::filesystem::exists(directory, error)) {
        return seconds_since(claim.started_at).value < std::chrono::duration<double>(kLongestSilence).count();
    }
    const auto now = std::filesystem::file_time_type::clock::now();
    bool was_written = false;
    error = for_each_entry(directory, [&](const std::filesystem::directory_entry& entry) {
        std::error_code gone;
        const auto written = entry.last_write_time(gone);
        was_written |= !gone && now - written < kLongestSilence;
    });
    return was_written || error;
}

}  // namespace

bool is_queued(const LiveClaim& claim) {
    return claim.queue && cluster::Batch::of_run(claim.directory).has_value();
}

bool is_pending(const LiveClaim& claim) {
    const auto batch = claim.queue ? cluster::Batch::of_run(claim.directory) : std::nullopt;
    return batch && !batch->has_begun(claim.run_id);
}

bool is_runner_gone(const LiveClaim& claim) {
    if (is_on_this_host(claim.process)) return !is_alive(claim.process);
    const auto batch = cluster::Batch::of_run(claim.directory);
    const auto silence = batch ? batch->silence_of_runner() : std::nullopt;
    return batch && (!silence || silence->value > kLongestSilenceOfRunner.value);
}

bool is_alive(const LiveClaim& claim) {
    if (is_queued(claim)) {
        const bool has_ended = cluster::Batch::of_run(claim.directory)->has_ended(claim.run_id);
        return !has_ended || !is_runner_gone(claim);
    }
    return is_on_this_host(claim.process) ? is_alive(claim.process) : shows_life(claim);
}

std::vector<LiveClaim> claims(sql::Connection& connection, std::string_view invocation) {
    sql::Statement rows = connection.prepare(
        std::string(kSelect) + "WHERE ?1 = '' OR c.invocation_id = ?1 ORDER BY c.started_at, c.run_id");
    rows.bind(0, invocation);
    std::vector<LiveClaim> out;
    while (rows.step()) out.push_back(claim_from(rows));
    return out;
}

std::optional<LiveClaim> find_claim(sql::Connection& connection, const protocol::Request& request) {
    const auto row =
        connection.reuse(std::string(kSelect) + "WHERE c.sweep = ? AND c.key = ? AND c.repeat = ?");
    row->bind_all(std::string_view(request.sweep), std::string_view(request.key), request.repeat);
    if (!row->step()) return std::nullopt;
    return claim_from(*row);
}

void insert_claim(sql::Connection& connection, const protocol::Request& request, std::string_view directory) {
    const std::string now = utc_now();
    connection.reuse("INSERT OR REPLACE INTO claims VALUES(?, ?, ?, ?, ?, ?, ?, ?)")
        ->bind_all(std::string_view(request.sweep), std::string_view(request.key), request.repeat,
                   std::string_view(request.run_id), std::string_view(request.run), directory,
                   std::string_view(request.invocation), std::string_view(now))
        .run();
}

void take_over_claim(sql::Connection& connection, std::string_view run_id, std::string_view invocation) {
    connection.reuse("UPDATE claims SET invocation_id = ? WHERE run_id = ?")
        ->bind_all(invocation, run_id)
        .run();
}

void delete_claim(sql::Connection& connection, std::string_view run_id) {
    connection.reuse("DELETE FROM claims WHERE run_id = ?")->bind_all(run_id).run();
}

}  // namespace tidemark::store
