#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/own_program.hpp"

namespace tidemark::test {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;

TEST_F(OwnProgram, ALimitIsAnAxis) {
    const std::string sweep =
        "command: [sleep, \"0.5\"]\nmatrix: {limit: [0.1, 60]}\nlimits: {wall: \"{limit} s\"}\n";
    const Finished made = run(sweep);
    EXPECT_EQ(made.exit_code, 1) << made.err;
    EXPECT_EQ(query("SELECT \"limit\", status, reason FROM results ORDER BY 1"),
              "limit,status,reason\n0.1,timeout,reached the wall time limit of 100 ms\n60,ok,\n");
    EXPECT_THAT(run(sweep).err, HasSubstr("own: 2 runs, 1 done already, 1 to make\n"))
        << "the one that ended ok has the same key as before";
}

TEST_F(OwnProgram, ALimitThatIsNoneInSomeRunIsRefusedBeforeTheFirst) {
    const Finished made = run(
        "command: [\"true\"]\nmatrix: {limit: [260, much]}\nrepeat: 2\nlimits:\n  memory: \"{limit} MiB\"\n"
        "  cpus: \"{repeat}000\"\n  pids: \"{limit}.5\"\n");
    EXPECT_EQ(made.exit_code, 2);
    EXPECT_THAT(made.err, ContainsRegex("own.yaml:6:11: limits.memory: in the run limit=much: "));
    EXPECT_THAT(made.err, HasSubstr("own.yaml:8:9: limits.pids: in the run limit=260: must be a number of "
                                    "processes and threads from 1 to 4194304, not '260.5'"));
    EXPECT_THAT(made.err, testing::Not(HasSubstr("limits.cpus"))) << "1000 and 2000 CPUs there may be";
    EXPECT_EQ(run("command: [\"true\"]\nrepeat: 5\nlimits: {cpus: \"{repeat}000\"}\n").err,
              "own.yaml:4:16: limits.cpus: in the run own: must be a number of CPUs from 1 to 4096, "
              "not '5000'\n");
}

}  // namespace
}  // namespace tidemark::test
