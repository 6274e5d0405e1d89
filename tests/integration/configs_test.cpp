// The sweeps in configs/ run as they stand.
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/places.hpp"
#include "support/workspace.hpp"

namespace tidemark::test {
namespace {

using testing::HasSubstr;

std::string config(const std::string& name) {
    return test::source_dir() + "/configs/" + name;
}

/// Whether a sweep is about the real images, whose folder has to be told.
bool wants_data(const std::filesystem::path& file) {
    std::ifstream in(file);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    return text.find("\n  dataset: cifar10 ") != std::string::npos;
}

class Configs : public testing::Test {
  protected:
    std::string query(const std::string& sql) {
        return folder.tidemark({"query", sql, "--format", "csv"}).out;
    }
    Workspace folder;
};

TEST_F(Configs, AreAllRight) {
    int count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(test::source_dir() + "/configs")) {
        if (entry.path().extension() != ".yaml") continue;
        std::vector<std::string> command{"run", entry.path().string(), "--dry-run"};
        if (wants_data(entry.path())) {
            command.emplace_back("--set");
            command.emplace_back("data_dir=.");
        }
        const Finished said = folder.tidemark(command);
        if (said.err.find("workload 'train' is not part of this build") != std::string::npos) continue;
        EXPECT_EQ(said.exit_code, 0) << entry.path() << ": " << said.err;
        ++count;
    }
    EXPECT_GE(count, 4) << "those that need no trainer";
}

TEST_F(Configs, AStrangersScriptIsMeasuredUnchangedAndMoreThanItsCeilingWithTwiceTheBatch) {
    TIDEMARK_NEEDS_PROGRAM("python3");
    for (const char* batch_size : {"16384", "32768"}) {
        const std::string set = std::string("batch_size=") + batch_size;
        const Finished said = folder.tidemark({"run", config("python_script.yaml"), "--set", set});
        EXPECT_EQ(said.exit_code, 0) << said.err;
        EXPECT_THAT(said.err, HasSubstr("accuracy 98.0 %"));
    }
    EXPECT_EQ(query("SELECT batch_size, accuracy, peak_rss_bytes <= 48 * 1048576 AS fits FROM attempts ORDER "
                    "BY batch_size"),
              "batch_size,accuracy,fits\n16384,0.9798,1\n32768,0.9798,0\n");
}

TEST_F(Configs, APeakThatTimeMissesIsFound) {
    TIDEMARK_NEEDS_PROGRAM("python3");
    const Finished said = folder.tidemark({"run", config("hidden_peak.yaml"), "--only", "processes = 4"});
    EXPECT_EQ(said.exit_code, 0) << said.err;
    if (query("SELECT memory_method FROM results").find("cgroup") == std::string::npos)
        GTEST_SKIP() << "needs a memory cgroup for an exact peak";
    EXPECT_EQ(query("SELECT time_v_bytes BETWEEN 100 * 1048576 AND 130 * 1048576 AS largest, "
                    "peak_rss_bytes BETWEEN 400 * 1048576 AND 460 * 1048576 AS whole FROM results"),
              "largest,whole\n1,1\n");
}

TEST_F(Configs, ToolsOfEveryDayAreMeasured) {
    for (const char* tool : {"gzip", "bzip2", "xz", "rev"}) TIDEMARK_NEEDS_PROGRAM(tool);
    const Finished said = folder.tidemark({"run", config("compressors.yaml"), "--set", "lines=20000", "--set",
                                           "level=1", "--set", "text=" + (folder / "text").string()});
    EXPECT_EQ(said.exit_code, 0) << said.err;
    EXPECT_EQ(
        query("SELECT tool, compressed_bytes BETWEEN 1000 AND 60000 AS smaller FROM results ORDER BY tool"),
        "tool,smaller\nbzip2,1\ngzip,1\nxz,1\n");
    EXPECT_FALSE(std::filesystem::exists(folder / "text"));
    EXPECT_FALSE(std::filesystem::exists(folder / "text.xz1"));
    const Finished sorted =
        folder.tidemark({"run", config("sort_buffers.yaml"), "--set", "lines=20000", "--set",
                         "words=" + (folder / "words").string(), "--set", "threads=1"});
    EXPECT_EQ(sorted.exit_code, 0) << sorted.err;
    EXPECT_EQ(query("SELECT count(*) AS runs FROM results WHERE buffer IS NOT NULL"), "runs\n12\n");
}

}  // namespace
}  // namespace tidemark::test
