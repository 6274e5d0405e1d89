// The smallest memory limit under which a run ends well, by real limits.
#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "integration/own_program.hpp"

namespace tidemark::test {
namespace {

using testing::HasSubstr;
using testing::Not;

/// A program that keeps all that it is told, 48 MiB, in anonymous memory.
const std::string kKeeps48 = "command: [sh, -c, \"head -c 48M /dev/zero | tail | wc -c\"]\nobserve: false\n";
constexpr double kMebibyte = 1024.0 * 1024;

class Fit : public OwnProgram {
  protected:
    void SetUp() override {
        const std::string abilities = folder.tidemark({"doctor", "--format", "csv"}).out;
        ASSERT_THAT(abilities, HasSubstr("memory limits,")) << "what this skips by is not said any more";
        if (abilities.find("memory limits,ok,") == std::string::npos)
            GTEST_SKIP() << "needs a memory cgroup: " << abilities;
    }
    Finished fit(const std::string& sweep, const std::vector<std::string>& more = {}) {
        folder.write("own.yaml", "sweep: own\n" + sweep);
        std::vector<std::string> arguments{"fit", "own.yaml"};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return folder.tidemark(arguments);
    }
};

TEST_F(Fit, FindsWhatAProgramNeeds) {
    const Finished said = fit(kKeeps48, {"--format", "json"});
    ASSERT_EQ(said.exit_code, 0) << said.err;
    const auto rows = nlohmann::json::parse(said.out);
    double low = 0, high = 0, recommended = 0, largest_failed = 0;
    std::size_t runs = 0;
    for (const auto& row : rows) {
        if (row["kind"] == "need_low") low = row["limit_bytes"];
        if (row["kind"] == "need_high") high = row["limit_bytes"];
        if (row["kind"] == "recommended") recommended = row["limit_bytes"];
        if (row["kind"] == "without" || row["kind"] == "trial") ++runs;
        const bool is_trial = row["kind"] == "trial";
        if (is_trial && row["status"] != "ok")
            largest_failed = std::max(largest_failed, row["limit_bytes"].get<double>());
    }
    EXPECT_LE(runs, 12U);
    // 48 MiB, and what three small processes and their page tables take
    EXPECT_GT(high, 48 * kMebibyte);
    EXPECT_LT(low, 56 * kMebibyte);
    EXPECT_LE(high - low, 4 * kMebibyte);
    EXPECT_GE(recommended, high);
    EXPECT_GT(largest_failed, 0);
    EXPECT_LT(largest_failed, recommended);
    EXPECT_LT(recommended, 64 * kMebibyte);
}

TEST_F(Fit, SaysWhatToWriteAndGoesOnWhereItEnded) {
    const Finished said = fit(kKeeps48);
    ASSERT_EQ(said.exit_code, 0) << said.err;
    EXPECT_THAT(said.out, HasSubstr("own, run 'own'"));
    EXPECT_THAT(said.out, HasSubstr("the smallest limit under which it ends well lies between "));
    EXPECT_THAT(said.out,
                HasSubstr("so that all but one of a thousand runs end well; 1 run was made under it and "
                          "ended well"));
    for (const char* const spelled :
         {"limits: {memory: ", "docker run --memory ", "resources: {requests: {memory: ", "#SBATCH --mem="})
        EXPECT_THAT(said.out, HasSubstr(spelled));
    const std::string made = query("SELECT count(*) AS n FROM attempts");
    const Finished again = fit(kKeeps48);
    EXPECT_EQ(again.exit_code, 0);
    EXPECT_EQ(again.out, said.out);
    EXPECT_THAT(again.err, HasSubstr("all of it was measured before (--fresh measures it again)\n"));
    EXPECT_EQ(query("SELECT count(*) AS n FROM attempts"), made);
    EXPECT_THAT(folder.tidemark({"fit", "own"}).out, HasSubstr("docker run"))
        << "by the name of a stored run";
}

/// Its runs are none that `report` and `check` without a file are about.
TEST_F(Fit, LeavesTheLastRunAlone) {
    run("command: [/bin/echo, hello]\n");
    fit(kKeeps48, {"--runs", "5"});
    EXPECT_THAT(folder.tidemark({"report", "--format", "csv"}).out, HasSubstr("own"));
    folder.write("own.yaml", "sweep: own\ncommand: [/bin/echo, hello]\n");
    EXPECT_THAT(folder.tidemark({"report", "--format", "csv"}).out, Not(HasSubstr("not run")));
}

TEST_F(Fit, OfWhatEndsBadlyAnywaySaysSo) {
    const Finished said = fit("command: [sh, -c, \"exit 3\"]\n");
    EXPECT_EQ(said.exit_code, 1);
    EXPECT_THAT(said.err, HasSubstr("without a memory limit it does not end well: failed, exit code 3; `"));
}

TEST_F(Fit, WantsOneRun) {
    const Finished said = fit("command: [/bin/true]\nmatrix: {n: [1, 2]}\n");
    EXPECT_EQ(said.exit_code, 2);
    EXPECT_EQ(said.err,
              "own.yaml: it has 2 runs, and the limit of one is searched for; choose it by --only \"run = "
              "'NAME'\": "
              "n=1; n=2\n");
    EXPECT_EQ(
        fit("command: [/bin/true]\nmatrix: {n: [1, 2]}\n", {"--only", "n = 2", "--runs", "5"}).exit_code, 0);
}

TEST_F(Fit, RefusesWhatThereIsNot) {
    const Finished said = folder.tidemark({"fit", "nosuch.yaml"});
    EXPECT_EQ(said.exit_code, 2);
    EXPECT_EQ(said.err, "there is neither a file nor a stored run 'nosuch.yaml'\n");
    run("command: [/bin/true]\n");
    EXPECT_EQ(
        folder.tidemark({"fit", "nosuch"}).err,
        "there is neither a file nor a stored run 'nosuch'; `tidemark list --sweep NAME` shows the runs of a "
        "sweep\n");
    EXPECT_EQ(fit("command: [/bin/true]\n", {"--runs", "4"}).exit_code, 2);
}

}  // namespace
}  // namespace tidemark::test
