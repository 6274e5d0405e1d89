#include <array>
#include <chrono>
#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/files.hpp"
#include "store/claims.hpp"
#include "support/workspace.hpp"
#include "unit/store/example_runs.hpp"

namespace tidemark::store {
namespace {

namespace fs = std::filesystem;
using run::Claim;
using testing::ElementsAre;
using testing::IsEmpty;

class LedgerTest : public testing::Test {
  protected:
    SweepLedger ledger(const std::string& invocation = "invocation-1", bool fresh = false) {
        return {database_, example_invocation(invocation), fresh};
    }
    fs::path directory_of(const protocol::Request& request) {
        return database_.runs_folder() / request.run_id;
    }
    Claim claim(SweepLedger& ledger, const protocol::Request& request) {
        return ledger.claim(request, directory_of(request));
    }
    std::vector<std::string> rows(const std::string& sql) { return rows_of(database_.connection(), sql); }

    /// A runner of its own process that claims this run and is gone before it ends.
    void claim_and_die(const protocol::Request& request) {
        const pid_t child = fork();
        if (child == 0) {
            Database own = Database::open_or_create(file_);
            SweepLedger lost(own, example_invocation(request.invocation), false);
            const Claim answer = lost.claim(request, directory_of(request));
            _exit(answer == Claim::Granted ? 0 : 1);
        }
        int status = 0;
        waitpid(child, &status, 0);
        ASSERT_EQ(status, 0);
    }

