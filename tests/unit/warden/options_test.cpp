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
        parse({"--directory", "/runs/1",  "--runner",   "42",     "--wall",   "1.5",   "--grace",
               "0.25",        "--memory", "1073741824", "--cpus", "0,2,31",   "--cwd", "/work",
               "--stdin",     "/in",      "--cgroup",   "2:/a:b", "--cgroup", "1:/c",  "--no-cgroup",
               "--",          "program",  "--wall",     "",       "--"});
    ASSERT_TRUE(parsed.options) << parsed.problem;
    const Options& options = *parsed.options;
    EXPECT_EQ(options.directory, "/runs/1");
    EXPECT_EQ(options.runner, 42);
    EXPECT_EQ(options.wall_s, 1.5);
    EXPECT_EQ(options.grace_s, 0.25);
    EXPECT_EQ(options.memory_bytes, std::int64_t{1} << 30);
    EXPECT_THAT(options.cpus, ElementsAre(0, 2, 31));
    EXPECT_EQ(options.working_directory, "/work");
    EXPECT_EQ(options.stdin_file, "/in");
    ASSERT_EQ(options.cgroups.size(), 2U);
    EXPECT_EQ(options.cgroups[0].version, 2);
    EXPECT_EQ(options.cgroups[0].folder, "/a:b");
    EXPECT_EQ(options.cgroups[1].version, 1);
    EXPECT_FALSE(options.use_cgroup);
    EXPECT_FALSE(options.probe);
    EXPECT_THAT(parsed.command, ElementsAre("program", "--wall", "", "--", "")) << "the last is the null";
}

TEST(WardenOptions, LimitNothingUnlessAsked) {
    const Parsed parsed = parse({"--directory", "/runs/1", "--runner", "42", "--", "program"});
    ASSERT_TRUE(parsed.options) << parsed.problem;
    EXPECT_FALSE(parsed.options->wall_s);
    EXPECT_FALSE(parsed.options->memory_bytes);
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
    EXPECT_EQ(parse({"--wall"}).problem, "unknown or incomplete option --wall");
    const std::string incomplete = "needs --directory, --runner and a command behind --";
    EXPECT_EQ(parse({"--directory", "/runs/1", "--runner", "42", "--"}).problem, incomplete);
    EXPECT_EQ(parse({"--directory", "/runs/1", "--", "program"}).problem, incomplete);
    EXPECT_EQ(parse({"--runner", "42", "--", "program"}).problem, incomplete);
}

}  // namespace
}  // namespace tidemark::warden
