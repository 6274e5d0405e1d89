// Another process holds the database locked, for longer than a moment.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/gated_sweep.hpp"
#include "sql/connection.hpp"

namespace tidemark::test {
namespace {

using testing::HasSubstr;
using testing::Not;

class LockedDatabase : public GatedSweep {
  protected:
    /// As an editor of databases does, until `release`.
    void hold() {
        holder = std::make_unique<sql::Connection>(folder / "results/tidemark.db", sql::Access::ReadWrite);
        holder->execute("BEGIN IMMEDIATE");
    }
    void release() { holder.reset(); }
    static constexpr const char* kWaiting =
        "results/tidemark.db is held locked by another program; waiting for it (Ctrl-C ends this)\n";

    std::unique_ptr<sql::Connection> holder;
};

TEST_F(LockedDatabase, IsWaitedForWhileTheRunsGoOn) {
    Started started = start({"--jobs", "2"});
    ASSERT_TRUE(begins(1));
    ASSERT_TRUE(begins(2));
    hold();
    open(1);
    EXPECT_TRUE(says(started, kWaiting));
    open_all();
    release();
    const Finished said = started.wait();
    EXPECT_EQ(said.exit_code, 0) << said.err;
    EXPECT_EQ(query("SELECT count(*) FROM results WHERE status = 'ok'"), "count(*)\n4\n");
}

TEST_F(LockedDatabase, IsWaitedForAtTheStartToo) {
    open_all();
    ASSERT_EQ(start().wait().exit_code, 0);
    hold();
    Started started = start({"--fresh"});
    EXPECT_TRUE(says(started, kWaiting));
    release();
    EXPECT_EQ(started.wait().exit_code, 0);
}

TEST_F(LockedDatabase, CtrlCIsHeededAndTheNextStoresWhatWasLeft) {
    Started started = start();
    open(1);
    ASSERT_TRUE(begins(2));
    hold();
    open(2);
    ASSERT_TRUE(says(started, kWaiting));
    started.signal(SIGINT);
    const Finished said = started.wait();
    EXPECT_EQ(said.exit_code, 130);
    EXPECT_THAT(said.err,
                testing::EndsWith("tidemark: interrupted while another program held " +
                                  (folder / "results/tidemark.db").string() +
                                  " locked; what the runs left is stored by the next `tidemark run`\n"));
    release();
    open_all();
    const Finished next = start().wait();
    EXPECT_EQ(next.exit_code, 0);
    EXPECT_THAT(next.err,
                testing::StartsWith("1 run of a tidemark that was killed: stored as they were left\n"
                                    "gated: 4 runs, 2 done already, 2 to make\n"));
}

TEST_F(LockedDatabase, IsReadAllTheSame) {
    open_all();
    ASSERT_EQ(start().wait().exit_code, 0);
    hold();
    for (const std::vector<std::string>& verb : {std::vector<std::string>{"list"},
                                                 {"show", "n=1"},
                                                 {"check", "gated.yaml"},
                                                 {"report", "gated.yaml"},
                                                 {"watch"}})
        EXPECT_THAT(folder.tidemark(verb).err, Not(HasSubstr("locked"))) << verb.front();
}

}  // namespace
}  // namespace tidemark::test
