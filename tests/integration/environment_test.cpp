// What runs get of the caller's environment, what of it makes another run, and which commit they are of.
#include <filesystem>

#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/own_program.hpp"
#include "integration/plain_environment.hpp"

namespace tidemark::test {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* kDone = "all done already";

class CallersEnvironment : public OwnProgram {
  protected:
    Finished tidemark(const std::vector<std::string>& arguments) {
        return folder.tidemark(arguments, options);
    }
    Finished make(const std::string& sweep, const std::vector<std::string>& more = {}) {
        folder.write("own.yaml", "sweep: own\n" + sweep);
        std::vector<std::string> arguments{"run", "own.yaml"};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return tidemark(arguments);
    }
    std::string names_that_it_printed() {
        const std::string directory =
            tidemark({"query", "SELECT directory FROM main.runs ORDER BY started_at DESC LIMIT 1", "--format",
                      "csv"})
                .out;
        const std::size_t begin = directory.find('\n') + 1;
        const std::string path = directory.substr(begin, directory.find('\n', begin) - begin);
        return folder.run({"sh", "-c", "sed s/=.*// \"$0\" | sort", path + "/stdout.log"}).out;
    }

    StartOptions options = plain_environment();
};

TEST_F(CallersEnvironment, AVariableThatChangesProgramsMakesTheRunAgainAndIsNamed) {
    options.environment["OMP_NUM_THREADS"] = "2";
    const std::string sweep =
        "command: [/bin/true]\nchecks: [{name: c, where: \"true\", metric: time, max: 1 h}]\n";
    EXPECT_EQ(make(sweep).exit_code, 0);
    EXPECT_THAT(make(sweep).err, HasSubstr(kDone));
    options.environment["OMP_NUM_THREADS"] = "4";
    for (const char* verb : {"check", "report"}) {
        EXPECT_THAT(
            tidemark({verb, "own.yaml"}).err,
            HasSubstr("note: runs that are stored were made with OMP_NUM_THREADS=2, and now it is 4\n"));
    }
    const Finished said = make(sweep);
    EXPECT_THAT(said.err, Not(HasSubstr(kDone)));
    EXPECT_THAT(said.err,
                HasSubstr("note: runs that are stored were made with OMP_NUM_THREADS=2, and now it is 4\n"));
    EXPECT_THAT(tidemark({"show", "own"}).out, testing::ContainsRegex("OMP_NUM_THREADS +4\n"));
    options.environment["OMP_NUM_THREADS"] = "";
    EXPECT_THAT(
        make(sweep).err,
        HasSubstr("note: runs that are stored were made with OMP_NUM_THREADS=4, and now it is not set\n"));
}

TEST_F(CallersEnvironment, WhatIsPreloadedMakesTheRunAgain) {
#ifdef __SANITIZE_ADDRESS__
    GTEST_SKIP() << "AddressSanitizer wants to be the first library that is loaded";
#endif
    EXPECT_EQ(make("command: [/bin/true]\n").exit_code, 0);
    options.environment["LD_PRELOAD"] = "libc.so.6";
    EXPECT_THAT(make("command: [/bin/true]\n").err, Not(HasSubstr(kDone)));
    EXPECT_THAT(make("command: [/bin/true]\n").err, HasSubstr(kDone));
}

TEST_F(CallersEnvironment, OtherVariablesMakeNoDifferenceUnlessTheCommandNamesThem) {
    const std::string quiet = "command: [sh, -c, 'echo \"$FOO ${{BAR:-none}}\"']\n";
    options.environment["OTHER"] = "1";
    options.environment["FOO"] = "1";
    EXPECT_EQ(make(quiet).exit_code, 0);
    options.environment["OTHER"] = "2";
    EXPECT_THAT(make(quiet).err, HasSubstr(kDone));
    options.environment["FOO"] = "2";
    EXPECT_THAT(make(quiet).err, Not(HasSubstr(kDone)));
    options.environment["BAR"] = "1";
    EXPECT_THAT(make(quiet).err, Not(HasSubstr(kDone)));
}

TEST_F(CallersEnvironment, WhatTheSweepFileSetsIsNotTheCallers) {
    const std::string sweep = "command: [/bin/true]\nenvironment: {OMP_NUM_THREADS: 1}\n";
    options.environment["OMP_NUM_THREADS"] = "2";
    EXPECT_EQ(make(sweep).exit_code, 0);
    options.environment["OMP_NUM_THREADS"] = "4";
    EXPECT_THAT(make(sweep).err, HasSubstr(kDone));
}

TEST_F(CallersEnvironment, ASecretThatTheCommandNamesIsNotStored) {
    options.environment["MY_TOKEN"] = "hunter2";
    EXPECT_EQ(make("command: [sh, -c, 'test \"$MY_TOKEN\"']\n").exit_code, 0);
    const std::string shown = tidemark({"show", "own"}).out;
    EXPECT_THAT(shown, testing::ContainsRegex("MY_TOKEN +\\(hidden, [0-9a-f]+\\)\n"));
    EXPECT_THAT(shown, Not(HasSubstr("hunter2")));
    options.environment["MY_TOKEN"] = "hunter3";
    EXPECT_THAT(make("command: [sh, -c, 'test \"$MY_TOKEN\"']\n").err, Not(HasSubstr(kDone)));
}

TEST_F(CallersEnvironment, CompareNamesTheVariableThatDiffers) {
    options.environment["OMP_NUM_THREADS"] = "2";
    EXPECT_EQ(make("command: [/bin/true]\n").exit_code, 0);
    EXPECT_EQ(tidemark({"baseline", "save", "before", "--sweep", "own"}).exit_code, 0);
    options.environment["OMP_NUM_THREADS"] = "4";
    EXPECT_EQ(make("command: [/bin/true]\n").exit_code, 0);
    EXPECT_THAT(
        tidemark({"compare", "before", "sweep:own"}).out,
        testing::ContainsRegex("OMP_NUM_THREADS +2 +4 +all is compared; a change may be the variable's"));
}

TEST_F(CallersEnvironment, ACleanEnvironmentHasWhatIsDocumented) {
    options.environment["FOO"] = "1";
    options.environment["BAR"] = "2";
    options.environment["OMP_NUM_THREADS"] = "2";
    const std::string names = "command: [env]\n";
    EXPECT_EQ(make(names + "inherit: none\nenvironment: {GIVEN: x}\n").exit_code, 0);
    EXPECT_EQ(names_that_it_printed(),
              "GIVEN\nHOME\nPATH\nTIDEMARK_EVENTS\nTIDEMARK_PHASE\nTIDEMARK_REQUEST\nTIDEMARK_RUN_DIR\n");
    EXPECT_EQ(make(names + "inherit: [FOO, NOT_SET]\n").exit_code, 0);
    EXPECT_EQ(names_that_it_printed(),
              "FOO\nHOME\nPATH\nTIDEMARK_EVENTS\nTIDEMARK_PHASE\nTIDEMARK_REQUEST\nTIDEMARK_RUN_DIR\n");
    EXPECT_EQ(make(names + "inherit: all\n").exit_code, 0);
    EXPECT_THAT(names_that_it_printed(), HasSubstr("BAR\n"));
}

TEST_F(CallersEnvironment, WhatIsNotInheritedMakesNoDifference) {
    options.environment["OMP_NUM_THREADS"] = "2";
    options.environment["LC_ALL"] = "C";
    EXPECT_EQ(make("command: [/bin/true]\ninherit: [LC_ALL]\n").exit_code, 0);
    options.environment["OMP_NUM_THREADS"] = "4";
    EXPECT_THAT(make("command: [/bin/true]\ninherit: [LC_ALL]\n").err, HasSubstr(kDone));
    options.environment["LC_ALL"] = "C.UTF-8";
    EXPECT_THAT(make("command: [/bin/true]\ninherit: [LC_ALL]\n").err, Not(HasSubstr(kDone)));
    EXPECT_THAT(make("command: [/bin/true]\ninherit: none\n").err, Not(HasSubstr(kDone))) << "told otherwise";
}

TEST_F(CallersEnvironment, AWrongInheritIsRefused) {
    EXPECT_EQ(
        make("command: [/bin/true]\ninherit: nome\n").err,
        "own.yaml:3:10: inherit: must be all, none, or a list of variables such as [LANG, TZ] (did you mean "
        "'none'?)\n");
    EXPECT_EQ(make("command: [/bin/true]\ninherit: [A=1]\n").err,
              "own.yaml:3:11: inherit: a variable's name must not be empty nor hold '='\n");
}

TEST_F(CallersEnvironment, ADryRunTellsWhatIsInherited) {
    options.environment["OMP_NUM_THREADS"] = "2";
    EXPECT_THAT(make("command: [/bin/true]\n", {"--dry-run"}).err,
                HasSubstr("inherited, and part of what the runs are: OMP_NUM_THREADS=2\n"));
}

TEST_F(CallersEnvironment, TheDoctorNamesWhatIsInherited) {
    EXPECT_THAT(tidemark({"doctor"}).out, HasSubstr("none that changes what programs do"));
    options.environment["OMP_NUM_THREADS"] = "2";
    options.environment["MALLOC_ARENA_MAX"] = "1";
    EXPECT_THAT(
        tidemark({"doctor"}).out,
        HasSubstr("MALLOC_ARENA_MAX, OMP_NUM_THREADS: part of what runs are; inherit: none keeps them out"));
}

class Revision : public CallersEnvironment {
  protected:
    void git(std::vector<std::string> words) {
        words.insert(words.begin(), {"git", "-c", "user.name=t", "-c", "user.email=t@example.org"});
        const Finished said = folder.run(words);
        ASSERT_EQ(said.exit_code, 0) << said.err;
    }
    std::string commit() {
        std::string text = folder.run({"git", "rev-parse", "HEAD"}).out;
        text.resize(text.find('\n'));
        return text;
    }
    std::string stored() {
        return tidemark({"query",
                         "SELECT revision, (SELECT reason FROM missing m WHERE m.run_id = r.run_id AND "
                         "\"column\" = 'revision') AS why FROM results r",
                         "--format", "csv"})
            .out;
    }
    void start_repository() {
        folder.write("job.sh", "true\n");
        git({"init", "--quiet"});
        git({"add", "job.sh"});
        git({"commit", "--quiet", "--message", "one"});
    }
};

TEST_F(Revision, IsTheCommitAndWhetherTrackedFilesChanged) {
    TIDEMARK_NEEDS_PROGRAM("git");
    start_repository();
    EXPECT_EQ(make("command: [sh, job.sh]\n").exit_code, 0);
    EXPECT_EQ(stored(), "revision,why\n" + commit() + ",\n") << "what is not tracked does not count";
    EXPECT_THAT(tidemark({"show", "own"}).out, testing::ContainsRegex("revision +" + commit() + "\n"));
    folder.write("job.sh", "exit 0\n");
    EXPECT_EQ(make("command: [sh, job.sh]\n").exit_code, 0);
    EXPECT_EQ(stored(), "revision,why\n" + commit() + "+,\n");
}

TEST_F(Revision, IsNullWithTheReasonWhereThereIsNone) {
    TIDEMARK_NEEDS_PROGRAM("git");
    EXPECT_EQ(make("command: [/bin/true]\n").exit_code, 0);
    EXPECT_EQ(stored(), "revision,why\n," + folder.path().string() + " lies in no git repository\n");
    git({"init", "--quiet"});
    EXPECT_EQ(make("command: [/bin/true]\n", {"--fresh"}).exit_code, 0);
    EXPECT_EQ(stored(), "revision,why\n,the repository has no commit yet\n");
    std::filesystem::create_directory(folder / "empty");
    options.environment["PATH"] = (folder / "empty").string();
    EXPECT_EQ(make("command: [/bin/true]\n", {"--fresh"}).exit_code, 0);
    EXPECT_EQ(stored(), "revision,why\n,there is no program git on the PATH\n");
}

TEST_F(Revision, NothingInTheRepositoryIsRun) {
    TIDEMARK_NEEDS_PROGRAM("git");
    start_repository();
    folder.write_script("evil.sh", "#!/bin/sh\n: > " + (folder / "was-run").string() + "\ncat\n");
    const std::string evil = (folder / "evil.sh").string();
    folder.write(".gitattributes", "*.sh filter=evil diff=evil\n");
    for (const char* key : {"filter.evil.clean", "filter.evil.process", "diff.evil.textconv", "diff.external",
                            "core.fsmonitor", "core.pager", "core.sshCommand"})
        git({"config", key, evil});
    git({"config", "filter.evil.required", "true"});
    std::filesystem::remove(folder / "was-run");  // git config may have run the monitor itself
    folder.write("job.sh", "fals\n");
    EXPECT_EQ(make("command: [/bin/true]\ninputs: [git]\n").exit_code, 0);
    EXPECT_EQ(stored(), "revision,why\n" + commit() + "+,\n");
    EXPECT_FALSE(std::filesystem::exists(folder / "was-run"));
}

TEST_F(Revision, ARepositoryOfAnotherUserIsRead) {
    TIDEMARK_NEEDS_PROGRAM("git");
    if (geteuid() != 0) GTEST_SKIP() << "only root can give files away";
    start_repository();
    const std::string head = commit();
    constexpr uid_t kNobody = 65534;
    ASSERT_EQ(chown(folder.path().c_str(), kNobody, kNobody), 0);
    ASSERT_EQ(chown((folder / ".git").c_str(), kNobody, kNobody), 0);
    EXPECT_EQ(make("command: [/bin/true]\n").exit_code, 0);
    EXPECT_EQ(stored(), "revision,why\n" + head + ",\n");
}

}  // namespace
}  // namespace tidemark::test
