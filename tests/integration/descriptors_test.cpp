#include <cerrno>
#include <ostream>
#include <string>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/places.hpp"
#include "support/workspace.hpp"

namespace tidemark::test {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kSweep = R"(sweep: many
command: [sh, -c, "ulimit -Sn; sleep 0.05"]
matrix: {n: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20]}
capture: {open_files: {stdout: '(\d+)'}}
)";

/// `tidemark run --jobs 20` of twenty runs, where `ulimit` with these options was called before.
Finished run_with(Workspace& folder, const std::string& ulimit) {
    folder.write("sweep.yaml", kSweep);
    // nothing but the three that every program has is open, whatever the test was started with
    return folder.run({"bash", "-c",
                       "for f in /proc/$$/fd/*; do f=${f##*/}; [ $f -lt 3 ] || eval \"exec $f>&-\"; done; "
                       "ulimit " +
                           ulimit + "; exec \"$0\" run sweep.yaml --jobs 20",
                       tidemark_binary()});
}

std::string ok_runs(Workspace& folder) {
    return folder
        .tidemark({"query",
                   "SELECT count(*) AS runs, min(open_files), max(open_files) FROM results WHERE "
                   "status = 'ok'",
                   "--format", "csv"})
        .out;
}

TEST(Descriptors, FewerRunsAreMadeAtTheSameTimeWhereThereIsNoRoomForAll) {
    Workspace folder;
    const Finished made = run_with(folder, "-n 22");
    EXPECT_EQ(made.exit_code, 0) << made.err;
    EXPECT_THAT(
        made.err,
        ContainsRegex("note: [1-3] runs? at the same time instead of 20: this process may have 22 files "
                      "open, and 20 runs need 7[0-9] of them; `ulimit -n` shows and sets how many\n"));
    EXPECT_THAT(ok_runs(folder), HasSubstr("\n20,22.0,22.0\n"));
}

TEST(Descriptors, TheRunnerTakesItsHardLimitAndProgramsKeepTheSoftOne) {
    Workspace folder;
    const Finished made = run_with(folder, "-Sn 22");
    EXPECT_EQ(made.exit_code, 0) << made.err;
    EXPECT_THAT(made.err, Not(HasSubstr("at the same time instead of")));
    EXPECT_THAT(ok_runs(folder), HasSubstr("\n20,22.0,22.0\n"));
}

TEST(Descriptors, WithoutRoomForASingleRunNoneIsMade) {
    Workspace folder;
    const Finished made = run_with(folder, "-n 14");
    EXPECT_EQ(made.exit_code, 3) << made.err;
    EXPECT_THAT(made.err,
                ContainsRegex("tidemark: this process may have 14 files open, and a single run needs "
                              "1[5-9] of them; `ulimit -n` shows and sets how many\n"));
    EXPECT_THAT(folder.tidemark({"query", "SELECT count(*) AS runs FROM attempts", "--format", "csv"}).out,
                HasSubstr("\n0\n"));
}

/// A system call that always fails, in the runner and in its wardens.
struct Denied {
    std::string call;
    int error;
    int exit_code;
    std::string says;
};

void PrintTo(const Denied& denied, std::ostream* out) {
    *out << denied.call << ' ' << denied.error;
}

class DeniedCalls : public testing::TestWithParam<Denied> {};

TEST_P(DeniedCalls, EndWithTheResultOrAReasonAndHangNobody) {
    const Denied& denied = GetParam();
    Workspace folder;
    folder.write("sweep.yaml", "sweep: few\ncommand: ['true']\nmatrix: {n: [1, 2, 3]}\n");
    const Finished made =
        folder.run({test::binary_dir() + "/tests/programs/deny-call", denied.call,
                    std::to_string(denied.error), tidemark_binary(), "run", "sweep.yaml", "--jobs", "2"});
    EXPECT_EQ(made.exit_code, denied.exit_code) << made.err;
    EXPECT_THAT(made.err, HasSubstr(denied.says));
    EXPECT_THAT(made.err, Not(HasSubstr("please report")));
    const Finished again = folder.tidemark({"run", "sweep.yaml"});
    EXPECT_EQ(again.exit_code, 0) << again.err;
    EXPECT_THAT(folder
                    .tidemark({"query", "SELECT count(*) AS runs FROM results WHERE status = 'ok'",
                               "--format", "csv"})
                    .out,
                HasSubstr("\n3\n"));
}

INSTANTIATE_TEST_SUITE_P(
    Lasting, DeniedCalls,
    testing::Values(
        Denied{"poll", ENOMEM, 0, "3/3"}, Denied{"poll", EINVAL, 0, "3/3"},
        Denied{"signalfd", EMFILE, 3, "tidemark: tidemark-warden: signalfd: Too many open files\n"},
        Denied{"eventfd", EMFILE, 3, "tidemark: eventfd: Too many open files\n"},
        Denied{"inotify", EMFILE, 0,
               "note: not all that runs read is known, so a change of it may go unnoticed: files cannot be "
               "watched here (Too many open files); name what runs read under `inputs:`\n"},
        Denied{"pidfd_open", ENFILE, 3, "tidemark: pidfd_open: Too many open files in system\n"},
        Denied{"memfd_create", ENFILE, 3, "tidemark: memfd_create: Too many open files in system\n"},
        Denied{"vfork", EAGAIN, 3,
               "tidemark: cannot start " + test::binary_dir() +
                   "/libexec/tidemark/tidemark-warden: Resource temporarily unavailable\n"}),
    [](const testing::TestParamInfo<Denied>& instance) {
        return fmt::format("{}_{}", instance.param.call, instance.param.error);
    });

}  // namespace
}  // namespace tidemark::test
