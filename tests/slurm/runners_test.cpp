// Runners that leave, are killed or meet, and a Slurm that is silent.
#include <csignal>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "slurm/cluster.hpp"

namespace tidemark::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class RunnersOnSlurm : public OnSlurm {
  protected:
    /// Each run writes its number, once.
    void counted_sweep(const std::string& before) {
        sweep(before + "\necho $1 >> made.txt", "matrix: {n: [1, 2, 3, 4, 5, 6, 7, 8]}\n");
    }
    void expect_each_made_once() {
        EXPECT_EQ(folder.run({"sort", "made.txt"}).out, "1\n2\n3\n4\n5\n6\n7\n8\n");
        EXPECT_EQ(query("SELECT count(*), sum(status = 'ok') FROM attempts"), "8,8\n");
        expect_nothing_left();
    }
    /// A program of Slurm's that does something else, by a shell, in which $real is the real one.
    std::string replaced(const std::string& program, const std::string& shell) {
        const std::string real = folder.run({"sh", "-c", "command -v " + program}).out;
        folder.write_script("bin/" + program, "#!/bin/sh\nreal=" + real + shell + "\n");
        return (folder / "bin").string() + ":" + std::getenv("PATH");
    }
};

TEST_F(RunnersOnSlurm, LeaveAndTheNextOneGoesOn) {
    counted_sweep("sleep 2");
    const Finished left = run({"--jobs", "2", "--detach"});
    EXPECT_EQ(left.exit_code, 0) << left.err;
    EXPECT_THAT(left.err,
                HasSubstr("left to Slurm: 8 runs; the same command goes on with them, on another day as "
                          "well\n"));
    EXPECT_THAT(folder.tidemark({"watch", "--once"}).out,
                AllOf(HasSubstr("0/8 done"), HasSubstr(" in the queue\n")));
    ASSERT_TRUE(appears("made.txt"));
    const Finished next = run({"--jobs", "2"});
    EXPECT_EQ(next.exit_code, 0) << next.err;
    expect_each_made_once();
}

TEST_F(RunnersOnSlurm, LeaveAndAllIsDoneWhenSomebodyLooksAgain) {
    counted_sweep("true");
    EXPECT_EQ(run({"--detach"}).exit_code, 0);
    EXPECT_TRUE(eventually([&] {
        return folder.run({"sort", "made.txt"}).out == "1\n2\n3\n4\n5\n6\n7\n8\n";
    }));
    EXPECT_TRUE(eventually([&] { return queue().empty(); }));
    const Finished here = folder.tidemark({"run", "s.yaml"});
    EXPECT_EQ(here.exit_code, 0) << here.err;
    EXPECT_THAT(here.err, HasSubstr("all done already"));
    expect_each_made_once();
}

TEST_F(RunnersOnSlurm, ThatAreKilledLoseNothing) {
    counted_sweep("sleep 1");
    Started started = start({"--jobs", "2"});
    ASSERT_TRUE(appears("made.txt"));
    started.signal(SIGKILL);
    started.wait();
    const Finished next = run({"--jobs", "2"});
    EXPECT_EQ(next.exit_code, 0) << next.err;
    expect_each_made_once();
}

TEST_F(RunnersOnSlurm, ThatMeetMakeEachRunOnce) {
    counted_sweep("sleep 1");
    Started one = start();
    Started other = start();
    EXPECT_EQ(one.wait().exit_code, 0);
    EXPECT_EQ(other.wait().exit_code, 0);
    expect_each_made_once();
}

TEST_F(RunnersOnSlurm, LookForASubmissionThatWasSaidToHaveFailed) {
    counted_sweep("true");
    const std::string path =
        replaced("sbatch",
                 "case \" $* \" in *--test-only*) exec $real \"$@\" ;; esac\n$real \"$@\" > /dev/null\n"
                 "echo 'sbatch: error: Batch job submission failed: Socket timed out on send/recv operation' "
                 ">&2\nexit 1");
    const Finished made =
        folder.tidemark({"run", "s.yaml", "--on", "slurm"}, {.environment = {{"PATH", path}}});
    EXPECT_EQ(made.exit_code, 0) << made.err;
    expect_each_made_once();
}

TEST_F(RunnersOnSlurm, SubmitAgainWhatWasNotTakenAndMakeOnceWhatWasTakenTwice) {
    counted_sweep("true");
    // the second time all is well; what was taken the first time begins later, and finds that all is made
    const std::string path = replaced(
        "sbatch",
        "case \" $* \" in *--test-only*) exec $real \"$@\" ;; esac\n[ ! -e tried ] || exec $real "
        "\"$@\"\ntouch tried\n"
        "$real --begin=now+20 \"$@\" | sed 's/^/scontrol update JobName=late JobId=/' | sh > /dev/null 2>&1\n"
        "echo 'sbatch: error: Batch job submission failed: Unable to contact slurm controller' >&2\nexit 1");
    const Finished made =
        folder.tidemark({"run", "s.yaml", "--on", "slurm"}, {.environment = {{"PATH", path}}});
    EXPECT_EQ(made.exit_code, 0) << made.err;
    EXPECT_TRUE(eventually([&] { return queue().empty(); }));
    expect_each_made_once();
}

TEST_F(RunnersOnSlurm, WaitWhereSlurmIsSilentAndLoseNothing) {
    counted_sweep("sleep 1");
    Started started = start({"--jobs", "2"});
    ASSERT_TRUE(appears("made.txt"));
    const pid_t controller = Cluster::controller();
    kill(controller, SIGSTOP);
    std::this_thread::sleep_for(std::chrono::seconds(30));
    kill(controller, SIGCONT);
    const Finished made = started.wait();
    EXPECT_EQ(made.exit_code, 0) << made.err;
    EXPECT_THAT(made.err, HasSubstr("Slurm does not answer: "));
    expect_each_made_once();
}

TEST_F(RunnersOnSlurm, HaveAResultThoughTheirFolderShowsItLate) {
    if (Cluster::late_folder().empty()) GTEST_SKIP() << "needs bindfs";
    counted_sweep("sleep 0.2");
    const std::string late = Cluster::late_folder().string();
    const std::string tidemark = tidemark_binary();
    const Finished made = folder.run(
        {"sh", "-c",
         "cp s.yaml program.sh " + late + " && cd " + late + " && " + tidemark +
             " run s.yaml --on slurm && sort made.txt && cp -r results made.txt " + folder.path().string()});
    EXPECT_EQ(made.exit_code, 0) << made.err;
    EXPECT_EQ(query("SELECT count(*), sum(status = 'ok') FROM attempts"), "8,8\n");
}

}  // namespace
}  // namespace tidemark::test
