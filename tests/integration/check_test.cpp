#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "store/database.hpp"
#include "support/workspace.hpp"

namespace tidemark::test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

/// A command that tells the score that a file holds, three times each.
class Check : public testing::Test {
  protected:
    Check() {
        folder.write_script(
            "job.sh",
            "#!/bin/sh\necho '{\"event\":\"metric\",\"name\":\"score\",\"value\":'$(cat score)'}' "
            ">> \"$TIDEMARK_EVENTS\"\n[ \"$1\" != bad ]\n");
        score("100");
        checks("[{name: low enough, where: \"true\", metric: score, max: 120}]");
    }

    void score(const std::string& value) { folder.write("score", value); }
    void checks(const std::string& list, const std::string& kinds = "[a, b]") {
        folder.write("c.yaml", "sweep: c\ncommand: [./job.sh, \"{kind}\"]\ninputs: [score]\nmatrix: {kind: " +
                                   kinds + "}\nrepeat: 3\nchecks: " + list + "\n");
    }
    Finished make() { return folder.tidemark({"run", "c.yaml"}); }
    Finished check(std::vector<std::string> more = {}) {
        std::vector<std::string> arguments{"check", "c.yaml"};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return folder.tidemark(arguments);
    }
    /// The verdicts in the order of the checks and runs.
    std::vector<std::string> verdicts() {
        std::vector<std::string> found;
        for (const auto& row : nlohmann::json::parse(check({"--format", "json"}).out))
            found.push_back(row.at("verdict"));
        return found;
    }

    Workspace folder;
};

TEST_F(Check, WithoutADatabaseNothingIsDecided) {
    const Finished said = check();
    EXPECT_EQ(said.exit_code, 4);
    EXPECT_THAT(said.out, HasSubstr("nothing is measured yet: there is no database results/tidemark.db"));
    EXPECT_FALSE(std::filesystem::exists(folder / "results"));
    const Finished last = folder.tidemark({"check"});
    EXPECT_EQ(last.exit_code, 4);
    EXPECT_EQ(last.err,
              "tidemark: nothing is measured in results/tidemark.db yet, so there is nothing to check; "
              "`tidemark run FILE` measures\n");
}

TEST_F(Check, HoldsBreaksOrIsUndecided) {
    make();
    EXPECT_EQ(check().exit_code, 0);
    EXPECT_EQ(folder.tidemark({"check"}).exit_code, 0) << "the file of the last run";
    checks(
        "[{name: low enough, where: \"true\", metric: score, max: 99.5}, {name: told, where: kind = 'a', "
        "metric: accuracy, min: 85 %}]");
    const Finished said = check();
    EXPECT_EQ(said.exit_code, 1) << "broken outranks undecided";
    EXPECT_THAT(said.out, HasSubstr("repeat 1: 100 is above 99.5"));
    EXPECT_THAT(said.out, HasSubstr("repeat 1 has no accuracy: it has not told it"));
    EXPECT_THAT(said.out, HasSubstr("c: 2 checks: 1 broken, 1 undecided"));
    EXPECT_THAT(verdicts(), testing::ElementsAre("broken", "broken", "undecided"));
}

TEST_F(Check, AChangedProgramIsNotTakenAsMeasured) {
    make();
    score("101");
    const Finished said = check();
    EXPECT_EQ(said.exit_code, 4);
    EXPECT_THAT(said.out, HasSubstr("not measured with the present program and parameters"));
    make();
    EXPECT_EQ(check().exit_code, 0);
}

TEST_F(Check, ARunThatIsNotMeasuredIsUndecided) {
    make();
    checks("[{name: low enough, where: kind <> 'a', metric: score, max: 120}]", "[a, b, new]");
    EXPECT_THAT(verdicts(), testing::ElementsAre("pass", "undecided"));
    checks("[{name: low enough, where: kind = 'nobody', metric: score, max: 120}]");
    EXPECT_THAT(check().out, HasSubstr("its `where` holds for no run"));
    EXPECT_EQ(check().exit_code, 4);
}

