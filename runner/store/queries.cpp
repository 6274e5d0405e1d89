#include "store/queries.hpp"

#include <algorithm>
#include <limits>
#include <stdexcept>

#include <fmt/format.h>

#include "protocol/result_columns.hpp"
#include "store/column_registry.hpp"
#include "store/disturbed_attempts.hpp"
#include "store/stored_request.hpp"
#include "terminal/short_names.hpp"

namespace tidemark::store {
namespace {

std::optional<std::int64_t> optional_integer(const sql::Statement& row, int column) {
    return row.is_null(column) ? std::nullopt : std::optional(row.integer(column));
}

std::optional<double> optional_real(const sql::Statement& row, int column) {
    return row.is_null(column) ? std::nullopt : std::optional(row.real(column));
}

void load_details(sql::Connection& connection, const std::string& run_id, StoredRun& stored) {
    const std::string_view id = run_id;
    sql::Statement metric =
        connection.prepare("SELECT name, value, epoch FROM main.metrics WHERE run_id = ? ORDER BY rowid");
    metric.bind_all(id);
    while (metric.step()) {
        // SQLite has no NaN: it keeps it as null
        const double value = optional_real(metric, 1).value_or(std::numeric_limits<double>::quiet_NaN());
        stored.record.metrics.push_back({metric.text(0), value, optional_integer(metric, 2)});
        stored.record.final_metrics[metric.text(0)] = value;
    }
    sql::Statement fact = connection.prepare("SELECT name, value FROM main.facts WHERE run_id = ?");
    fact.bind_all(id);
    while (fact.step()) stored.record.facts[fact.text(0)] = fact.text(1);
    sql::Statement phase = connection.prepare(
        "SELECT name, start_s, wall_s, peak_sample_bytes, peak_rss_bytes, peak_rss_low_bytes, "
        "peak_rss_high_bytes "
        "FROM main.phases WHERE run_id = ? ORDER BY rowid");
    phase.bind_all(id);
    while (phase.step()) {
        stored.record.phases.push_back({phase.text(0), Seconds{phase.real(1)}, Seconds{phase.real(2)},
                                        optional_integer(phase, 3), optional_integer(phase, 4),
                                        optional_integer(phase, 5), optional_integer(phase, 6)});
    }
    sql::Statement epoch = connection.prepare(
        "SELECT epoch, start_s, wall_s, largest_sample_bytes, memory FROM main.epochs WHERE run_id = ? "
        "ORDER BY epoch");
    epoch.bind_all(id);
    while (epoch.step()) {
        stored.record.epochs.push_back({epoch.integer(0), Seconds{epoch.real(1)}, Seconds{epoch.real(2)},
                                        optional_integer(epoch, 3), epoch.text(4)});
    }
    stored.record.samples = samples_of(connection, run_id);
    sql::Statement missing =
        connection.prepare("SELECT \"column\", reason FROM main.missing WHERE run_id = ?");
    missing.bind_all(id);
    while (missing.step()) stored.record.measurement.missing[missing.text(0)] = missing.text(1);
    sql::Statement warning = connection.prepare("SELECT text FROM main.warnings WHERE run_id = ?");
    warning.bind_all(id);
    while (warning.step()) stored.record.warnings.push_back(warning.text(0));
}

void load_attempts(sql::Connection& connection, StoredRun& stored) {
    sql::Statement rows = connection.prepare(
        "SELECT run_id, repeat, status, latest, peak_rss_bytes, wall_s FROM main.runs "
        "WHERE run = ? AND sweep = ? AND cell = ? ORDER BY repeat, started_at, rowid");
    const protocol::Request& request = stored.record.request;
    rows.bind_all(std::string_view(request.run), std::string_view(request.sweep),
                  std::string_view(request.cell));
    while (rows.step()) {
        stored.attempts.push_back({rows.text(0), static_cast<int>(rows.integer(1)), rows.text(2),
                                   rows.integer(3) != 0, optional_integer(rows, 4), optional_real(rows, 5),
                                   disturbed_figures(connection, rows.text(0))});
    }
}

void load_invocation(sql::Connection& connection, StoredRun& stored) {
    const std::string_view id = stored.record.request.invocation;
    sql::Statement row =
        connection.prepare("SELECT command_line, file FROM main.invocations WHERE invocation_id = ?");
    row.bind_all(id);
    if (row.step()) {
        stored.command_line = row.text(0);
        stored.file = row.text(1);
    }
    sql::Statement fact =
        connection.prepare("SELECT name, value FROM main.provenance WHERE invocation_id = ? ORDER BY name");
    fact.bind_all(id);
    while (fact.step()) stored.provenance.emplace_back(fact.text(0), to_text(fact.value(1)));
}

}  // namespace

std::vector<SweepSummary> sweeps(sql::Connection& connection) {
    sql::Statement rows = connection.prepare(
        // grouped in the order of the index runs_summary, which holds all that is asked for
        "WITH counts AS (SELECT sweep, status, count(*) AS n, sum(wall_s) AS wall_s, max(started_at) AS last "
        "FROM runs WHERE latest = 1 GROUP BY sweep, status) "
        "SELECT sweep, sum(n), sum(iif(status = 'ok', n, 0)), sum(iif(status = 'ok', 0, n)), sum(wall_s), "
        "max(last) FROM counts GROUP BY sweep ORDER BY max(last) DESC, sweep");
    std::vector<SweepSummary> out;
    while (rows.step()) {
        out.push_back(
            {rows.text(0), rows.integer(1), rows.integer(2), rows.integer(3), rows.real(4), rows.text(5)});
    }
    return out;
}

namespace {

/// What stands behind the second of an id is chance: tables show the end of it.
bool is_ending_of_id(const std::string& text) {
    constexpr std::size_t kShortest = 4;
    constexpr std::size_t kChance = 12;
    return text.size() >= kShortest && text.size() <= kChance &&
           text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

std::vector<std::string> ids_that_end_with(sql::Connection& connection, const std::string& text, int most) {
    sql::Statement rows = connection.prepare(
        "SELECT run_id FROM runs WHERE substr(run_id, -length(?1)) = ?1 ORDER BY started_at DESC, rowid DESC "
        "LIMIT ?2");
    rows.bind_all(std::string_view(text), most);
    std::vector<std::string> out;
    while (rows.step()) out.push_back(rows.text(0));
    return out;
}

std::vector<std::string> ids_of_short_name(sql::Connection& connection, const std::string& text, int most) {
    std::vector<std::string> out;
    for (const std::string& name : names_meant_by(connection, text)) {
        sql::Statement rows = connection.prepare(
            "SELECT run_id FROM runs WHERE run = ? AND latest = 1 ORDER BY started_at DESC, rowid DESC LIMIT "
            "?");
        rows.bind_all(std::string_view(name), most);
        while (rows.step()) out.push_back(rows.text(0));
    }
    if (out.size() > static_cast<std::size_t>(most)) out.resize(static_cast<std::size_t>(most));
    return out;
}

}  // namespace

std::vector<std::string> find_run_ids(sql::Connection& connection, const std::string& text, int most) {
    // an id begins with the second in which it was made, and goes on by chance; in a second there are fewer
    constexpr int kMostOfASecond = 1000;
    sql::Statement rows = connection.prepare(
        "SELECT run_id FROM runs WHERE run_id = ?1 UNION ALL "
        "SELECT * FROM (SELECT run_id FROM runs WHERE run = ?1 AND latest = 1 AND run_id <> ?1 ORDER BY "
        "started_at DESC, rowid DESC LIMIT ?2) "
        "UNION ALL SELECT * FROM (SELECT run_id FROM (SELECT run_id, started_at, rowid AS place FROM runs "
        "WHERE run_id > ?1 AND run_id < ?1 || x'7f' AND ?1 <> '' ORDER BY run_id DESC LIMIT ?3) "
        "ORDER BY started_at DESC, place DESC LIMIT ?2)");
    rows.bind_all(std::string_view(text), most, std::max(most, kMostOfASecond));
    std::vector<std::string> out;
    while (rows.step() && out.size() < static_cast<std::size_t>(most)) out.push_back(rows.text(0));
    if (out.empty() && is_ending_of_id(text)) out = ids_that_end_with(connection, text, most);
    return out.empty() ? ids_of_short_name(connection, text, most) : out;
}

std::vector<std::string> names_meant_by(sql::Connection& connection, const std::string& text) {
    std::vector<std::string> names;
    sql::Statement rows = connection.prepare("SELECT DISTINCT run FROM runs WHERE latest = 1");
    while (rows.step()) {
        if (terminal::is_short_name_of(text, rows.text(0))) names.push_back(rows.text(0));
    }
    return names;
}

std::vector<protocol::Sample> samples_of(sql::Connection& connection, const std::string& run_id) {
    const auto row = connection.reuse(
        "SELECT t_s, rss_bytes, processes, anonymous_bytes, shared_bytes, file_bytes, swap_bytes, "
        "cache_bytes, charged_bytes, rss_sum_bytes FROM main.samples WHERE run_id = ? ORDER BY t_s");
    row->bind_all(std::string_view(run_id));
    std::vector<protocol::Sample> samples;
    while (row->step()) {
        samples.push_back({row->real(0),
                           optional_integer(*row, 1),
                           optional_integer(*row, 2),
                           {optional_integer(*row, 3), optional_integer(*row, 4), optional_integer(*row, 5)},
                           optional_integer(*row, 6),
                           optional_integer(*row, 7),
                           optional_integer(*row, 8),
                           optional_integer(*row, 9)});
    }
    return samples;
}

StoredRun load_run(sql::Connection& connection, const std::string& run_id) {
    sql::Statement row = connection.prepare(
        "SELECT status, reason, latest, directory, request, measurement FROM main.runs WHERE run_id = ?");
    row.bind_all(std::string_view(run_id));
    if (!row.step()) throw std::invalid_argument("no such run: " + run_id);
    StoredRun stored;
    stored.status = row.text(0);
    stored.reason = row.text(1);
    stored.latest = row.integer(2) != 0;
    stored.record.directory = row.text(3);
    stored.record.request = stored_request(run_id, row.text(4));
    stored.record.measurement = stored_measurement(run_id, row.text(5));
    // a database that has not been written to since has no such column
    const std::string last_words = ColumnRegistry(connection).fixed_expression(protocol::kLastWords);
    sql::Statement words =
        connection.prepare(fmt::format("SELECT {} FROM main.runs WHERE run_id = ?", last_words));
    words.bind_all(std::string_view(run_id));
    if (words.step()) stored.record.last_words = words.text(0);
    stored.annotations = annotations_of(connection, run_id);
    load_details(connection, run_id, stored);
    load_attempts(connection, stored);
    load_invocation(connection, stored);
    return stored;
}

std::vector<RunningInvocation> running_invocations(sql::Connection& connection) {
    sql::Statement rows = connection.prepare(
        "SELECT i.invocation_id, i.sweep, i.file, i.started_at, i.host, i.boot_id, i.pid, i.pid_started, "
        "i.planned, "
        "(SELECT count(*) FROM runs r WHERE r.invocation_id = i.invocation_id AND r.status = 'ok'), "
        "(SELECT count(*) FROM runs r WHERE r.invocation_id = i.invocation_id AND r.status <> 'ok') "
        "FROM invocations i WHERE i.finished_at IS NULL ORDER BY i.started_at, i.invocation_id");
    std::vector<RunningInvocation> out;
    while (rows.step()) {
        RunningInvocation invocation{rows.text(0),
                                     rows.text(1),
                                     rows.text(2),
                                     rows.text(3),
                                     {rows.text(4), rows.text(5), rows.integer(6), rows.integer(7)},
                                     rows.integer(8),
                                     rows.integer(9),
                                     rows.integer(10),
                                     {}};
        invocation.runs = claims(connection, invocation.invocation_id);
        const bool alive = (is_on_this_host(invocation.process) && is_alive(invocation.process)) ||
                           std::ranges::any_of(invocation.runs, [&](const LiveClaim& run) {
                               return (run.queue || !is_on_this_host(invocation.process)) && is_alive(run);
                           });
        if (!alive) continue;
        out.push_back(std::move(invocation));
    }
    return out;
}

}  // namespace tidemark::store
