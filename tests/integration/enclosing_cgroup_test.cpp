#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/workspace.hpp"
#include "warden/cgroup_place.hpp"
#include "warden/small_files.hpp"

namespace tidemark::test {
namespace {

using testing::HasSubstr;

/// A memory cgroup with a limit of 400 MiB, as a container is, in which tidemark runs (of which a
/// build with sanitizers takes 100 MiB itself); removed at the end.
class InABox : public testing::Test {
  protected:
    void SetUp() override {
        const auto place = warden::find_cgroup1({}, "memory");
        if (!place) GTEST_SKIP() << "needs a memory controller of version 1";
        box_ = place->own + "/" + warden::own_cgroup_name();
        std::error_code error;
        if (!std::filesystem::create_directory(box_, error))
            GTEST_SKIP() << "needs a cgroup: " << error.message();
        std::filesystem::create_directory(box_ + "/inner");
        ASSERT_TRUE(warden::write_small_file(box_ + "/memory.limit_in_bytes", "419430400"));
        if (warden::read_small_file(box_ + "/inner/memory.oom_control").find("oom_kill ") ==
            std::string::npos)
            GTEST_SKIP() << "needs a kernel that counts kills (Linux 4.13)";
        folder.write("greedy.yaml",
                     "sweep: greedy\ncommand: [sh, -c, head -c 1000000000 /dev/zero | tail -c 990000000 > "
                     "/dev/null]\nlimits: {wall: 60 s}\n");
    }
    ~InABox() override {
        if (!box_.empty()) warden::remove_cgroup(box_);
    }

    /// By the warden with a cgroup of the run's own, or without.
    Finished run_greedy(const std::string& method) {
        return inside({"run", "greedy.yaml", "--fresh", "--memory-method", method});
    }
    /// An ordinary user's: no cgroup can be had, and the exits of all processes are stopped.
    Finished run_with_worker(const std::string& what_the_worker_does) {
        folder.write("worker.yaml", "sweep: worker\ncommand: [sh, -c, \"" + what_the_worker_does +
                                        "; echo went on\"]\nlimits: {wall: 60 s}\n");
        return inside({"run", "worker.yaml", "--fresh", "--memory-method", "exit-stop"});
    }
    Finished inside(const std::vector<std::string>& arguments) {
        std::vector<std::string> command{"sh", "-c", "echo $$ > \"$0\" && exec \"$@\"",
                                         box_ + "/inner/cgroup.procs", tidemark_binary()};
        command.insert(command.end(), arguments.begin(), arguments.end());
        return folder.run(command);
    }

    Workspace folder;
    std::string box_;
};

TEST_F(InABox, ARunThatTheKernelKillsForTheLimitAroundItIsOutOfMemory) {
    for (const char* method : {"auto", "sampled"}) {
        const Finished said = run_greedy(method);
        EXPECT_EQ(said.exit_code, 1) << method << said.err;
        EXPECT_THAT(said.out,
                    HasSubstr("oom, out of memory: killed at the limit of the enclosing cgroup, 400 MiB"))
            << method;
    }
}

TEST_F(InABox, ARunWhoseWorkerTheKernelKillsIsOutOfMemoryThoughItGoesOn) {
    const Finished said =
        run_with_worker("(head -c 1000000000 /dev/zero | tail -c 990000000 > /dev/null) & sleep 0.2; wait");
    EXPECT_EQ(said.exit_code, 1) << said.err;
    EXPECT_THAT(said.out, HasSubstr("oom, out of memory: a process of it was killed at the limit of the "
                                    "enclosing cgroup, 400 MiB"));
}

TEST_F(InABox, AWorkerThatTheRunItselfKillsIsItsOwnBusiness) {
    const Finished said = run_with_worker("sleep 100 & kill -9 $!; wait");
    EXPECT_EQ(said.exit_code, 0) << said.out << said.err;
}

TEST_F(InABox, DoctorTellsTheLeastOfFreeMemoryAndLimits) {
    const Finished said = inside({"doctor"});
    EXPECT_THAT(said.out, HasSubstr("below the limit of the enclosing cgroup, 400 MiB"));
    EXPECT_THAT(said.out,
                HasSubstr("raise that limit (of the container or service) until 2.00 GiB are free"));
    EXPECT_THAT(said.out, HasSubstr("/dev/shm"));
}

}  // namespace
}  // namespace tidemark::test