TEST_F(Check, AFailedRunHoldsNothing) {
    checks("[{name: low enough, where: \"true\", metric: score, max: 120}]", "[bad]");
    EXPECT_EQ(make().exit_code, 1);
    const Finished said = check();
    EXPECT_EQ(said.exit_code, 4);
    EXPECT_THAT(said.out, HasSubstr("repeat 1: failed, exit code 1"));
}

TEST_F(Check, DriftIsHeldAgainstABaseline) {
    checks("[{name: no creep, where: \"true\", metric: score, max_increase: 3 %, against: main}]", "[a]");
    make();
    EXPECT_THAT(check().out,
                HasSubstr("there is no baseline 'main'; `tidemark baseline save main` makes it"));
    const Finished saved = folder.tidemark({"baseline", "save", "main"});
    EXPECT_EQ(saved.exit_code, 0);
    EXPECT_EQ(saved.err, "baseline 'main' names 3 runs\n");
    const Finished own = check();
    EXPECT_EQ(own.exit_code, 4);
    EXPECT_THAT(own.out,
                HasSubstr("these results are those of baseline 'main' themselves; --fresh makes new ones"));
    score("102");
    make();
    EXPECT_EQ(check().exit_code, 0);
    score("105");
    make();
    const Finished broken = check();
    EXPECT_EQ(broken.exit_code, 1);
    EXPECT_THAT(broken.out, HasSubstr("+5.0 % (95 % interval +5.0 % to +5.0 %, 3 pairs)"));
}

/// 2.9 % at a time, each of which a baseline that goes along lets pass.
TEST_F(Check, WhatRisesByALittleEachTimeIsSeenByTheBestOfTheLastSaves) {
    checks("[{name: no creep, where: \"true\", metric: score, max_increase: 3 %, against: main}]", "[a]");
    for (const char* value : {"1000", "1029", "1058"}) {
        score(value);
        make();
        EXPECT_EQ(folder.tidemark({"baseline", "save", "main", "--keep", "20"}).exit_code, 0);
    }
    score("1088");
    make();
    EXPECT_EQ(check().exit_code, 0) << "+2.8 % since the last save";
    const Finished best = check({"--against", "best-of:main:10"});
    EXPECT_EQ(best.exit_code, 1);
    EXPECT_THAT(best.out, HasSubstr("at most 3 % more than the best of the last 10 of main"));
    EXPECT_THAT(best.out,
                testing::ContainsRegex("\\+8\\.8 % .*; the best of 3 saves was saved 20[0-9-]+ [0-9:]+ UTC"));
    EXPECT_EQ(check({"--against", "best-of:main:2"}).exit_code, 1) << "+5.7 %";
    EXPECT_EQ(check({"--against", "main"}).exit_code, 0);
    const Finished both = check({"--against", "main", "--against", "best-of:main:10", "--format", "csv"});
    EXPECT_EQ(both.exit_code, 1);
    EXPECT_THAT(both.out, HasSubstr(",main\n"));
    EXPECT_THAT(both.out, HasSubstr(",best-of:main:10\n"));
    EXPECT_THAT(check({"--against", "main", "--against", "best-of:main:10", "--format", "junit"}).out,
                HasSubstr("name=\"no creep (drift against best-of:main:10): kind=a\""));
    checks(
        "[{name: no creep, where: \"true\", metric: score, max_increase: 3 %, against: \"best-of:main:10\"}]",
        "[a]");
    EXPECT_EQ(check().exit_code, 1) << "the file may say it, too";
}

TEST_F(Check, WhatCannotBeHeldAgainstIsTold) {
    make();
    EXPECT_EQ(check({"--against", "main"}).err,
              "--against: no check in c.yaml has a max_increase, which would be held against it\n");
    EXPECT_EQ(check({"--against", "best-of:main"}).err,
              "--against: 'best-of:main': the best of a baseline's last saves is written best-of:NAME:N, N "
              "from 2 to "
              "1000, as in best-of:main:10\n");
    checks(
        "[{name: no creep, where: \"true\", metric: score, max_increase: 3 %, against: \"best-of:main:0\"}]");
    EXPECT_EQ(check().exit_code, 2);
    EXPECT_THAT(check().err, HasSubstr("c.yaml:6:"));
    EXPECT_THAT(check().err, HasSubstr("checks[0].against: 'best-of:main:0': the best of"));
    checks("[{name: no creep, where: \"true\", metric: score, max_increase: 3 %, against: main}]");
    EXPECT_THAT(check({"--against", "best-of:release:5"}).out,
                HasSubstr("there is no baseline 'release'; `tidemark baseline save release` makes it"));
}

