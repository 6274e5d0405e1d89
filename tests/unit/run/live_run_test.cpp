#include "run/live_run.hpp"

#include <fstream>

#include <gtest/gtest.h>

#include "support/workspace.hpp"

namespace tidemark::run {
namespace {

TEST(LiveRun, KnowsNothingBeforeTheRunHasSaidSomething) {
    const test::Workspace folder;
    LiveRun live(folder.path());
    live.refresh();
    EXPECT_FALSE(live.progress());
    EXPECT_FALSE(live.memory());
    EXPECT_FALSE(live.loss());
    EXPECT_EQ(live.phase(), "");
}

TEST(LiveRun, FollowsWhatIsAppended) {
    const test::Workspace folder;
    LiveRun live(folder.path());
    std::ofstream events(folder / "events.jsonl");
    events << R"({"event":"phase","name":"train"})" << '\n'
           << "no event\n"
           << R"({"event":"progress","step":1,"total":8,"epoch":1,"epochs":2,"loss":2.5})" << '\n'
           << R"({"event":"progress","step":2,"to)" << std::flush;
    live.refresh();
    ASSERT_TRUE(live.progress());
    EXPECT_EQ(live.progress()->step, 1);
    EXPECT_EQ(live.progress()->epochs, 2);
    EXPECT_EQ(live.loss(), 2.5);
    EXPECT_EQ(live.phase(), "train");

    events << R"(tal":8})" << '\n'
           << R"({"event":"metric","name":"loss","value":0.5})" << '\n'
           << R"({"event":"metric","name":"accuracy","value":0.9})" << '\n'
           << R"({"event":"phase","name":"evaluate"})" << '\n'
           << std::flush;
    live.refresh();
    EXPECT_EQ(live.progress()->step, 2);
    EXPECT_FALSE(live.progress()->epoch);
    EXPECT_EQ(live.loss(), 0.5) << "of the metric, and no other metric is taken for it";
    EXPECT_EQ(live.phase(), "evaluate");
}

TEST(LiveRun, ShowsTheLastWholeSample) {
    const test::Workspace folder;
    LiveRun live(folder.path());
    folder.write("samples.jsonl", protocol::to_json_line({0.01, 1000, 1}) +
                                      protocol::to_json_line({0.06, 2000, 3}) + R"({"t_s":0.11,"rss_by)");
    live.refresh();
    ASSERT_TRUE(live.memory());
    EXPECT_EQ(live.memory()->rss_bytes, 2000);
    EXPECT_EQ(live.memory()->processes, 3);
    live.refresh();
    ASSERT_TRUE(live.memory()) << "it stays while there is no newer one";
}

}  // namespace
}  // namespace tidemark::run
