#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "store/database.hpp"
#include "support/workspace.hpp"

namespace tidemark::test {
namespace {

using testing::HasSubstr;

/// Two runs, three repeats each, whose score is what a file says times a parameter.
class Compare : public testing::Test {
  protected:
    Compare() {
        folder.write_script(
            "job.sh",
            "#!/bin/sh\necho '{\"event\":\"metric\",\"name\":\"score\",\"value\":'$(($(cat score) * "
            "$1))'}' >> \"$TIDEMARK_EVENTS\"\n");
        folder.write(
            "c.yaml",
            "sweep: c\ncommand: [./job.sh, \"{n}\"]\ninputs: [score]\nmatrix: {n: [1, 2]}\nrepeat: 3\n");
        make("100");
    }
    void make(const std::string& score) {
        folder.write("score", score);
        ASSERT_EQ(folder.tidemark({"run", "c.yaml"}).exit_code, 0);
    }
    Finished compare(const std::string& a, const std::string& b, const std::string& format = "text") {
        return folder.tidemark({"compare", a, b, "--format", format});
    }
    /// What became of the score of each run.
    std::vector<std::string> sentences(const std::string& a, const std::string& b) {
        std::vector<std::string> found;
        for (const auto& row : nlohmann::json::parse(compare(a, b, "json").out)) {
            if (row.at("name") == "score")
                found.push_back(row.at("run").get<std::string>() + ": " +
                                row.at("sentence").get<std::string>());
        }
        return found;
    }

