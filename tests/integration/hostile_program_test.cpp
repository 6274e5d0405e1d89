#include <csignal>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/own_program.hpp"

namespace tidemark::test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

/// Programs that write where only Tidemark should: in the directory of their own run.
class HostileProgram : public OwnProgram {
  protected:
    /// Two runs: one that does this in the directory of its run, and one that does nothing.
    Finished run_it(const std::string& deed) {
        folder.write_script(
            "hostile.sh",
            "#!/bin/sh\n[ \"$1\" = good ] && exit 0\ncd \"$(dirname \"$TIDEMARK_EVENTS\")\" || exit 9\n" +
                deed + "\n");
        return run("command: [./hostile.sh, \"{kind}\"]\nmatrix: {kind: [bad, good]}\n");
    }
    std::string outcomes() { return query("SELECT run, status, reason FROM results ORDER BY run"); }
    void expect_bad(const std::string& reason) {
        EXPECT_EQ(outcomes(), "run,status,reason\nkind=bad,failed,no measurement was left: " + reason +
                                  "\nkind=good,ok,\n");
    }
    void expect_that_all_verbs_end() {
        EXPECT_EQ(folder.tidemark({"show", "kind=bad"}).exit_code, 0);
        EXPECT_EQ(folder.tidemark({"watch"}).exit_code, 0);
        EXPECT_EQ(query("SELECT count(*) FROM claims"), "count(*)\n0\n");
    }
};

TEST_F(HostileProgram, CannotMoveItsRecordToAnotherSweep) {
    const Finished said = run_it("sed -i 's/\"own\"/\"foreign\"/; s/kind=bad/kind=other/' request.json");
    EXPECT_EQ(said.exit_code, 0) << said.err;
    EXPECT_EQ(outcomes(), "run,status,reason\nkind=bad,ok,\nkind=good,ok,\n");
    EXPECT_EQ(query("SELECT DISTINCT sweep FROM attempts"), "sweep\nown\n");
    expect_that_all_verbs_end();
}

TEST_F(HostileProgram, ThatRemovesItsDirectoryIsFailedAlone) {
    const Finished said = run_it("cd / && rm -r \"$(dirname \"$TIDEMARK_EVENTS\")\"");
    EXPECT_EQ(said.exit_code, 1) << said.err;
    expect_bad("its run directory was removed");
    expect_that_all_verbs_end();
}

TEST_F(HostileProgram, ThatPutsAFolderInPlaceOfItsMeasurementIsFailedAlone) {
    const Finished said = run_it("mkdir -p measurement.json/full measurement.json.tmp");
    EXPECT_EQ(said.exit_code, 1) << said.err;
    expect_bad("measurement.json is not read: it is a folder");
    expect_that_all_verbs_end();
}

TEST_F(HostileProgram, CannotWriteThroughALinkInPlaceOfItsMeasurement) {
    folder.write("victim", "kept");
    const Finished said = run_it("ln -s " + (folder / "victim").string() + " measurement.json; ln -s " +
                                 (folder / "victim").string() + " measurement.json.tmp");
    EXPECT_EQ(said.exit_code, 0) << said.err;
    EXPECT_EQ(folder.read("victim"), "kept");
}

TEST_F(HostileProgram, ThatPutsPipesInPlaceOfItsFilesHoldsNothingUp) {
    const Finished said = run_it(
        // the warden makes some of them just when it needs them
        "for f in stdout.log stderr.log samples.jsonl events.jsonl request.json earlier_files.json "
        "prevented.txt; do\n    until mkfifo $f 2>/dev/null; do rm -f $f; done\ndone");
    EXPECT_EQ(said.exit_code, 0) << said.err;
    EXPECT_EQ(outcomes(), "run,status,reason\nkind=bad,ok,\nkind=good,ok,\n");
    EXPECT_EQ(query("SELECT text FROM warnings WHERE text LIKE 'events%'"),
              "text\nevents.jsonl is not read: it is no regular file\n");
    expect_that_all_verbs_end();
}

