// A database of version 0.1: the published one, whose runs were measured and stored by it.
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/places.hpp"
#include "support/workspace.hpp"

namespace tidemark::test {
namespace {

using testing::HasSubstr;

constexpr const char* kOfVersion =
    "SELECT count(*) AS runs FROM provenance WHERE name = 'tidemark' AND value = '0.1.0'";

class EarlierVersion : public testing::Test {
  protected:
    EarlierVersion() {
        std::filesystem::copy_file(test::source_dir() + "/results/reference/measurements.db",
                                   folder / "old.db");
    }
    std::string of(std::vector<std::string> arguments) {
        arguments.insert(arguments.end(), {"--db", "old.db"});
        const Finished said = folder.tidemark(arguments);
        EXPECT_EQ(said.exit_code, 0) << said.err;
        return said.out;
    }
    Workspace folder;
};

TEST_F(EarlierVersion, ItsDatabaseIsReadAndStaysAsItIs) {
    const std::string before = folder.read("old.db");
    EXPECT_NE(of({"query", kOfVersion, "--format", "csv"}), "runs\n0\n") << "it is of version 0.1";
    EXPECT_THAT(of({"list"}), HasSubstr("strategies"));
    EXPECT_THAT(
        of({"query", "SELECT count(*) AS runs FROM results WHERE peak_rss_bytes > 0", "--format", "csv"}),
        testing::MatchesRegex("runs\n[1-9][0-9]+\n"));
    EXPECT_EQ(folder.read("old.db"), before);
}

TEST_F(EarlierVersion, TheNextRunBringsItsDatabaseUpToDateAndLosesNothing) {
    const std::string count = "SELECT count(*) AS runs FROM attempts WHERE sweep <> 'new'";
    const std::string before = of({"query", count, "--format", "csv"});
    folder.write("new.yaml", "sweep: new\ncommand: [/bin/true]\n");
    of({"run", "new.yaml", "--quiet"});
    EXPECT_EQ(of({"query", count, "--format", "csv"}), before);
    EXPECT_THAT(of({"list"}), testing::AllOf(HasSubstr("new"), HasSubstr("strategies")));
}

}  // namespace
}  // namespace tidemark::test