TEST_F(Check, ACommentForAPullRequestHasTheWorstFirst) {
    checks(
        "[{name: low enough, where: \"true\", metric: score, max: 120}, {name: told, where: kind = 'a', "
        "metric: "
        "accuracy, min: 85 %}, {name: lower, where: kind = 'b', metric: score, max: 50}]");
    make();
    const Finished said = check({"--format", "comment"});
    EXPECT_EQ(said.exit_code, 1);
    EXPECT_THAT(said.out,
                StartsWith("<!-- tidemark check c -->\n### c: 3 checks: 1 pass, 1 broken, 1 undecided\n\n"
                           "| verdict   | check"));
    EXPECT_LT(said.out.find("| broken"), said.out.find("| undecided"));
    EXPECT_LT(said.out.find("| undecided"),
              said.out.find("<details><summary>2 that pass</summary>\n\n| verdict"));
    EXPECT_THAT(said.out, testing::EndsWith("\n</details>\n"));
    checks("[{name: low enough, where: \"true\", metric: score, max: 120}]");
    const std::string well = check({"--format", "comment"}).out;
    EXPECT_THAT(well, StartsWith("<!-- tidemark check c -->\n### c: 1 check: 1 pass\n"));
    EXPECT_THAT(well, testing::Not(HasSubstr("<details>")));
    check({"--format", "comment", "--output", "comment.md"});
    EXPECT_EQ(folder.read("comment.md"), well);
}

TEST_F(Check, APeakAboveAKeptLimitIsExplainedOnce) {
    constexpr const char* kNote =
        "A memory limit holds what the kernel charges to the run's cgroup; peak memory also has mapped file "
        "pages that others were charged for, such as shared libraries, so it may lie above the limit.\n";
    checks("[{name: small, where: \"true\", metric: peak_rss, max: 1 KiB}]", "[a]");
    EXPECT_THAT(make().out, testing::Not(HasSubstr(kNote)));
    const auto limit_was = [&](const std::string& bytes, const std::string& reached) {
        store::Database::open_or_create((folder / "results/tidemark.db").string())
            .connection()
            .execute("UPDATE runs SET memory_limit_reached = " + reached +
                     ", request = json_set(request, '$.limits.memory_bytes', " + bytes + ")");
    };
    limit_was("1024", "0");
    EXPECT_THAT(make().out, HasSubstr(kNote)) << "of `run`, which finds all done";
    EXPECT_THAT(check().out, HasSubstr(kNote));
    limit_was("1099511627776", "0");
    EXPECT_THAT(check().out, testing::Not(HasSubstr(kNote)));
    limit_was("1024", "NULL");
    EXPECT_THAT(check().out, testing::Not(HasSubstr(kNote))) << "nothing has enforced it";
    limit_was("1024", "0");
    checks("[{name: low enough, where: \"true\", metric: score, max: 120}]", "[a]");
    EXPECT_THAT(check().out, testing::Not(HasSubstr(kNote))) << "no peak is checked";
}

