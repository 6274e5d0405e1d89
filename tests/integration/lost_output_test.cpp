// What every verb does, in every format, where nobody reads what it says, or where it cannot be written.
#include <map>
#include <sstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/own_program.hpp"

namespace tidemark::test {
namespace {

/// Formats by verb, with its arguments.
const std::map<std::string, std::string> kVerbs{
    {"list", "text markdown html csv json"},
    {"list --sweep own", "text markdown html csv json"},
    {"show own", "text markdown html csv json"},
    {"query 'SELECT * FROM results'", "text markdown html csv json"},
    {"report own.yaml", "text markdown html csv json"},
    {"check own.yaml", "text markdown html csv json junit"},
    {"compare run:own/own run:own/own", "text markdown html csv json"},
    {"baseline list", "text markdown html csv json"},
    {"run own.yaml", "text markdown html csv json"},
    {"run own.yaml --dry-run", "text markdown html csv json"},
    {"models", "text markdown html csv json"},
    {"data list", "text markdown html csv json"},
    {"doctor", ""},
    {"watch", ""},
    {"--help", ""},
    {"run --help", ""},
    {"--version", ""}};

class LostOutput : public OwnProgram {
  protected:
    void SetUp() override {
        TIDEMARK_NEEDS_PROGRAM("bash");
        ASSERT_EQ(run("command: [\"true\"]\nchecks: [{name: small, where: \"true\", metric: peak_rss, max: 1 "
                      "GiB}]\n")
                      .exit_code,
                  0);
    }
    template <typename Use>
    void for_each_command(Use use) {
        for (const auto& [verb, formats] : kVerbs) {
            std::istringstream words(formats);
            if (formats.empty()) use(tidemark_binary() + " " + verb);
            for (std::string format; words >> format;)
                use(tidemark_binary() + " " + verb + " --format " + format);
        }
    }
};

TEST_F(LostOutput, OfAClosedPipeIsNoError) {
    for_each_command([&](const std::string& command) {
        const int wanted = folder.run({"bash", "-c", command}).exit_code;
        // the reader has ended for certain
        const Finished said = folder.run({"bash", "-c", "exec 3> >(exit); wait $!; " + command + " >&3"});
        EXPECT_EQ(said.exit_code, wanted) << command;
        EXPECT_THAT(said.err, testing::Not(testing::HasSubstr("cannot write"))) << command;
    });
}

TEST_F(LostOutput, OfAFullDiskIsToldWithItsReason) {
    for_each_command([&](const std::string& command) {
        const Finished said = folder.run({"bash", "-c", command + " >/dev/full"});
        EXPECT_EQ(said.exit_code, 3) << command;
        EXPECT_THAT(said.err,
                    testing::EndsWith("tidemark: cannot write to the standard output: No space left on "
                                      "device\n"))
            << command;
    });
}

TEST_F(LostOutput, InADeletedFolderIsToldAndTheWayOut) {
    for (const std::string verb :
         {"list", "watch", "run own.yaml", "query 'SELECT 1'", "report", "check", "models", "import x.db",
          "export x.db", "baseline list", "show own", "compare a b"}) {
        const Finished said = folder.run(
            {"sh", "-c", "mkdir gone && cd gone && rmdir ../gone && exec " + tidemark_binary() + " " + verb});
        EXPECT_THAT(said.err, testing::Not(testing::HasSubstr("unexpected"))) << verb << ": " << said.err;
        EXPECT_THAT(said.err, testing::Not(testing::HasSubstr("please report"))) << verb << ": " << said.err;
    }
}

}  // namespace
}  // namespace tidemark::test
