#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <sys/types.h>

#include <gtest/gtest.h>

#include "support/workspace.hpp"

namespace tidemark::test {

/// A real Slurm with two nodes on this machine (cluster.sh), for all tests of this program.
class Cluster : public testing::Environment {
  public:
    void SetUp() override;
    void TearDown() override;

    /// Why there is none; empty: there is one.
    static const std::string& why_not();
    static const std::filesystem::path& home();
    /// Whether Slurm enforces memory and preempts here.
    static bool enforces_memory();

    static pid_t controller();
    /// The daemon of a node.
    static pid_t daemon(int node);
    static void start_daemon(int node);
    /// A folder that this machine sees some seconds late, and the nodes at once; empty: it cannot be made
    /// here.
    static const std::filesystem::path& late_folder();
};

#define TIDEMARK_NEEDS_SLURM() \
    if (!Cluster::why_not().empty()) GTEST_SKIP() << Cluster::why_not()

/// A folder with a sweep that is handed to that Slurm.
struct SlurmSweep {
    /// `s.yaml` with this command (a shell's) and more keys.
    void sweep(const std::string& shell, const std::string& more = "");
    Finished run(const std::vector<std::string>& options = {}) { return start(options).wait(); }
    Started start(std::vector<std::string> options = {});
    /// The rows of a query, without its headings.
    std::string query(const std::string& sql, const std::string& database = "results/tidemark.db");
    /// Of the one run that there is: `status: reason`.
    std::string ending();
    bool appears(const std::string& file);
    static bool says(const Started& started, const std::string& text);
    /// Its jobs that are not over: their states, a line each.
    std::string queue();
    /// Nothing is left of a sweep: no job, no batch.
    void expect_nothing_left();

    Workspace folder;
};

class OnSlurm : public testing::Test, public SlurmSweep {
  protected:
    void SetUp() override { TIDEMARK_NEEDS_SLURM(); }
};

/// The process from which another one was started.
pid_t parent_of(pid_t pid);

}  // namespace tidemark::test