    Workspace folder;
};

TEST_F(Compare, TwoRunsByName) {
    const Finished said = compare("n=1", "n=2");
    EXPECT_EQ(said.exit_code, 0) << said.err;
    EXPECT_THAT(said.out, HasSubstr("what differs\n\nparameter  n=1         n=2\n"));
    EXPECT_THAT(said.out, HasSubstr("command    ./job.sh 1  ./job.sh 2\n"));
    EXPECT_THAT(said.out, HasSubstr("score rose by 100.0 %"));
    EXPECT_THAT(said.out, HasSubstr("peak memory"));
}

TEST_F(Compare, WhatDiffersInManyRunsIsSaidOnce) {
    const auto sweep = [&](const std::string& name, const std::string& k, const std::string& more) {
        folder.write(name + ".yaml", "sweep: " + name +
                                         "\ncommand: [/bin/true]\nmatrix: {n: [1, 2, 3, 4, 5, 6]}\n" +
                                         "derive: {k: \"" + k + "\"}\n" + more);
        EXPECT_EQ(folder.tidemark({"run", name + ".yaml"}).exit_code, 0);
    };
    sweep("less", "0", "");
    sweep("more", "iif(n < 5, 1, iif(n = 5, 2, 0))", "limits: {cpu_time: 5 s}\nheap_layout: varied\n");
    EXPECT_THAT(compare("less", "more").out, HasSubstr("what differs\n"
                                                       "\n"
                                                       "runs            parameter          less  more\n"
                                                       "───────────────────────────────────────────────\n"
                                                       "n=1 and 3 more  k                  0     1\n"
                                                       "all 6 runs      limit of CPU time  –     5.0 s\n"
                                                       "all 6 runs      heap layout        –     varied\n"
                                                       "n=5             k                  0     2\n"));
}

TEST_F(Compare, ABaselineWithWhatCameOfIt) {
    folder.tidemark({"baseline", "save", "main"});
    EXPECT_THAT(compare("main", "c").out, HasSubstr("Both sides are the same results.\n"));
    make("120");
    EXPECT_THAT(sentences("main", "c"),
                testing::ElementsAre("n=1: score rose by 20.0 %", "n=2: score rose by 20.0 %"));
    EXPECT_THAT(sentences("c/n=2", "main"), testing::ElementsAre("n=2: score fell by 16.7 %"));
    EXPECT_THAT(compare("main", "c").out, HasSubstr("The program or its inputs changed for 2 of 2 runs.\n"));
}

TEST_F(Compare, AnotherDatabase) {
    std::filesystem::create_directory(folder / "old");
    std::filesystem::copy_file(folder / "results/tidemark.db", folder / "old/t.db");
    make("90");
    EXPECT_THAT(sentences("old/t.db", "c"),
                testing::ElementsAre("n=1: score fell by 10.0 %", "n=2: score fell by 10.0 %"));
    folder.write("d.yaml", "sweep: d\ncommand: [./job.sh, \"{n}\"]\nmatrix: {n: [3]}\nrepeat: 3\n");
    folder.tidemark({"run", "d.yaml"});
    EXPECT_EQ(compare("d", "old/t.db").err,
              "'d' and 'old/t.db' have no run in common: nothing can be compared\n");
    EXPECT_THAT(compare("c", "d").err, HasSubstr("no run in common"));
}

/// What the first invocation is said to have been made on.
void told_of_first(const std::filesystem::path& file, const std::string& name, const std::string& value) {
    store::Database database = store::Database::open_or_create(file.string());
    database.connection().execute("UPDATE provenance SET value = '" + value + "' WHERE name = '" + name +
                                  "' AND invocation_id = (SELECT invocation_id FROM invocations ORDER BY "
                                  "started_at LIMIT 1)");
}

TEST_F(Compare, WhatWasMeasuredOnAnotherMachineIsToldFirstAndItsTimesAreNotCompared) {
    folder.tidemark({"baseline", "save", "main"});
    told_of_first(folder / "results/tidemark.db", "cpu", "Abacus");
    make("120");
    const std::string text = compare("main", "c").out;
    EXPECT_THAT(text, testing::StartsWith("measured differently\n"));
    EXPECT_THAT(text, HasSubstr("machine"));
    EXPECT_THAT(text, HasSubstr("times are not compared; memory is, but a program may take more for more"));
    EXPECT_THAT(text, HasSubstr("wall time: not comparable: measured on another machine (Abacus, "));
    EXPECT_THAT(text, testing::Not(HasSubstr("wall time rose")));
    EXPECT_THAT(text, HasSubstr("score rose by 20.0 %"));
    int times = 0, origins = 0;
    for (const auto& row : nlohmann::json::parse(compare("main", "c", "json").out)) {
        if (row.at("kind") == "origin") {
            ++origins;
            EXPECT_EQ(row.at("name"), "machine");
        }
        if (row.at("name") != "wall_s" && row.at("name") != "cpu_s") continue;
        ++times;
        EXPECT_EQ(row.at("direction"), "not comparable");
        EXPECT_TRUE(row.at("change").is_null());
        EXPECT_TRUE(row.at("change_low").is_null());
    }
    EXPECT_EQ(times, 4) << "of two runs";
    EXPECT_EQ(origins, 2);
}

TEST_F(Compare, SideBySideOnOneMachineNothingIsSaidToDiffer) {
    folder.tidemark({"baseline", "save", "main"});
    make("120");
    EXPECT_THAT(compare("main", "c").out, testing::Not(HasSubstr("measured differently")));
}

TEST_F(Compare, SingleAttemptsHaveNoInterval) {
    const auto rows = nlohmann::json::parse(
        folder
            .tidemark({"query", "SELECT run_id FROM results WHERE repeat = 1 ORDER BY n", "--format", "json"})
            .out);
    EXPECT_THAT(sentences(rows[0]["run_id"], rows[1]["run_id"]),
                testing::ElementsAre(
                    "n=1 → n=2: score: a change needs at least 3 repeats on both sides, and there is "
                    "1; `repeat: 5` makes enough"));
}

TEST_F(Compare, HowManyRepeatsAChangeNeedsIsSaidOnceBelowTheTable) {
    const auto rows = nlohmann::json::parse(
        folder
            .tidemark({"query", "SELECT run_id FROM results WHERE repeat = 1 ORDER BY n", "--format", "json"})
            .out);
    const std::string note = "A change needs at least 3 repeats on both sides; `repeat: 5` makes enough.";
    for (const std::string format : {"text", "markdown", "html"}) {
        const Finished said = folder.tidemark({"compare", rows[0]["run_id"].get<std::string>(),
                                               rows[1]["run_id"].get<std::string>(), "--format", format});
        const auto times = [&](const std::string& what) {
            std::size_t count = 0;
            for (std::size_t at = 0; (at = said.out.find(what, at)) != std::string::npos; at += what.size())
                ++count;
            return count;
        };
        EXPECT_EQ(times("needs at least 3 repeats"), 1U) << said.out;
        EXPECT_THAT(said.out, HasSubstr("score: 1 repeat, too few to tell"));
        if (format == "text") {
            EXPECT_THAT(said.out, HasSubstr(note));
        }
    }
}

TEST_F(Compare, AnUnknownOrAmbiguousNameSaysHowToGoOn) {
    EXPECT_EQ(compare("n=1", "cc").err,
              "there is no run, sweep, baseline or database 'cc' (did you mean 'c'?); `tidemark list` shows "
              "what there is\n");
    folder.tidemark({"baseline", "save", "c"});
    const Finished said = compare("c", "n=1");
    EXPECT_EQ(said.exit_code, 2);
    EXPECT_EQ(said.err, "'c' may be any of these; name one of them:\n    sweep:c\n    baseline:c\n");
    EXPECT_EQ(compare("sweep:c", "baseline:c").exit_code, 0);
    folder.write("d.yaml", "sweep: d\ncommand: [./job.sh, \"{n}\"]\nmatrix: {n: [1]}\nrepeat: 3\n");
    folder.tidemark({"run", "d.yaml"});
    EXPECT_EQ(compare("n=1", "n=2").err,
              "'n=1' may be any of these; name one of them:\n    run:d/n=1\n    run:c/n=1\n");
    EXPECT_EQ(compare("run:d/n=1", "c/n=1").exit_code, 0);
}

}  // namespace
}  // namespace tidemark::test
