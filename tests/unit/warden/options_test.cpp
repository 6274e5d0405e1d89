#include "warden/options.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tidemark::warden {
namespace {

using testing::ElementsAre;

struct Parsed {
    std::optional<Options> options;
    std::string problem;
    std::vector<std::string> command;
};

Parsed parse(std::vector<std::string> words) {
    words.insert(words.begin(), "tidemark-warden");
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    Parsed parsed;
    parsed.options = parse_options(static_cast<int>(arguments.size()), arguments.data(), parsed.problem);
    if (!parsed.options) return parsed;
    for (const char* word : parsed.options->command) parsed.command.emplace_back(word == nullptr ? "" : word);
    return parsed;
}

TEST(WardenOptions, AreAllRead) {
    const Parsed parsed =
        parse({"--directory",  "/runs/1", "--runner",   "42",         "--wall",        "1.5",
               "--grace",      "0.25",    "--memory",   "1073741824", "--swap",        "4096",
               "--pids",       "7",       "--cpu-time", "2.5",        "--cpus",        "0,2,31",
               "--open-files", "1024",    "--cwd",      "/work",      "--stdin",       "/in",
               "--cgroup",     "2:/a:b",  "--cgroup",   "1:/c",       "--pids-cgroup", "1:/p",
               "--cpu-cgroup", "2:/u",    "--method",   "exit-stop",  "--best-effort", "--",
               "program",      "--wall",  "",           "--"});
    ASSERT_TRUE(parsed.options) << parsed.problem;
    const Options& options = *parsed.options;
    EXPECT_EQ(options.directory, "/runs/1");
    EXPECT_EQ(options.runner, 42);
    ASSERT_EQ(options.cpu_cgroups.size(), 1U);
    EXPECT_EQ(options.cpu_cgroups[0].folder, "/u");
    EXPECT_EQ(options.wall_s, 1.5);
    EXPECT_EQ(options.grace_s, 0.25);
    EXPECT_EQ(options.memory_bytes, std::int64_t{1} << 30);
    EXPECT_THAT(options.cpus, ElementsAre(0, 2, 31));
    EXPECT_EQ(options.open_files, 1024);
    EXPECT_EQ(options.working_directory, "/work");
    EXPECT_EQ(options.stdin_file, "/in");
    ASSERT_EQ(options.cgroups.size(), 2U);
    EXPECT_EQ(options.cgroups[0].version, 2);
    EXPECT_EQ(options.cgroups[0].folder, "/a:b");
    EXPECT_EQ(options.cgroups[1].version, 1);
    EXPECT_EQ(options.swap_bytes, 4096);
    EXPECT_EQ(options.pids, 7);
    EXPECT_EQ(options.cpu_time_s, 2.5);
    ASSERT_EQ(options.pids_cgroups.size(), 1U);
    EXPECT_EQ(options.pids_cgroups[0].folder, "/p");
    EXPECT_EQ(options.method, MemoryMethod::ExitStop);
    EXPECT_TRUE(options.best_effort);
    EXPECT_FALSE(options.probe);
    EXPECT_THAT(parsed.command, ElementsAre("program", "--wall", "", "--", "")) << "the last is the null";
}

TEST(WardenOptions, LimitNothingUnlessAsked) {
    const Parsed parsed = parse({"--directory", "/runs/1", "--runner", "42", "--", "program"});
    ASSERT_TRUE(parsed.options) << parsed.problem;
    EXPECT_FALSE(parsed.options->wall_s);
    EXPECT_FALSE(parsed.options->memory_bytes);
    EXPECT_FALSE(parsed.options->pids);
    EXPECT_FALSE(parsed.options->cpu_time_s);
    EXPECT_EQ(parsed.options->method, MemoryMethod::Automatic);
    EXPECT_FALSE(parsed.options->best_effort);
    EXPECT_THAT(parsed.options->cpus, ElementsAre());
    EXPECT_EQ(parsed.options->stdin_file, "/dev/null");
}

TEST(WardenOptions, AProbeNeedsNothingElse) {
    const Parsed parsed = parse({"--probe"});
    ASSERT_TRUE(parsed.options) << parsed.problem;
    EXPECT_TRUE(parsed.options->probe);
}

TEST(WardenOptions, WhatIsWrongIsNamed) {
    EXPECT_EQ(parse({"--walls", "1"}).problem, "unknown or incomplete option --walls");
    EXPECT_EQ(parse({"--method", "guess"}).problem, "unknown or incomplete option --method");
    EXPECT_EQ(parse({"--wall"}).problem, "unknown or incomplete option --wall");
    const std::string incomplete = "needs --directory, --runner and a command behind --";
    EXPECT_EQ(parse({"--directory", "/runs/1", "--runner", "42", "--"}).problem, incomplete);
    EXPECT_EQ(parse({"--directory", "/runs/1", "--", "program"}).problem, incomplete);
    EXPECT_EQ(parse({"--runner", "42", "--", "program"}).problem, incomplete);
}

}  // namespace
}  // namespace tidemark::warden