TEST_F(HostileProgram, ThatLinksItsFilesToADeviceWithoutEndHoldsNothingUp) {
    const Finished said = run_it(
        "for f in stdout.log stderr.log events.jsonl samples.jsonl; do ln -sf /dev/zero $f; done; exit 3");
    EXPECT_EQ(said.exit_code, 1) << said.err;
    EXPECT_EQ(outcomes(), "run,status,reason\nkind=bad,failed,exit code 3\nkind=good,ok,\n");
    EXPECT_EQ(query("SELECT text FROM warnings WHERE text LIKE 'events%'"),
              "text\nevents.jsonl is not read: it is a link\n");
    expect_that_all_verbs_end();
}

TEST_F(HostileProgram, ThatMakesItsMeasurementAPipeIsFailedAlone) {
    const Finished said = run_it("mkfifo measurement.json");
    EXPECT_EQ(said.exit_code, 0) << said.err;  // the warden puts its own in that place
    expect_that_all_verbs_end();
}

/// After its runner was killed, all that is known is what lies in its directory.
TEST_F(HostileProgram, HoldsNoRecoveryUp) {
    const std::string stored = "stored as they were left\n";
    const std::string lost = "left nothing that can be stored\n";
    for (const auto& [deed, what] : std::vector<std::pair<std::string, std::string>>{
             {"rm request.json; mkfifo request.json", lost},
             {"ln -sf /dev/zero request.json", lost},
             {"sed -i 's/\"own\"/\"foreign\"/' request.json", lost},
             {"echo '{' > request.json", lost},
             {"rm -f events.jsonl; mkfifo events.jsonl", stored},
             {"ln -sf /dev/zero events.jsonl", stored}}) {
        SCOPED_TRACE(deed);
        folder.write_script("hostile.sh", "#!/bin/sh\ncd \"$(dirname \"$TIDEMARK_EVENTS\")\"\n" + deed +
                                              "\necho > \"$1/ready\"\n[ -e \"$1/open\" ] || sleep 600\n");
        folder.write("own.yaml", "sweep: own\ncommand: [./hostile.sh, " + folder.path().string() + "]\n");
        std::filesystem::remove(folder / "open");
        std::filesystem::remove(folder / "ready");
        Started first = folder.start_tidemark({"run", "own.yaml", "--fresh"});
        ASSERT_TRUE(eventually([&] { return std::filesystem::exists(folder / "ready"); }));
        first.signal(SIGKILL);
        first.wait();
        folder.write("open", "");
        EXPECT_EQ(folder.tidemark({"watch"}).exit_code, 0);
        const Finished next = folder.tidemark({"run", "own.yaml", "--fresh"});
        EXPECT_EQ(next.exit_code, 0) << next.err;
        EXPECT_THAT(next.err, StartsWith("1 run of a tidemark that was killed: " + what));
        EXPECT_EQ(query("SELECT DISTINCT sweep FROM attempts"), "sweep\nown\n");
        EXPECT_EQ(query("SELECT count(*) FROM claims"), "count(*)\n0\n");
    }
}

/// Larger than any disk, and all of it zeros that nobody wrote.
TEST_F(HostileProgram, LeavesEventsAndLogsWithHoles) {
    const Finished said = run_it("truncate -s 1T events.jsonl\ntruncate -s 1T stdout.log");
    EXPECT_EQ(said.exit_code, 0) << said.err;
    EXPECT_EQ(outcomes(), "run,status,reason\nkind=bad,ok,\nkind=good,ok,\n");
    EXPECT_EQ(query("SELECT text FROM warnings WHERE text LIKE 'events.jsonl%'"),
              "text\nevents.jsonl ends in the middle of a line\n");
    expect_that_all_verbs_end();
}

}  // namespace
}  // namespace tidemark::test
