// `goal` of a sweep file, and what the command line gives instead.
#include <gmock/gmock.h>

#include "unit/sweep/sweep_file.hpp"

namespace tidemark::sweep {
namespace {

class Goal : public SweepFile {
  protected:
    static constexpr const char* kSweep =
        "sweep: s\ncommand: [prog, \"{size}\"]\nmatrix: {size: [1, 2, 4]}\n"
        "capture: {rate: {stdout: 'rate (.*)', unit: MiB/s}}\n";
    static constexpr const char* kGoal =
        "goal:\n  maximise: rate\n  subject_to:\n    - {metric: peak_rss, max: 1 GiB}\n"
        "    - {metric: wall, max: 90 s, where: size > 1}\n  budget: {runs: 7, wall: 2 min}\n  probe: {size: "
        "1}\n";
    static constexpr double kMebibytes = 1024.0 * 1024;
};

TEST_F(Goal, IsReadWithTheUnitsOfItsFigures) {
    const Sweep sweep = load(std::string(kSweep) + kGoal);
    ASSERT_TRUE(sweep.goal());
    const GoalDefinition& goal = *sweep.goal();
    EXPECT_TRUE(goal.maximise);
    EXPECT_EQ(goal.figure.column, "rate");
    EXPECT_EQ(goal.figure.unit, protocol::Unit::BytesPerSecond);
    ASSERT_EQ(goal.bounds.size(), 2U);
    EXPECT_EQ(goal.bounds[0].figure.column, "peak_rss_bytes");
    EXPECT_EQ(goal.bounds[0].most, 1024 * kMebibytes);
    EXPECT_THAT(goal.bounds[0].runs, testing::ElementsAre(0, 1, 2));
    EXPECT_EQ(goal.bounds[1].most, 90);
    EXPECT_THAT(goal.bounds[1].runs, testing::ElementsAre(1, 2));
    EXPECT_EQ(goal.runs, 7);
    EXPECT_EQ(goal.wall, Seconds{120});
    ASSERT_EQ(goal.probe.size(), 1U);
    EXPECT_EQ(goal.probe[0].name + "=" + goal.probe[0].written, "size=1");
}

TEST_F(Goal, TakesWhatTheCommandLineGivesInstead) {
    LoadOptions options;
    options.goal = GoalOptions{"512 MiB", {}, "wall", 9};
    const Sweep sweep = load(std::string(kSweep) + kGoal, options);
    const GoalDefinition& goal = *sweep.goal();
    EXPECT_FALSE(goal.maximise);
    EXPECT_EQ(goal.figure.column, "wall_s");
    ASSERT_EQ(goal.bounds.size(), 2U) << "--under stands in place of the file's ceiling";
    EXPECT_EQ(goal.bounds[1].most, 512 * kMebibytes);
    EXPECT_EQ(goal.runs, 9);
}

TEST_F(Goal, IsLeftAloneWhereThereIsNone) {
    EXPECT_FALSE(load(kSweep).goal());
    EXPECT_FALSE(load(std::string(kSweep) + kGoal).goal()->figure.metric.empty())
        << "run reads it, and checks it";
}

}  // namespace
}  // namespace tidemark::sweep
