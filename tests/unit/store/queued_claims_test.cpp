#include <filesystem>
#include <string>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/files.hpp"
#include "cluster/batch.hpp"
#include "run/run_directory.hpp"
#include "store/claims.hpp"
#include "store/queries.hpp"
#include "support/workspace.hpp"
#include "unit/store/example_runs.hpp"

namespace tidemark::store {
namespace {

namespace fs = std::filesystem;
using run::Claim;
using testing::ElementsAre;
using testing::IsEmpty;

Invocation on_slurm(const std::string& id) {
    Invocation invocation = example_invocation(id);
    invocation.provenance.emplace_back(std::string(kLauncherFact), std::string(kSlurm));
    return invocation;
}

/// A run that a runner has claimed and handed to a queue before it was gone.
class QueuedClaim : public testing::Test {
  protected:
    void SetUp() override {
        const pid_t child = fork();
        if (child == 0) {
            Database own = Database::open_or_create(file_);
            SweepLedger lost(own, on_slurm("invocation-1"), false);
            _exit(lost.claim(request_, directory_) == Claim::Granted ? 0 : 1);
        }
        int status = 0;
        waitpid(child, &status, 0);
        ASSERT_EQ(status, 0);
        run::RunDirectory::create(database_.runs_folder(), request_);
    }
    cluster::Batch hand_over() {
        return cluster::Batch::create(database_.runs_folder() / "slurm", {"auto", 1, {{{directory_}}}});
    }
    void measure(protocol::EndCause cause = protocol::EndCause::Itself) const {
        protocol::Measurement measured = example_record(request_).measurement;
        measured.cause = cause;
        write_file(run::RunDirectory(directory_).measurement(), protocol::to_json_text(measured));
    }
    /// The same run as another runner would make it.
    protocol::Request again() const {
        protocol::Request request = request_;
        request.run_id = "id-of-another";
        request.invocation = "invocation-2";
        return request;
    }
    std::vector<std::string> rows(const std::string& sql) { return rows_of(database_.connection(), sql); }

    test::Workspace workspace_;
    const fs::path file_ = workspace_ / "tidemark.db";
    Database database_ = Database::open_or_create(file_);
    const protocol::Request request_ = example_request("a");
    const fs::path directory_ = database_.runs_folder() / request_.run_id;
};

TEST_F(QueuedClaim, OfAPendingRunLivesThoughItsRunnerIsGone) {
    hand_over();
    EXPECT_EQ(recover_abandoned(database_), 0U);
    SweepLedger ledger(database_, example_invocation("invocation-2"), false);
    EXPECT_EQ(ledger.claim(again(), directory_), Claim::Elsewhere);
    EXPECT_EQ(running_invocations(database_.connection()).size(), 2U) << "which this process is one of";
}

TEST_F(QueuedClaim, ThatWasNeverHandedOverIsThatOfADeadRunner) {
    EXPECT_EQ(recover_abandoned(database_), 1U);
    EXPECT_THAT(rows("SELECT status, reason FROM results"), ElementsAre("cancelled | its runner was killed"));
}

TEST_F(QueuedClaim, IsTakenOverByTheNextRunnerOnSlurm) {
    hand_over();
    SweepLedger ledger(database_, on_slurm("invocation-2"), false);
    const auto launch = ledger.adopt(again());
    ASSERT_TRUE(launch);
    EXPECT_EQ(launch->request.run_id, request_.run_id);
    EXPECT_EQ(launch->request.invocation, "invocation-2");
    EXPECT_EQ(launch->directory, directory_);
    EXPECT_FALSE(ledger.adopt(again())) << "its runner lives: this process";
    EXPECT_FALSE(ledger.adopt(example_request("b"))) << "nobody has claimed it";
    EXPECT_THAT(rows("SELECT run_id, invocation_id FROM claims"), ElementsAre("id-a-1 | invocation-2"));
}

TEST_F(QueuedClaim, OfARunThatHasEndedThereIsStoredByAnyRunner) {
    hand_over().note_ended(request_.run_id, false);
    measure();
    EXPECT_EQ(recover_abandoned(database_), 1U);
    EXPECT_THAT(rows("SELECT status, peak_rss_bytes FROM results"), ElementsAre("ok | 3000"));
    EXPECT_THAT(rows("SELECT unobserved FROM runs"),
                ElementsAre("they were made on other machines, where it is not watched"));
    EXPECT_THAT(rows("SELECT * FROM claims"), IsEmpty());
    EXPECT_TRUE(fs::is_empty(database_.runs_folder() / "slurm")) << "its batch is over";
}

TEST_F(QueuedClaim, OfARunThatWasToldToEndSaysNothingOfAUser) {
    hand_over().note_ended(request_.run_id, true);
    measure(protocol::EndCause::Cancelled);
    recover_abandoned(database_);
    EXPECT_THAT(rows("SELECT status, reason FROM results"),
                ElementsAre("cancelled | its job was told to end while no tidemark waited for it"));
}

TEST_F(QueuedClaim, OfARunThatItsNodePreventedSaysWhy) {
    hand_over().note_ended(request_.run_id, false);
    write_file(run::RunDirectory(directory_).prevented(), "there is no program x on the node node1");
    recover_abandoned(database_);
    EXPECT_THAT(rows("SELECT status, reason FROM results"),
                ElementsAre("failed | could not start: there is no program x on the node node1"));
}

}  // namespace
}  // namespace tidemark::store
