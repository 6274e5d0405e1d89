#include "warden/process_tree.hpp"

#include <csignal>

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/workspace.hpp"
#include "warden/clock.hpp"
#include "warden/process_status.hpp"
#include "warden/sampler.hpp"

namespace tidemark::warden {
namespace {

using testing::Contains;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

/// This process takes the warden's part: every orphan below it becomes its child.
class Tree : public testing::Test {
  protected:
    Tree() { prctl(PR_SET_CHILD_SUBREAPER, 1); }
    ~Tree() override {
        signal_descendants(SIGKILL);
        while (waitpid(-1, nullptr, 0) > 0) {
        }
    }

    /// A child that waits for its end.
    static pid_t sleeper() {
        const pid_t pid = fork();
        if (pid == 0) sleep_forever();
        return pid;
    }

    [[noreturn]] static void sleep_forever() {
        for (;;) pause();
    }

    /// The pid of a process whose parent, a child of ours, still lives (or not), in a session of its own.
    static pid_t grandchild(bool with_parent) {
        int ends[2];
        if (pipe(ends) != 0) return -1;
        const pid_t child = fork();
        if (child == 0) {
            const pid_t daemon = fork();
            if (daemon == 0) {
                setsid();
                sleep_forever();
            }
            [[maybe_unused]] const ssize_t told = write(ends[1], &daemon, sizeof daemon);
            if (with_parent) sleep_forever();
            _exit(EXIT_SUCCESS);
        }
        pid_t daemon = -1;
        if (read(ends[0], &daemon, sizeof daemon) != static_cast<ssize_t>(sizeof daemon)) daemon = -1;
        if (!with_parent) waitpid(child, nullptr, 0);
        close(ends[0]);
        close(ends[1]);
        return daemon;
    }
};

TEST_F(Tree, IsEmptyWithoutChildren) {
    EXPECT_THAT(descendants(), IsEmpty());
    EXPECT_EQ(signal_descendants(SIGKILL), 0);
}

TEST_F(Tree, HoldsChildrenGrandchildrenAndOrphans) {
    const pid_t child = sleeper();
    const pid_t orphan = grandchild(false);
    EXPECT_THAT(descendants(), UnorderedElementsAre(child, orphan));
    const pid_t below = grandchild(true);
    EXPECT_EQ(descendants().size(), 4U);
    EXPECT_THAT(descendants(), Contains(below));
}

TEST_F(Tree, AZombieIsKnownAsOne) {
    const pid_t child = sleeper();
    EXPECT_FALSE(is_zombie(child));
    kill(child, SIGKILL);
    EXPECT_TRUE(test::eventually([&] { return is_zombie(child); }));
    EXPECT_THAT(descendants(), UnorderedElementsAre(child));
    EXPECT_EQ(signal_descendants(SIGTERM), 0) << "nobody is left to hear it";
}

TEST_F(Tree, ASignalReachesAllEvenTheStopped) {
    const pid_t child = sleeper();
    const pid_t stopped = grandchild(false);
    kill(stopped, SIGSTOP);
    EXPECT_EQ(signal_descendants(SIGTERM), 2);
    int status = 0;
    EXPECT_EQ(waitpid(child, &status, 0), child);
    EXPECT_EQ(WTERMSIG(status), SIGTERM);
    EXPECT_EQ(waitpid(stopped, &status, 0), stopped);
    EXPECT_EQ(WTERMSIG(status), SIGTERM) << "it went on, so that it could be ended by it";
}

TEST_F(Tree, IsLookedAtAgainSoonUntilLooksHaveTakenTheirShare) {
    const test::Workspace folder;
    Sampler sampler(folder.path().string(), monotonic_seconds(), KernelCounters::of_this_machine());
    sampler.look(nullptr);
    sampler.schedule(0.004);
    EXPECT_LT(sampler.due(), monotonic_seconds() + 0.1) << "one dear look costs no second one";
    sampler.look(nullptr);
    sampler.schedule(0.04);
    EXPECT_GT(sampler.due(), monotonic_seconds() + 1) << "4 ms more than may be had in advance";
}

TEST_F(Tree, ItsMemoryIsSampled) {
    const test::Workspace folder;
    const auto lines = [&] {
        const std::string text = folder.read("samples.jsonl");
        return std::ranges::count(text, '\n');
    };
    Sampler sampler(folder.path().string(), monotonic_seconds(), KernelCounters::of_this_machine());
    sampler.look(nullptr);
    EXPECT_EQ(lines(), 0) << "there is nothing to be seen yet";
    EXPECT_FALSE(sampler.first());
    const double due = sampler.due();
    const pid_t child = sleeper();
    kill(child, SIGSTOP);  // so that it holds the same for both who look
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, WUNTRACED), child);
    sampler.look(nullptr);
    ASSERT_TRUE(sampler.first());
    EXPECT_EQ(sampler.first()->rss_bytes, process_status(child)->resident);
    EXPECT_EQ(sampler.first()->rss_sum_bytes, sampler.first()->rss_bytes);
    EXPECT_EQ(sampler.first()->rss_bytes, *sampler.first()->parts.anonymous + *sampler.first()->parts.shared +
                                              *sampler.first()->parts.file);
    EXPECT_EQ(sampler.most_processes(), 1);
    sampler.schedule(0.0001);
    EXPECT_GT(sampler.due(), due);
    const pid_t other = sleeper();
    kill(other, SIGSTOP);
    ASSERT_EQ(waitpid(other, &status, WUNTRACED), other);
    usleep(60'000);  // until another line of the timeline is due
    sampler.look(nullptr);
    EXPECT_EQ(sampler.most_processes(), 2);
    EXPECT_GE(sampler.largest_rss(), sampler.last()->rss_bytes);
    EXPECT_GE(sampler.largest_still(), *sampler.last()->rss_bytes * 9 / 10) << "both are stopped";
    EXPECT_LT(sampler.last()->rss_bytes, process_status(child)->resident + process_status(other)->resident)
        << "they share nearly all of their pages";
    EXPECT_EQ(sampler.last()->rss_sum_bytes,
              process_status(child)->resident + process_status(other)->resident);
}

TEST_F(Tree, AGlanceTellsTheTimelineWhatTheProcessesHaveAndNothingElse) {
    const test::Workspace folder;
    Sampler sampler(folder.path().string(), monotonic_seconds(), KernelCounters::of_this_machine());
    EXPECT_GT(sampler.glance_due(), sampler.due());
    sampler.glance(nullptr);
    EXPECT_EQ(folder.read("samples.jsonl"), "") << "there is nothing to be seen yet";
    const pid_t children[] = {sleeper(), sleeper()};
    int status = 0;
    for (const pid_t child : children) {
        kill(child, SIGSTOP);
        ASSERT_EQ(waitpid(child, &status, WUNTRACED), child);
    }
    sampler.glance(nullptr);
    const auto sample = protocol::sample_from_json_line(folder.read("samples.jsonl"));
    ASSERT_TRUE(sample);
    EXPECT_EQ(sample->processes, 2);
    EXPECT_FALSE(sample->rss_bytes) << "nobody has counted their pages";
    EXPECT_EQ(sample->rss_sum_bytes,
              process_status(children[0])->resident + process_status(children[1])->resident);
    EXPECT_FALSE(sampler.largest()) << "bounds rest on looks alone";
}

TEST_F(Tree, AZombieHasNoStatusAndStillBelongsToAProcess) {
    const pid_t child = sleeper();
    EXPECT_TRUE(process_status(child));
    kill(child, SIGKILL);
    ASSERT_TRUE(test::eventually([&] { return is_zombie(child); }));
    EXPECT_FALSE(process_status(child));
    EXPECT_EQ(process_of(child), child);
    EXPECT_FALSE(process_status(getpid() + 100'000'000));
    EXPECT_EQ(process_of(getpid() + 100'000'000), 0);
}

}  // namespace
}  // namespace tidemark::warden
