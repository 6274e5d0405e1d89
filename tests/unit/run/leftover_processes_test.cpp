#include "run/leftover_processes.hpp"

#include <csignal>
#include <string>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "support/workspace.hpp"

namespace tidemark::run {
namespace {

/// A process that waits, killed at the end where it still lives.
class Waiting {
  public:
    /// With this in its environment; in a session of its own where that is asked for.
    explicit Waiting(const std::string& variable, bool leads = true) {
        int ready[2];
        if (pipe2(ready, O_CLOEXEC) != 0) return;
        pid_ = fork();
        if (pid_ == 0) {
            if (leads) setsid();
            std::string text = variable;
            char* const environment[] = {text.data(), nullptr};
            execle("/bin/sleep", "sleep", "1000", static_cast<char*>(nullptr), environment);
            _exit(127);
        }
        close(ready[1]);
        char byte = 0;
        const ssize_t nothing = read(ready[0], &byte, 1);  // until its exec has closed the other end
        EXPECT_EQ(nothing, 0);
        close(ready[0]);
    }
    Waiting(const Waiting&) = delete;
    Waiting& operator=(const Waiting&) = delete;
    ~Waiting() {
        kill(pid_, SIGKILL);
        waitpid(pid_, nullptr, 0);
    }
    bool lives() const { return test::is_running(pid_); }

  private:
    pid_t pid_ = -1;
};

TEST(LeftoverProcesses, AreEndedByTheRequestInTheirEnvironment) {
    const test::Workspace runs;
    const std::string folder = (runs / "run1").string();
    const Waiting its("TIDEMARK_REQUEST=" + folder + "/request.json");
    const Waiting its_setup("TIDEMARK_REQUEST=" + folder + "/setup/request.json");
    const Waiting of_another("TIDEMARK_REQUEST=" + folder + "2/request.json");
    const Waiting stranger("OTHER_TIDEMARK_REQUEST=" + folder + "/request.json");
    EXPECT_EQ(end_processes_of(folder), 2U);
    EXPECT_FALSE(its.lives());
    EXPECT_FALSE(its_setup.lives());
    EXPECT_TRUE(of_another.lives());
    EXPECT_TRUE(stranger.lives());
    EXPECT_EQ(end_processes_of(folder), 0U);
}

TEST(LeftoverProcesses, OfTheSessionOfTheCallerAreLeftToIt) {
    const test::Workspace runs;
    const std::string folder = (runs / "run1").string();
    const Waiting its("TIDEMARK_REQUEST=" + folder + "/request.json", false);
    const Waiting beside_it("PATH=/bin", false);
    EXPECT_EQ(end_processes_of(folder), 1U);
    EXPECT_FALSE(its.lives());
    EXPECT_TRUE(beside_it.lives());
}

}  // namespace
}  // namespace tidemark::run
