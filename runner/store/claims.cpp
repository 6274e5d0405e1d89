#include "store/claims.hpp"

#include <chrono>
#include <filesystem>

#include <system_error>

#include "base/clock.hpp"
#include "base/folder.hpp"

namespace tidemark::store {
namespace {

constexpr std::string_view kSelect =
    "SELECT c.sweep, c.key, c.repeat, c.run_id, c.run, c.directory, c.invocation_id, c.started_at, "
    "       i.host, i.boot_id, i.pid, i.pid_started FROM claims c JOIN invocations i USING(invocation_id) ";

LiveClaim claim_from(const sql::Statement& row) {
    return {row.text(0), row.text(1), static_cast<int>(row.integer(2)),
            row.text(3), row.text(4), row.text(5),
            row.text(6), row.text(7), {row.text(8), row.text(9), row.integer(10), row.integer(11)}};
}

/// The sampler's period is 1/500 of a run's age: this is enough for runs of five days.
constexpr std::chrono::minutes kLongestSilence{15};

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

bool is_alive(const LiveClaim& claim) {
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

void delete_claim(sql::Connection& connection, std::string_view run_id) {
    connection.reuse("DELETE FROM claims WHERE run_id = ?")->bind_all(run_id).run();
}

}  // namespace tidemark::store