TEST_F(Check, ABaselineOfAnotherMachineSaysNothingOfTimes) {
    checks(
        "[{name: no slower, where: \"true\", metric: time, max_increase: 5 %, against: main}, "
        "{name: no creep, where: \"true\", metric: score, max_increase: 3 %, against: main}]",
        "[a]");
    make();
    folder.tidemark({"baseline", "save", "main"});
    store::Database::open_or_create((folder / "results/tidemark.db").string())
        .connection()
        .execute("UPDATE provenance SET value = 'Abacus' WHERE name = 'cpu'");
    folder.tidemark({"run", "c.yaml", "--fresh"});
    const Finished said = check();
    EXPECT_EQ(said.exit_code, 4);
    EXPECT_THAT(said.out, testing::StartsWith("measured differently\n"));
    EXPECT_THAT(said.out, HasSubstr("baseline main"));
    EXPECT_THAT(said.out, HasSubstr("times are not compared"));
    EXPECT_THAT(said.out, HasSubstr("not comparable: measured on another machine (Abacus, "));
    EXPECT_THAT(verdicts(), testing::ElementsAre("undecided", "pass"));
    for (const char* format : {"csv", "json", "junit"})
        EXPECT_THAT(check({"--format", format}).out,
                    HasSubstr("not comparable: measured on another machine"));
}

TEST_F(Check, CpuTimeIsWhatTimeDriftIsAbout) {
    checks(
        "[{name: no slower, where: \"true\", metric: time, max_increase: 5 %, against: main}, "
        "{name: quick, where: \"true\", metric: time, max: 1 h}, {name: cheap, where: \"true\", metric: "
        "cpu_time, max: 1 h}]",
        "[a]");
    make();
    folder.tidemark({"baseline", "save", "main"});
    folder.tidemark({"run", "c.yaml", "--fresh"});
    const auto rows = nlohmann::json::parse(check({"--format", "json"}).out);
    const auto cpu = nlohmann::json::parse(
        folder
            .tidemark(
                {"query", "SELECT user_s + system_s AS cpu_s FROM results ORDER BY 1", "--format", "json"})
            .out);
    EXPECT_EQ(rows[0]["measured"], cpu[1]["cpu_s"]);
    EXPECT_EQ(rows[1]["verdict"], "pass");
    EXPECT_EQ(rows[2]["measured"], cpu[2]["cpu_s"]);
}

TEST_F(Check, ATypingErrorIsFoundOnceTheColumnsAreKnown) {
    checks("[{name: low enough, where: scor > 1, metric: score, max: 120}]");
    EXPECT_EQ(check().exit_code, 4);
    make();
    const Finished said = check();
    EXPECT_EQ(said.exit_code, 2);
    EXPECT_EQ(said.err, "c.yaml:6:36: where: no result has a column 'scor' (did you mean 'score'?)\n");
}

TEST_F(Check, AFileWithoutChecksChecksNothing) {
    checks("[]");
    const Finished said = check();
    EXPECT_EQ(said.exit_code, 2);
    EXPECT_EQ(said.err, "c.yaml: there are no `checks:` in it, so nothing would be checked\n");
}

TEST_F(Check, SpeaksJunitAndGitHub) {
    checks("[{name: \"low, enough\", where: kind = 'a', metric: score, max: 50 %}]");
    make();
    EXPECT_THAT(
        check({"--format", "junit"}).out,
        HasSubstr("<testcase classname=\"c\" name=\"low, enough: kind=a\">\n      <failure type=\"broken\" "
                  "message=\"repeat 1: 100 is above 0.5\"/>"));
    const Finished said =
        folder.tidemark({"check", "c.yaml", "--format", "csv"},
                        {.environment = {{"GITHUB_ACTIONS", "true"},
                                         {"GITHUB_WORKSPACE", folder.path().string()},
                                         {"GITHUB_STEP_SUMMARY", (folder / "summary.md").string()}}});
    EXPECT_EQ(
        said.err,
        "::error file=c.yaml,line=6,col=10,title=broken%3A low%2C enough::score of kind=a: repeat 1: 100 is "
        "above 0.5 (required: at most 0.5)\n");
    EXPECT_THAT(said.out, StartsWith("check,run,verdict,metric,bound,limit,measured,before,change,"));
    std::ostringstream summary;
    summary << std::ifstream(folder / "summary.md").rdbuf();
    EXPECT_THAT(summary.str(), StartsWith("### c\n\n| verdict | check"));
}

