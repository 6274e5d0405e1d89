#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/own_program.hpp"

namespace tidemark::test {
namespace {

namespace fs = std::filesystem;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

/// A program that is given a secret in each way that there is, and needs it.
class StoredSecrets : public OwnProgram {
  protected:
    static constexpr const char* kSweep =
        // by its digest, for the sweep file itself is nobody's secret
        "command: [sh, -c, 'echo {api_key}.$AUTH.$PIN.$LOGIN | md5sum | grep -q "
        "7f4953067dc1b03f1217d5990fc7f9da']\n"
        "parameters: {api_key: ''}\n"
        "environment: {AUTH: 'Bearer-{api_key}', PIN: 98765}\n"
        "setup: {run: [sh, -c, 'test {api_key}']}\n"
        "secrets: [api_key, PIN, LOGIN]\n";
    Finished make(const std::vector<std::string>& more = {"--set", "api_key=hunter2"}) {
        folder.write("own.yaml", "sweep: own\n" + std::string(kSweep));
        std::vector<std::string> arguments{"run", "own.yaml"};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return tidemark(arguments);
    }
    Finished tidemark(const std::vector<std::string>& arguments) {
        return folder.tidemark(arguments, options);
    }
    /// All that is below the folder but for the sweep file.
    std::vector<std::string> files_with(const std::string& secret) {
        std::vector<std::string> found;
        for (const auto& entry : fs::recursive_directory_iterator(folder.path() / "results")) {
            const std::string name = fs::relative(entry.path(), folder.path()).string();
            if (entry.is_regular_file() && folder.read(name).find(secret) != std::string::npos)
                found.push_back(name);
        }
        return found;
    }

    StartOptions options{.environment = {{"LOGIN", "swordfish"}}};
};

/// Why a program ended is taken from what it wrote.
TEST_F(StoredSecrets, AreNotInTheReasonOfAFailureThatTheProgramTells) {
    folder.write("own.yaml",
                 "sweep: own\ncommand: [sh, -c, 'echo MemoryError: $LOGIN >&2; exit 1']\n"
                 "environment: {}\nsecrets: [LOGIN]\n");
    const Finished said = tidemark({"run", "own.yaml"});
    EXPECT_EQ(said.exit_code, 1) << said.err;
    EXPECT_THAT(said.err, HasSubstr("MemoryError: (hidden, "));
    EXPECT_THAT(said.err + said.out, Not(HasSubstr("swordfish")));
    EXPECT_EQ(query("SELECT status, reason LIKE '%MemoryError: (hidden, %' AS hidden FROM results"),
              "status,hidden\noom,1\n");
}

TEST_F(StoredSecrets, AreGivenToTheProgramAndStoredNowhere) {
    const Finished made = make();
    ASSERT_EQ(made.exit_code, 0) << made.err;
    for (const std::string secret : {"hunter2", "98765", "swordfish"}) {
        SCOPED_TRACE(secret);
        EXPECT_THAT(files_with(secret), testing::IsEmpty());
        EXPECT_THAT(made.err + made.out, Not(HasSubstr(secret)));
        for (const std::vector<std::string>& verb : {std::vector<std::string>{"show", "own"},
                                                     {"list", "own"},
                                                     {"report", "own.yaml", "--format", "html"},
                                                     {"compare", "run:own/own", "run:own/own"},
                                                     {"query", "SELECT * FROM results"},
                                                     {"check", "own.yaml"}})
            EXPECT_THAT(tidemark(verb).out, Not(HasSubstr(secret))) << verb.front();
    }
    EXPECT_THAT(query("SELECT api_key FROM results"), ContainsRegex("\"\\(hidden, [0-9a-f]{16}\\)\""));
}

TEST_F(StoredSecrets, ArePartOfWhatIsDone) {
    ASSERT_EQ(make().exit_code, 0);
    EXPECT_THAT(make().err, HasSubstr("all done already"));
    options.environment["LOGIN"] = "another";
    EXPECT_THAT(make().err, Not(HasSubstr("all done already")));
    options.environment["LOGIN"] = "swordfish";
    EXPECT_THAT(make({"--set=api_key=hunter3"}).err, Not(HasSubstr("all done already")));
    EXPECT_THAT(files_with("hunter3"), testing::IsEmpty());
}

TEST_F(StoredSecrets, OfTheLastRunAreNotNeededToReportIt) {
    ASSERT_EQ(make().exit_code, 0);
    const Finished reported = tidemark({"report"});
    EXPECT_EQ(reported.exit_code, 0) << reported.err;
    EXPECT_THAT(reported.out, Not(HasSubstr("not run")));
    EXPECT_THAT(tidemark({"check"}).err, Not(HasSubstr("--set")));
}

TEST_F(StoredSecrets, WhatStandsInTheirPlaceMakesNoRun) {
    ASSERT_EQ(make().exit_code, 0);
    const Finished said = make({"--set", "api_key=(hidden, 0123456789abcdef)"});
    EXPECT_EQ(said.exit_code, 2);
    EXPECT_EQ(said.err,
              "--set api_key: this stands in place of a secret, which is stored nowhere; give the secret "
              "itself: --set "
              "\"api_key=$SECRET\"\n");
}

TEST_F(StoredSecrets, AreNotInTheLastWordsOfARun) {
    folder.write("own.yaml",
                 "sweep: own\ncommand: [sh, -c, 'echo no access with {api_key} >&2; false']\nparameters: "
                 "{api_key: ''}\n"
                 "secrets: [api_key]\n");
    const Finished said = tidemark({"run", "own.yaml", "--set", "api_key=hunter2"});
    EXPECT_EQ(said.exit_code, 1);
    EXPECT_THAT(said.err, ContainsRegex("no access with \\(hidden, [0-9a-f]+\\)\n"));
    EXPECT_THAT(said.err, Not(HasSubstr("hunter2")));
    EXPECT_THAT(query("SELECT last_words FROM results"), Not(HasSubstr("hunter2")));
}

TEST_F(StoredSecrets, NeedAPlaceForTheirKey) {
    folder.write("no_folder", "");
    options.environment["XDG_STATE_HOME"] = (folder / "no_folder").string();
    const Finished said = make();
    EXPECT_EQ(said.exit_code, 2);
    EXPECT_EQ(said.err, "the key by which secrets are told apart cannot be kept in " +
                            (folder / "no_folder/tidemark/secret_key").string() +
                            ": Not a directory; let XDG_STATE_HOME name a folder of your own\n");
}

}  // namespace
}  // namespace tidemark::test
