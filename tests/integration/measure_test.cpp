#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/workspace.hpp"

namespace tidemark::test {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;

class Measure : public testing::Test {
  protected:
    Finished measure(std::vector<std::string> words) {
        words.insert(words.begin(), "measure");
        return folder.tidemark(std::move(words));
    }
    std::string query(const std::string& sql) {
        return folder.tidemark({"query", sql, "--format", "csv"}).out;
    }

    Workspace folder;
};

TEST_F(Measure, SaysWhatACommandTakesAndWhereThatIsKept) {
    const Finished said = measure({"--", "sh", "-c", "exit 0"});
    EXPECT_EQ(said.exit_code, 0) << said.err;
    EXPECT_THAT(said.out, HasSubstr("sh -c 'exit 0'\n\npeak memory ("));
    EXPECT_THAT(
        said.out,
        testing::ContainsRegex(
            "at least \\([KM]?i?B\\)  at most \\([KM]?i?B\\)  time \\(m?s\\)  CPU time \\(m?s\\)  exit\n"));
    EXPECT_THAT(said.out, testing::EndsWith("  0\n"));
    EXPECT_EQ(said.err,
              "kept in results/tidemark.db, as sweep 'sh'; again and more: results/measured/sh.yaml\n");
    EXPECT_EQ(query("SELECT run, repeat, status, exit_code FROM results"),
              "run,repeat,status,exit_code\nsh -c 'exit 0',1,ok,0\n");
}

TEST_F(Measure, IsMadeAnewEachTimeAndIsASweepAsAnyOther) {
    const std::vector<std::string> command{"-n", "3", "--warmup", "1", "--", "sh", "-c", "echo x >> made"};
    EXPECT_EQ(measure(command).exit_code, 0);
    EXPECT_EQ(measure(command).exit_code, 0);
    EXPECT_EQ(folder.read("made"), "x\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\n")
        << "twice three executions, each behind a warm-up";
    EXPECT_EQ(query("SELECT count(*) AS n FROM results"), "n\n3\n");
    EXPECT_EQ(folder.tidemark({"baseline", "save", "before"}).exit_code, 0);
    EXPECT_EQ(folder.tidemark({"report", "results/measured/sh.yaml"}).exit_code, 0);
    EXPECT_EQ(folder.tidemark({"report"}).exit_code, 0) << "that of the last run";
    const Finished compared = folder.tidemark({"compare", "before", "sweep:sh"});
    EXPECT_EQ(compared.exit_code, 0) << compared.err;
}

TEST_F(Measure, SeveralCommandsAreHeldAgainstTheLeast) {
    const Finished said = measure({"-n", "3", "--", tidemark_binary(), "--version", "--vs", "sh", "-c", ":"});
    EXPECT_EQ(said.exit_code, 0) << said.err;
    EXPECT_THAT(said.out, HasSubstr("Medians, and in brackets the least and the greatest.\n"));
    EXPECT_THAT(said.out,
                testing::ContainsRegex(
                    "(times the memory of|the same memory, as far as is known|cannot be told apart in "
                    "memory)"));
    EXPECT_THAT(said.out, testing::ContainsRegex("(times as long as|the same time, as far as is known)"));
    EXPECT_THAT(said.err, HasSubstr("as sweep 'tidemark-vs-sh'"));
    const Finished once = measure({"--", tidemark_binary(), "--version", "--vs", "sh", "-c", ":"});
    EXPECT_THAT(once.out, HasSubstr("; how certain that is takes at least 3 repeats (-n)\n"));
}

TEST_F(Measure, AnAxisTakesItsPlaceInTheCommand) {
    const Finished said = measure({"--axis", "x=1,2", "--axis", "y=a,1e3", "--name", "grid", "--", "sh", "-c",
                                   "echo {x}-{y} {z} >> made"});
    EXPECT_EQ(said.exit_code, 0) << said.err;
    EXPECT_EQ(folder.read("made"), "1-a {z}\n1-1e3 {z}\n2-a {z}\n2-1e3 {z}\n");
    EXPECT_EQ(query("SELECT run FROM results WHERE x = 2 AND sweep = 'grid' ORDER BY run"),
              "run\n\"x=2,y=1e3\"\n\"x=2,y=a\"\n");
    const Finished both = measure({"--axis", "x=1,2", "--name", "both", "--", "sh", "-c", "echo a{x} >> two",
                                   "--vs", "sh", "-c", "echo b{x} >> two"});
    EXPECT_EQ(both.exit_code, 0) << both.err;
    EXPECT_EQ(folder.read("two"), "a1\na2\nb1\nb2\n");
    EXPECT_EQ(query("SELECT run FROM results WHERE x = 2 AND sweep = 'both' ORDER BY run"),
              "run\nsh -c 'echo a2 >> two'\nsh -c 'echo b2 >> two'\n");
}

TEST_F(Measure, ItsExitCodeSaysWhetherAllEndedAsAccepted) {
    const Finished failed = measure({"--", "sh", "-c", "echo 'no such luck' >&2; exit 3"});
    EXPECT_EQ(failed.exit_code, 1);
    EXPECT_THAT(failed.out, HasSubstr(" exit code 3\n\nno such luck\n"));
    EXPECT_EQ(measure({"--accept-exit", "3", "--", "sh", "-c", "exit 3"}).exit_code, 0);
    EXPECT_EQ(measure({"--under", "1GiB", "--", "sh", "-c", ":"}).exit_code, 0);
    const Finished above = measure({"--under", "1 KiB", "--", "sh", "-c", "sleep 0.3"});
    EXPECT_EQ(above.exit_code, 1);
    EXPECT_THAT(above.out, HasSubstr("\nunder 1 KiB: broken: "));
}

TEST_F(Measure, WhatIsWrongWithTheCommandLineIsSaidBeforeAnythingRuns) {
    const auto refused = [&](std::vector<std::string> words) {
        const Finished said = measure(std::move(words));
        EXPECT_EQ(said.exit_code, 2);
        return said.err;
    };
    EXPECT_EQ(refused({}),
              "name the command that is to be measured: tidemark measure -- PROGRAM ARGUMENT…\n");
    EXPECT_EQ(refused({"--", "a", "--vs"}), "--vs stands between two commands: measure -- A --vs B\n");
    EXPECT_EQ(refused({"--", "a", "--vs", "a"}), "--vs: both commands are the same, word for word\n");
    EXPECT_EQ(refused({"--", ""}), "the program to be measured has an empty name\n");
    EXPECT_EQ(refused({"--axis", "x", "--", "a"}),
              "--axis x: write a name and its values: --axis size=1,2,4\n");
    EXPECT_EQ(refused({"--axis", "x=1", "--", "a"}), "--axis x: no word of the command has its place, {x}\n");
    EXPECT_EQ(refused({"--axis", "x=1,,2", "--", "a", "{x}"}), "--axis x=1,,2: a value is missing\n");
    EXPECT_EQ(refused({"--axis", "x=1,1", "--", "a", "{x}"}), "--axis x=1,1: the value 1 stands twice\n");
    EXPECT_EQ(refused({"--axis", "x=1", "--axis", "x=2", "--", "a", "{x}"}),
              "--axis x: this name stands twice\n");
    EXPECT_EQ(refused({"--axis", "status=1", "--", "a", "{status}"}),
              "--axis status: nothing can be called so; a name has small letters, digits and _, and is no "
              "column of the results\n");
    EXPECT_EQ(refused({"--accept-exit", "300", "--", "a"}),
              "--accept-exit 300: an exit code is a number from 0 to 255\n");
    EXPECT_THAT(refused({"--under", "much", "--", "a"}), testing::StartsWith("--under: "));
    EXPECT_THAT(refused({"--wramup", "2", "--", "a"}),
                testing::StartsWith("there is no option '--wramup' (did you mean '--warmup'?); a command "
                                    "stands behind `--`"));
    EXPECT_EQ(refused({"--", "no-such-program"}),
              "there is no program 'no-such-program' on the PATH; install it, or give its path\n");
    EXPECT_EQ(refused({"--", "sort f | uniq"}),
              "there is no program 'sort f | uniq' on the PATH; install it, or give its path; a command is "
              "given word "
              "by word, and a shell's as: sh -c 'COMMAND'\n");
    EXPECT_EQ(query("SELECT count(*) AS n FROM attempts"), "n\n0\n");
}

TEST_F(Measure, MachinesGetUnroundedFigures) {
    const Finished said = measure({"--format", "csv", "--", "sh", "-c", ":"});
    EXPECT_THAT(said.out, MatchesRegex("run,status,repeats,peak_rss_bytes,peak_rss_low_bytes,"
                                       "peak_rss_high_bytes,wall_s,cpu_s,exit\nsh -c :,ok,1,[0-9]+,[0-9]+,"
                                       "[0-9]+,[0-9.e-]+,[0-9.e-]+,0\n"));
}

}  // namespace
}  // namespace tidemark::test