TEST_F(Check, BaselinesAreListedAndDropped) {
    EXPECT_EQ(folder.tidemark({"baseline", "save", "main"}).exit_code, 3) << "no database";
    make();
    EXPECT_EQ(folder.tidemark({"baseline", "save"}).err,
              "`baseline save` needs the name of the baseline, such as main\n");
    EXPECT_EQ(folder.tidemark({"baseline", "save", "main", "--sweep", "other"}).err,
              "there is no run of sweep 'other' that ended ok, so baseline 'main' was not saved\n");
    folder.tidemark({"baseline", "save", "main"});
    EXPECT_EQ(folder.tidemark({"baseline", "save", "main"}).err, "baseline 'main' now names 6 runs\n");
    EXPECT_THAT(folder.tidemark({"baseline", "list", "--format", "csv"}).out,
                testing::MatchesRegex("baseline,sweep,runs,saved_at,saves\nmain,c,6,20[^,]*Z,1\n"));
    EXPECT_EQ(
        folder.tidemark({"baseline", "save", "best-of:main:2"}).err,
        "no baseline can be called 'best-of:main:2': check --against reads best-of: as the best of several "
        "saves\n");
    EXPECT_EQ(folder.tidemark({"baseline", "drop", "mian"}).err,
              "there is no baseline 'mian' (did you mean 'main'?)\n");
    EXPECT_EQ(folder.tidemark({"baseline", "drop", "main"}).err,
              "baseline 'main' is dropped; its runs are kept\n");
    EXPECT_EQ(folder.tidemark({"baseline", "drop", "main"}).exit_code, 2);
}

/// Two processes at once, measured by samples, which bound nothing from above.
TEST(CheckOfATree, NeverPassesAMaximumOfWhatIsKnownFromBelowOnly) {
    Workspace folder;
    folder.write(
        "tree.yaml",
        "sweep: tree\ncommand: [sh, -c, \"sleep 0.2 & sleep 0.2; wait\"]\nmatrix: {n: [1]}\nchecks:\n"
        "  - {name: fits, where: \"true\", metric: peak_rss, max: 1 GiB}\n"
        "  - {name: small, where: \"true\", metric: peak_rss, max: 1 B}\n"
        "  - {name: there, where: \"true\", metric: peak_rss, min: 1 B}\n");
    const Finished made = folder.tidemark({"run", "tree.yaml", "--memory-method", "sampled"});
    ASSERT_EQ(made.exit_code, 0) << made.err;
    EXPECT_THAT(made.err, testing::ContainsRegex("peak ≥ [0-9.]+ [KM]iB"));
    EXPECT_THAT(made.out, testing::ContainsRegex("≥ [0-9.]+"));
    EXPECT_THAT(made.out,
                HasSubstr("A peak shown as ≥ a is at least that, and nothing bounds it from above.\n"));
    const Finished said = folder.tidemark({"check", "tree.yaml"});
    EXPECT_EQ(said.exit_code, 1) << "the second is broken";
    EXPECT_THAT(said.out,
                testing::ContainsRegex(
                    "undecided +fits +n=1 +peak_rss +≥ [0-9.]+ [KM]iB +at most 1.00 GiB +repeat 1: at "
                    "least [0-9.]+ [KM]iB, and nothing bounds it from above: the run had several "
                    "processes and no cgroup: .*; a memory cgroup gives closer bounds, and "
                    "`tidemark doctor` tells how to get one"));
    EXPECT_THAT(said.out,
                testing::ContainsRegex("broken +small .* repeat 1: at least [0-9.]+ [KM]iB is above 1 B"));
    EXPECT_THAT(said.out, testing::ContainsRegex("pass +there "));
    const auto rows = nlohmann::json::parse(folder.tidemark({"check", "tree.yaml", "--format", "json"}).out);
    EXPECT_GT(rows[0].at("measured_low"), 0);
    EXPECT_TRUE(rows[0].at("measured_high").is_null());
    for (const char* verb : {"list", "report"}) {
        const Finished shown = verb == std::string("list") ? folder.tidemark({"list", "--sweep", "tree"})
                                                           : folder.tidemark({"report", "tree.yaml"});
        EXPECT_THAT(shown.out, testing::ContainsRegex("≥ [0-9.]+")) << verb;
    }
}

}  // namespace
}  // namespace tidemark::test
