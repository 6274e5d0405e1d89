#include "store/sweep_ledger.hpp"

#include <algorithm>
#include <iterator>
#include <limits>
#include <set>

#include <fmt/format.h>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/regular_file.hpp"
#include "cluster/batch.hpp"
#include "run/cgroup_leftovers.hpp"
#include "run/left_files.hpp"
#include "run/leftover_processes.hpp"
#include "run/made_elsewhere.hpp"
#include "run/not_watched.hpp"
#include "store/claims.hpp"
#include "store/current_sets.hpp"
#include "store/write_record.hpp"

namespace tidemark::store {
namespace {

namespace fs = std::filesystem;

/// Its program can write into request.json, and nothing may be stored as another run.
bool is_of(const LiveClaim& claim, const protocol::Request& request) {
    // one that another runner has handed to a queue may have been taken over
    return request.run_id == claim.run_id && (claim.queue || request.invocation == claim.invocation) &&
           request.sweep == claim.sweep && request.run == claim.run && request.key == claim.key &&
           request.repeat == claim.repeat;
}

/// What an abandoned run left in its directory; nothing where it was claimed and not started yet. A run is
/// started when its whole request is written.
std::optional<run::Record> left_by(const LiveClaim& claim) {
    const run::RunDirectory abandoned{std::filesystem::path(claim.directory)};
    try {
        run::Record record = run::read_record(abandoned);
        if (!is_of(claim, record.request)) return std::nullopt;
        std::error_code error;
        const bool was_prevented = claim.queue && std::filesystem::exists(abandoned.prevented(), error);
        if (!was_prevented && !std::filesystem::exists(abandoned.measurement(), error)) {
            // the warden had no time to write one either: all that is known is that it did not finish
            record.outcome = run::Cancelled{"its runner was killed"};
            record.measurement.started_at = claim.started_at;
        }
        return record;
    } catch (const std::exception&) {
        return std::nullopt;  // what one directory holds keeps no other run from being made
    }
}

/// The run of a claim as its runner has handed it to a queue; nothing where its directory does not say.
std::optional<run::Launch> handed_over(const LiveClaim& claim) {
    const run::RunDirectory directory{std::filesystem::path(claim.directory)};
    const auto text = read_regular_file(directory.request());
    if (!text) return std::nullopt;
    try {
        const protocol::Request request = protocol::request_from_json_text(*text);
        if (!is_of(claim, request)) return std::nullopt;
        return run::Launch{request, directory.path(), {}, directory.run_dir()};
    } catch (const std::exception&) {
        return std::nullopt;
    }
}

/// Of a run that has ended on its node while no runner was there: who ended it, as far as its node knows.
void note_end_in_queue(const LiveClaim& claim) {
    const run::RunDirectory directory{std::filesystem::path(claim.directory)};
    const auto batch = cluster::Batch::of_run(directory.path());
    if (!batch || run::read_queue_end(directory) || !batch->was_signalled(claim.run_id)) return;
    run::write_queue_end(
        directory, {run::QueueCause::Cancelled, "its job was told to end while no tidemark waited for it"});
}

/// The batches of claims that were recovered, where no claim is left of any of their runs.
void remove_batches(sql::Connection& connection, std::set<fs::path> batches) {
    for (const LiveClaim& claim : claims(connection)) {
        if (!claim.queue) continue;
        if (const auto batch = cluster::Batch::of_run(claim.directory)) batches.erase(batch->folder());
    }
    for (const fs::path& folder : batches) {
        const cluster::Batch batch(folder);
        if (batch.is_over()) batch.remove();
    }
}

/// Within the caller's transaction. False: there was nothing that could be stored.
bool recover(sql::Connection& connection, const LiveClaim& claim) {
    delete_claim(connection, claim.run_id);
    const bool was_queued = is_queued(claim);
    const std::size_t ended = was_queued ? 0 : run::end_processes_of(claim.directory);
    if (was_queued) note_end_in_queue(claim);
    auto record = left_by(claim);
    if (!record) return false;
    run::settle_left_files(*record);
    if (ended > 0)
        record->warnings.push_back(
            fmt::format("{} {} alive when its runner was gone, and {} ended by the next one", ended,
                        ended == 1 ? "process was" : "processes were", ended == 1 ? "was" : "were"));
    if (!record->observation)
        record->observation =
            run::Observation{{}, {}, was_queued ? run::kMadeElsewhere : "their runner was killed"};
    write_record(connection, *record);
    return true;
}

}  // namespace

SweepLedger::SweepLedger(Database& database, const Invocation& invocation, bool fresh, CurrentSets* sets)
    : database_(database),
      invocation_id_(invocation.invocation_id),
      started_at_(utc_now()),
      fresh_(fresh),
      sets_(sets) {
    Invocation own = invocation;
    own.started_at = started_at_;
    own.process = this_process();
    made_by_ = to_json_text(own);
    try {
        sql::Transaction transaction(database_.connection());
        insert_invocation(database_.connection(), own);
        transaction.commit();
    } catch (const sql::SqlError& error) {
        cannot_go_on(database_.file(), error);
    }
    database_.require_in_place();
}

bool SweepLedger::is_done(const protocol::Request& request) {
    const auto row = database_.connection().reuse(
        "SELECT observed FROM runs WHERE sweep = ? AND cell = ? AND repeat = ? AND latest = 1 AND "
        "coalesce(declared_key, key) = ? AND status = 'ok' AND started_at >= ?");
    row->bind_all(std::string_view(request.sweep), std::string_view(request.cell), request.repeat,
                  std::string_view(request.key), std::string_view(fresh_ ? started_at_ : ""));
    if (!row->step()) return false;
    return sets_ == nullptr || row->is_null(0) || sets_->change(row->text(0)).empty();
}

run::Claim SweepLedger::claim(const protocol::Request& request, const std::filesystem::path& directory) {
    sql::Connection& connection = database_.connection();
    database_.require_in_place();
    try {
        sql::Transaction transaction(connection);
        if (const auto other = find_claim(connection, request)) {
            if (is_alive(*other)) return run::Claim::Elsewhere;
            recover(connection, *other);
        }
        const bool done = is_done(request);
        if (!done) insert_claim(connection, request, directory.native());
        transaction.commit();
        return done ? run::Claim::AlreadyDone : run::Claim::Granted;
    } catch (const sql::SqlError& error) {
        cannot_go_on(database_.file(), error);
    }
}

std::optional<run::Launch> SweepLedger::adopt(const protocol::Request& request) {
    sql::Connection& connection = database_.connection();
    try {
        sql::Transaction transaction(connection);
        const auto other = find_claim(connection, request);
        if (!other || !is_queued(*other) || !is_runner_gone(*other)) return std::nullopt;
        auto launch = handed_over(*other);
        if (!launch) return std::nullopt;
        take_over_claim(connection, other->run_id, invocation_id_);
        transaction.commit();
        launch->request.invocation = invocation_id_;  // which finds out what became of it
        return launch;
    } catch (const sql::SqlError& error) {
        cannot_go_on(database_.file(), error);
    }
}

void SweepLedger::record(const run::Record& record) {
    try {
        sql::Transaction transaction(database_.connection());
        if (record.measurement.started_at.empty()) {
            // no measurement was left: the claim was made right before the start
            const auto claim = find_claim(database_.connection(), record.request);
            run::Record dated = record;
            dated.measurement.started_at = claim ? claim->started_at : utc_now();
            write_record(database_.connection(), dated);
        } else {
            write_record(database_.connection(), record);
        }
        delete_claim(database_.connection(), record.request.run_id);
        transaction.commit();
    } catch (const sql::SqlError& error) {
        cannot_go_on(database_.file(), error);
    }
    database_.require_in_place();
}

void SweepLedger::plan_more(std::size_t runs) {
    try {
        database_.connection()
            .prepare("UPDATE invocations SET planned = planned + ? WHERE invocation_id = ?")
            .bind_all(static_cast<std::int64_t>(runs), std::string_view(invocation_id_))
            .run();
    } catch (const sql::SqlError& error) {
        cannot_go_on(database_.file(), error);
    }
}

void SweepLedger::finish() {
    try {
        const std::string now = utc_now();
        database_.connection()
            .prepare("UPDATE invocations SET finished_at = ? WHERE invocation_id = ?")
            .bind_all(std::string_view(now), std::string_view(invocation_id_))
            .run();
    } catch (const sql::SqlError& error) {
        cannot_go_on(database_.file(), error);
    }
    database_.require_in_place();
}

std::size_t recover_abandoned(Database& database, std::size_t* not_stored) {
    std::size_t count = 0;
    std::set<fs::path> batches;
    try {
        sql::Transaction transaction(database.connection());
        for (const LiveClaim& claim : claims(database.connection())) {
            if (is_alive(claim)) continue;
            if (const auto batch = claim.queue ? cluster::Batch::of_run(claim.directory) : std::nullopt)
                batches.insert(batch->folder());
            if (!recover(database.connection(), claim) && not_stored != nullptr) ++*not_stored;
            ++count;
        }
        transaction.commit();
        if (!batches.empty()) remove_batches(database.connection(), std::move(batches));
    } catch (const sql::SqlError& error) {
        cannot_go_on(database.file(), error);
    }
    if (count > 0) run::remove_stale_cgroups(warden::CgroupParents({}).all());
    return count;
}

DoneRuns::DoneRuns(sql::Connection& connection, const std::string& sweep, CurrentSets* sets) {
    sql::Statement rows = connection.prepare(
        "SELECT coalesce(declared_key, key), repeat, observed, unobserved FROM runs WHERE "
        "sweep = ? AND latest = 1 AND status = 'ok'");
    rows.bind_all(std::string_view(sweep));
    while (rows.step()) {
        Repeat repeat(rows.text(0), static_cast<int>(rows.integer(1)));
        const bool is_watched = !rows.is_null(2);
        if (sets != nullptr && is_watched) {
            if (const std::string& change = sets->change(rows.text(2)); !change.empty()) {
                changes_.emplace(std::move(repeat), change);
                continue;
            }
        }
        if (!is_watched || !rows.is_null(3)) {
            if (unobserved_++ == 0)
                why_unobserved_ = rows.is_null(3)
                                      ? "they were made by an earlier tidemark, or with `observe: false`"
                                      : rows.text(3);
        }
        done_.push_back(std::move(repeat));
    }
    std::ranges::sort(done_);
}

bool DoneRuns::contains(const std::string& key, int repeat) const {
    return std::ranges::binary_search(done_, Repeat(key, repeat));
}

int DoneRuns::last_repeat(const std::string& key) const {
    const auto beyond = std::ranges::upper_bound(done_, Repeat(key, std::numeric_limits<int>::max()));
    return beyond == done_.begin() || std::prev(beyond)->first != key ? 0 : std::prev(beyond)->second;
}

std::string DoneRuns::change(const std::string& key, int repeat) const {
    const auto found = changes_.find({key, repeat});
    return found == changes_.end() ? std::string() : found->second;
}

}  // namespace tidemark::store
