// The workflow of examples/ceilings, step by step, as a repository that has copied it runs it.
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/places.hpp"
#include "support/workspace.hpp"

namespace tidemark::test {
namespace {

using testing::HasSubstr;
using testing::Not;

class CeilingsExample : public testing::Test {
  protected:
    void SetUp() override {
        TIDEMARK_NEEDS_PROGRAM("python3");
        if (folder.run({"python3", "-c", "import yaml"}).exit_code != 0)
            GTEST_SKIP() << "there is no python3-yaml";
        const std::filesystem::path example = test::source_dir() + "/examples/ceilings";
        std::filesystem::copy(example, folder.path());
        std::string sweep = folder.read("ceilings.yaml");
        sweep.replace(sweep.find("repeat: 5"), 9, "repeat: 3");  // what takes less time
        folder.write("ceilings.yaml", sweep);
        folder.write_script("bin/tidemark", "#!/bin/sh\nexec " + tidemark_binary() + " \"$@\"\n");
    }
    Finished steps(std::vector<std::string> words) {
        words.insert(words.begin(), {"python3", test::source_dir() + "/tests/examples/workflow_steps.py",
                                     "memory-ceilings.yml"});
        std::filesystem::remove(folder / "output");
        const char* const path = std::getenv("PATH");
        return folder.run(words, {.environment = {{"PATH", (folder / "bin").string() + ":" + path},
                                                  {"GITHUB_OUTPUT", (folder / "output").string()}}});
    }
    std::string code() { return folder.read("output"); }
    void take_more() {
        std::string program = folder.read("train.py");
        program.replace(program.find("256"), 3, "320");
        folder.write("train.py", program);
    }

    Workspace folder;
};

TEST_F(CeilingsExample, HoldsAgainstWhatWasSaved) {
    EXPECT_EQ(steps({"Measure", "Check"}).exit_code, 4);
    EXPECT_EQ(code(), "code=4\n") << "there is nothing to be held against";
    EXPECT_EQ(steps({"Save the results of main"}).exit_code, 0);
    take_more();
    EXPECT_EQ(steps({"Measure", "Check"}).exit_code, 1);
    EXPECT_EQ(code(), "code=1\n");
    EXPECT_THAT(folder.read("comment.md"),
                testing::StartsWith("<!-- tidemark check ceilings -->\n### ceilings: 2 checks"));
    EXPECT_THAT(folder.read("comment.md"), HasSubstr("| broken    | no creep | batch_size=64 |"));
    EXPECT_THAT(folder.read("comment.md"), Not(HasSubstr("more than release")));

    EXPECT_EQ(steps({"Save the results of main", "accept=true", "release=true"}).exit_code, 0);
    // three repeats may be too few to tell that nothing has changed
    EXPECT_THAT(steps({"Measure", "Check"}).exit_code, testing::AnyOf(0, 4)) << folder.read("comment.md");
    EXPECT_THAT(folder.read("comment.md"), HasSubstr("more than release"));
    EXPECT_EQ(folder
                  .tidemark({"query", "SELECT count(DISTINCT run_id) AS n FROM attempts", "--db",
                             ".ceilings/ceilings.db", "--format", "csv"})
                  .out,
              "n\n12\n")
        << "what no baseline names was removed before";
}

TEST_F(CeilingsExample, SavesNothingThatACheckHasFoundBroken) {
    const std::string workflow = folder.read("memory-ceilings.yml");
    EXPECT_THAT(workflow, HasSubstr("(steps.check.outputs.code == '0' || steps.check.outputs.code == '4' || "
                                    "inputs.accept) }}"));
}

}  // namespace
}  // namespace tidemark::test