    test::Workspace workspace_;
    const fs::path file_ = workspace_ / "tidemark.db";
    Database database_ = Database::open_or_create(file_);
};

/// Of another invocation than ledger().
protocol::Request lost_request() {
    protocol::Request request = example_request("small");
    request.invocation = "invocation-lost";
    return request;
}

run::Record just_now(const protocol::Request& request) {
    run::Record record = example_record(request);
    record.measurement.started_at = utc_now();
    return record;
}

TEST_F(LedgerTest, ARunIsGrantedOnceAndDoneWhenItIsRecorded) {
    SweepLedger first = ledger();
    const protocol::Request request = example_request("small");
    EXPECT_EQ(claim(first, request), Claim::Granted);
    EXPECT_THAT(rows("SELECT sweep, key, repeat, run_id, run, invocation_id FROM claims"),
                ElementsAre("sizes | key-of-small | 1 | id-small-1 | small | invocation-1"));
    first.record(example_record(request));
    EXPECT_THAT(rows("SELECT * FROM claims"), IsEmpty());

    SweepLedger second = ledger("invocation-2");
    EXPECT_EQ(claim(second, request), Claim::AlreadyDone);
    EXPECT_THAT(rows("SELECT * FROM claims"), IsEmpty());
}

TEST_F(LedgerTest, WhatAnotherLivingRunnerIsAtIsElsewhere) {
    SweepLedger first = ledger();
    Database other_database = Database::open_or_create(file_);
    SweepLedger other(other_database, example_invocation("invocation-2"), false);
    const protocol::Request request = example_request("small");
    protocol::Request again = request;
    again.run_id = "id-of-the-other";
    EXPECT_EQ(claim(first, request), Claim::Granted);
    EXPECT_EQ(claim(other, again), Claim::Elsewhere);
    first.record(example_record(request));
    EXPECT_EQ(claim(other, again), Claim::AlreadyDone);
}

TEST_F(LedgerTest, AFailedRunIsDoneAgain) {
    SweepLedger first = ledger();
    run::Record failed = example_record(example_request("small"));
    failed.outcome = run::Exited{1};
    EXPECT_EQ(claim(first, failed.request), Claim::Granted);
    first.record(failed);
    protocol::Request again = failed.request;
    again.run_id = "id-again";
    EXPECT_EQ(claim(first, again), Claim::Granted);
}

TEST_F(LedgerTest, AnotherRepeatAnotherKeyAndAnotherSweepAreOtherRuns) {
    SweepLedger first = ledger();
    const protocol::Request request = example_request("small");
    first.record(example_record(request));
    protocol::Request changed = request;
    changed.run_id = "id-changed";
    changed.key = "key-of-the-changed-program";
    protocol::Request elsewhere = request;
    elsewhere.run_id = "id-elsewhere";
    elsewhere.sweep = "another sweep";
    EXPECT_EQ(claim(first, example_request("small", 2)), Claim::Granted);
    EXPECT_EQ(claim(first, changed), Claim::Granted);
    EXPECT_EQ(claim(first, elsewhere), Claim::Granted);
    EXPECT_EQ(claim(first, request), Claim::AlreadyDone);
}

TEST_F(LedgerTest, OnlyTheLatestAttemptOfACellCounts) {
    SweepLedger first = ledger();
    const protocol::Request request = example_request("small");
    first.record(example_record(request));
    run::Record changed = example_record(request);
    changed.request.run_id = "id-changed";
    changed.request.key = "key-of-the-changed-program";
    first.record(changed);
    EXPECT_EQ(claim(first, request), Claim::Granted);
}

TEST_F(LedgerTest, AFreshOneDoesAllAgainButItsOwnRunsNotTwice) {
    const protocol::Request request = example_request("small");
    SweepLedger first = ledger();
    first.record(example_record(request));
    SweepLedger fresh = ledger("invocation-2", true);
    protocol::Request again = request;
    again.run_id = "id-again";
    EXPECT_EQ(claim(fresh, again), Claim::Granted);
    fresh.record(just_now(again));
    EXPECT_EQ(claim(fresh, request), Claim::AlreadyDone);
}

TEST_F(LedgerTest, ItsInvocationIsStoredWithItsProvenance) {
    SweepLedger first = ledger();
    EXPECT_THAT(
        rows("SELECT invocation_id, sweep, description, file, command_line, working_directory, planned, "
             "finished_at FROM invocations"),
        ElementsAre("invocation-1 | sizes | One size and another | /home/ada/sizes/sizes.yaml | "
                    "tidemark run sizes.yaml | /home/ada/sizes | 2 | null"));
    EXPECT_THAT(rows("SELECT name, value FROM provenance ORDER BY name"),
                ElementsAre("cores | 2", "kernel | 6.1.0"));
    first.finish();
    EXPECT_THAT(rows("SELECT count(*) FROM invocations WHERE finished_at >= started_at"), ElementsAre("1"));
}

TEST_F(LedgerTest, ALostRunThatHadEndedKeepsItsRealOutcome) {
    const protocol::Request request = lost_request();
    const run::RunDirectory directory = run::RunDirectory::create(database_.runs_folder(), request);
    protocol::Measurement measurement = example_record(request).measurement;
    write_file(directory.measurement(), protocol::to_json_text(measurement));
    write_file(directory.events(), "{\"event\":\"metric\",\"name\":\"accuracy\",\"value\":0.5}\n");
    claim_and_die(request);
    EXPECT_EQ(recover_abandoned(database_), 1U);
    EXPECT_THAT(rows("SELECT run_id, status, wall_s, accuracy FROM results"),
                ElementsAre("id-small-1 | ok | 2.5 | 0.5"));
    EXPECT_THAT(rows("SELECT * FROM claims"), IsEmpty());
    EXPECT_EQ(recover_abandoned(database_), 0U);
}

TEST_F(LedgerTest, ALostRunThatHadNotEndedIsCancelled) {
    const protocol::Request request = lost_request();
    run::RunDirectory::create(database_.runs_folder(), request);
    claim_and_die(request);
    const std::string claimed_at = rows("SELECT started_at FROM claims").front();
    EXPECT_EQ(recover_abandoned(database_), 1U);
    EXPECT_THAT(
        rows("SELECT run_id, status, reason, started_at, wall_s, peak_rss_bytes FROM results"),
        ElementsAre("id-small-1 | cancelled | its runner was killed | " + claimed_at + " | null | null"));
    EXPECT_THAT(rows("SELECT reason FROM missing WHERE \"column\" = 'peak_rss_bytes'"),
                ElementsAre("the warden ended before it could write one"));
}

TEST_F(LedgerTest, ALostClaimOfWhichNothingWasStartedIsDropped) {
    claim_and_die(lost_request());
    EXPECT_EQ(recover_abandoned(database_), 1U);
    EXPECT_THAT(rows("SELECT * FROM claims"), IsEmpty());
    EXPECT_THAT(rows("SELECT * FROM attempts"), IsEmpty());
}

TEST_F(LedgerTest, ALostClaimWithHalfARequestIsDropped) {
    const protocol::Request request = lost_request();
    const run::RunDirectory directory = run::RunDirectory::create(database_.runs_folder(), request);
    write_file(directory.request(), "{\"protocol\": 1, \"run_");
    claim_and_die(request);
    EXPECT_EQ(recover_abandoned(database_), 1U);
    EXPECT_THAT(rows("SELECT * FROM claims"), IsEmpty());
    EXPECT_THAT(rows("SELECT * FROM attempts"), IsEmpty());
}

TEST_F(LedgerTest, WhoeverClaimsALostRunFindsWhatItLeft) {
    const protocol::Request done = lost_request();
    const run::RunDirectory directory = run::RunDirectory::create(database_.runs_folder(), done);
    write_file(directory.measurement(), protocol::to_json_text(example_record(done).measurement));
    claim_and_die(done);
    SweepLedger next = ledger();
    protocol::Request again = done;
    again.run_id = "id-again";
    EXPECT_EQ(claim(next, again), Claim::AlreadyDone);
    EXPECT_THAT(rows("SELECT run_id, status FROM results"), ElementsAre("id-small-1 | ok"));
}

TEST_F(LedgerTest, WhoeverClaimsALostRunThatHadNotEndedDoesItAgain) {
    const protocol::Request lost = lost_request();
    run::RunDirectory::create(database_.runs_folder(), lost);
    claim_and_die(lost);
    SweepLedger next = ledger();
    protocol::Request again = lost;
    again.run_id = "id-again";
    EXPECT_EQ(claim(next, again), Claim::Granted);
    next.record(just_now(again));
    EXPECT_THAT(rows("SELECT run_id, status FROM attempts ORDER BY started_at"),
                ElementsAre("id-small-1 | cancelled", "id-again | ok"));
    EXPECT_THAT(rows("SELECT run_id FROM results"), ElementsAre("id-again"));
}

TEST_F(LedgerTest, ALivingRunnersClaimIsNotTakenForALostOne) {
    SweepLedger first = ledger();
    claim(first, example_request("small"));
    EXPECT_EQ(recover_abandoned(database_), 0U);
    EXPECT_EQ(claims(database_.connection()).size(), 1U);
}

TEST_F(LedgerTest, AClaimOfAnotherHostLivesAsLongAsItsDirectoryShowsLife) {
    const protocol::Request request = lost_request();
    const fs::path sample = directory_of(request) / "samples.jsonl";
    claim_and_die(request);
    database_.connection().execute("UPDATE invocations SET host = 'another-host'");
    fs::create_directories(sample.parent_path());
    write_file(sample, "{}\n");
    SweepLedger own = ledger("invocation-2");
    EXPECT_EQ(claim(own, request), Claim::Elsewhere);
    EXPECT_EQ(recover_abandoned(database_), 0U);
    const auto long_ago = fs::file_time_type::clock::now() - std::chrono::hours(1);
    fs::last_write_time(sample, long_ago);
    EXPECT_EQ(recover_abandoned(database_), 1U);
    EXPECT_EQ(claim(own, request), Claim::Granted);
}

TEST(Liveness, AProcessIsKnownByMoreThanItsNumber) {
    const ProcessIdentity self = this_process();
    EXPECT_EQ(self.pid, getpid());
    EXPECT_TRUE(is_alive(self));
    ProcessIdentity later = self;
    later.pid_started += 1;
    EXPECT_FALSE(is_alive(later)) << "the number was given to another process";
    ProcessIdentity before = self;
    before.boot_id = "00000000-0000-0000-0000-000000000000";
    EXPECT_FALSE(is_alive(before)) << "the machine was started anew";
    ProcessIdentity foreign = before;
    foreign.host = "another-host";
    EXPECT_TRUE(is_alive(foreign)) << "of another host nothing is known";
}

TEST(Liveness, AProcessThatHasEndedIsNotAliveEvenBeforeItIsWaitedFor) {
    std::array<int, 2> ends{};
    ASSERT_EQ(pipe(ends.data()), 0);
    const pid_t child = fork();
    if (child == 0) {
        close(ends[1]);
        char byte = 0;
        _exit(read(ends[0], &byte, 1) == 0 ? 0 : 1);
    }
    close(ends[0]);
    ProcessIdentity process = this_process();
    process.pid = child;
    const std::string stat = read_file("/proc/" + std::to_string(child) + "/stat").value_or("");
    std::istringstream fields(stat.substr(stat.rfind(')') + 2));
    std::string field;
    for (int number = 3; number <= 22; ++number) fields >> field;
    process.pid_started = std::stoll(field);
    EXPECT_TRUE(is_alive(process));
    close(ends[1]);
    EXPECT_TRUE(test::eventually([&] { return !is_alive(process); }));
    waitpid(child, nullptr, 0);
    EXPECT_FALSE(is_alive(process));
}

}  // namespace
}  // namespace tidemark::store
