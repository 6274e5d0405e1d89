// Programs that know nothing of Tidemark, or as much as the helper in Python tells it.
#include "integration/own_program.hpp"

#include <csignal>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/places.hpp"

namespace tidemark::test {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST_F(OwnProgram, EveryValueArrivesAsOneArgument) {
    folder.write_script("job.sh", "#!/bin/sh\nprintf '<%s>' \"$@\" >> arguments\n");
    const Finished said = run(R"(
command: [./job.sh, "{text}", "--text={text}", "{{text}}"]
matrix: {text: ["two words", "it's \"so\"", "größe 二", "-n", "", "$HOME *", "{text}", "a\nb"]}
order: listed
)");
    EXPECT_EQ(said.exit_code, 0) << said.err;
    EXPECT_EQ(folder.read("arguments"),
              "<two words><--text=two words><{text}><it's \"so\"><--text=it's \"so\"><{text}>"
              "<größe 二><--text=größe 二><{text}><-n><--text=-n><{text}><><--text=><{text}>"
              "<$HOME *><--text=$HOME *><{text}><{text}><--text={text}><{text}><a\nb><--text=a\nb><{text}>");
}

TEST_F(OwnProgram, PlaceholdersStandInTheEnvironmentTheWorkingDirectoryAndStdin) {
    std::filesystem::create_directory(folder / "in-7");
    folder.write("in-7/data-7", "of stdin");
    const Finished said = run(R"yaml(
command: [sh, -c, 'echo "$SIZE $(pwd | sed s/.*in/in/) $(cat)" > result']
parameters: {size: 7}
environment: {SIZE: "size {size}"}
cwd: in-{size}
stdin: data-{size}
)yaml");
    EXPECT_EQ(said.exit_code, 0) << said.err;
    EXPECT_EQ(folder.read("in-7/result"), "size 7 in-7 of stdin\n");
}

TEST_F(OwnProgram, MetricsAreCapturedFromWhatItPrintsAndLeaves) {
    folder.write_script("train.sh", R"sh(#!/bin/sh
for epoch in 1 2; do echo "epoch $epoch: loss 0.$((9 - epoch))"; done
echo "test accuracy 8$1.5 %, took 1500 ms" >&2
echo '{"best": {"epoch": 2}}' > result-$1.json
printf 'epoch,val_loss\n1,0.5\n2,0.25\n' > log.csv
)sh");
    const Finished said = run(R"yaml(
command: [./train.sh, "{n}"]
matrix: {n: [1, 2]}
capture:
  loss: 'loss ([0-9.]+)'
  curve: {stdout: 'epoch (?P<epoch>\d+): loss (?P<value>\S+)', take: each}
  accuracy: {stderr: 'accuracy (\S+)', unit: '%'}
  inner_s: {stderr: 'took (\d+) ms', unit: ms}
  best_epoch: {json: 'result-{n}.json', at: /best/epoch}
  val_loss: {csv: log.csv, column: val_loss, epoch: epoch, take: each}
  throughput: {stdout: 'never printed', required: false}
)yaml");
    EXPECT_EQ(said.exit_code, 0) << said.err;
    EXPECT_THAT(said.err, HasSubstr("accuracy 81.5 %"));
    EXPECT_THAT(said.out, HasSubstr("accuracy (%)"));
    EXPECT_EQ(
        query(
            "SELECT n, status, loss, curve, accuracy, inner_s, best_epoch, val_loss FROM results ORDER BY n"),
        "n,status,loss,curve,accuracy,inner_s,best_epoch,val_loss\n"
        "1,ok,0.7,0.7,0.815,1.5,2.0,0.25\n"
        "2,ok,0.7,0.7,0.825,1.5,2.0,0.25\n");
    EXPECT_EQ(query("SELECT name, epoch, value FROM metrics JOIN results USING (run_id) WHERE n = 1 AND name "
                    "IN ('curve', "
                    "'val_loss') ORDER BY name, epoch"),
              "name,epoch,value\ncurve,1,0.8\ncurve,2,0.7\nval_loss,1,0.5\nval_loss,2,0.25\n");
}

TEST_F(OwnProgram, ARequiredMetricThatDidNotComeFailsTheRunWithTheNearestLine) {
    const Finished said =
        run("command: [echo, 'Accuracy = 0.9']\ncapture: {accuracy: 'accuracy: ([0-9.]+)'}\n");
    EXPECT_EQ(said.exit_code, 1);
    const std::string reason =
        "the metric 'accuracy' was not found: no line of stdout matches 'accuracy: ([0-9.]+)'; the nearest "
        "is "
        "line 1: "
        "Accuracy = 0.9";
    EXPECT_THAT(said.err, HasSubstr("✗ own: failed (" + reason + ")"));
    EXPECT_EQ(query("SELECT status, reason, exit_code FROM results"),
              "status,reason,exit_code\nfailed," + reason + ",0\n");
}

TEST_F(OwnProgram, PercentThatNobodyDeclaredFailsTheRunAndPassesNoCheck) {
    const std::string sweep =
        "checks: [{name: learns, where: \"true\", metric: accuracy, min: 85 %}]\n"
        "command: [echo, 'accuracy: {v}, loss 2']\n";
    const std::string captures = "capture: {loss: 'loss (\\S+)', accuracy: {stdout: 'accuracy: ([^,]*)'";
    const Finished said = run(sweep + "parameters: {v: 97.5}\n" + captures + "}}\n");
    EXPECT_EQ(said.exit_code, 1);
    const std::string reason =
        "accuracy is 97.5, and as a share it would lie between 0 and 1; if the program prints percent, write "
        "unit: '%' in capture.accuracy";
    EXPECT_THAT(said.err, HasSubstr("✗ own: failed (" + reason + ")"));
    EXPECT_EQ(query("SELECT status, loss FROM results"), "status,loss\nfailed,2.0\n")
        << "nothing else is lost";
    EXPECT_EQ(query("SELECT reason FROM missing WHERE \"column\" = 'accuracy'"),
              "reason\n\"" + reason + "\"\n");
    EXPECT_THAT(folder.tidemark({"check", "own.yaml"}).out, HasSubstr("undecided"));

    EXPECT_EQ(run(sweep + "parameters: {v: 97.5 %}\n" + captures + "}}\n").exit_code, 0);
    EXPECT_THAT(folder.tidemark({"check", "own.yaml"}).out, HasSubstr("97.5 %"));
    EXPECT_EQ(run(sweep + "parameters: {v: 40.0}\n" + captures + ", unit: '%'}}\n").exit_code, 0);
    EXPECT_THAT(folder.tidemark({"check", "own.yaml"}).out, HasSubstr("40.0 % is below 85.0 %"));
}

TEST_F(OwnProgram, SmallTimesAndRatesAreReadInTheirUnitsEverywhere) {
    const Finished said = run(R"yaml(
command: [echo, "step 250 us, call 40 ns, 1200 images/min, read 200 MiB/s"]
capture:
  step: {stdout: 'step (\d+)', unit: µs}
  call: {stdout: 'call (\d+)', unit: ns}
  seen: {stdout: '(\d+) images', unit: images/min}
  read: {stdout: 'read (\d+)', unit: MiB/s}
checks:
  - {name: quick, where: "true", metric: step, max: 300 us}
  - {name: reads, where: "true", metric: read, min: 300 MiB/s}
)yaml");
    EXPECT_EQ(said.exit_code, 0) << said.err;
    EXPECT_EQ(query("SELECT step, call, seen, read FROM results"),
              "step,call,seen,read\n0.00025,4e-08,20.0,209715200.0\n");
    EXPECT_THAT(said.out, HasSubstr("seen/s"));
    EXPECT_THAT(said.err, HasSubstr("step 250 µs, call 40 ns"));
    EXPECT_THAT(said.err, HasSubstr("read 200 MiB/s"));
    EXPECT_THAT(said.out, HasSubstr("read (MiB/s)"));
    EXPECT_THAT(folder.tidemark({"show", "own"}).out, HasSubstr("200 MiB/s"));
    EXPECT_THAT(folder.tidemark({"list", "--columns", "read"}).out, HasSubstr("read (MiB/s)"));
    const std::string checks = folder.tidemark({"check", "own.yaml"}).out;
    EXPECT_THAT(checks, HasSubstr("pass"));
    EXPECT_THAT(checks, HasSubstr("200 MiB/s is below 300 MiB/s"));
    EXPECT_THAT(folder.tidemark({"show", "own"}).out, HasSubstr("20.0 per s"));
    EXPECT_THAT(folder.tidemark({"report", "own.yaml"}).out, HasSubstr("seen/s"));
    EXPECT_THAT(folder.tidemark({"list", "--columns", "seen"}).out, HasSubstr("seen/s"));
}

TEST_F(OwnProgram, ANaNIsShownAsOneBreaksChecksAndIsNotLeftOutOfAMedian) {
    const Finished said = run(R"yaml(
command: [sh, -c, 'test -e seen && echo loss: 0.5 || echo loss: nan; touch seen']
repeat: 3
order: listed
capture: {loss: 'loss: (\S+)'}
checks:
  - {name: small, where: "true", metric: loss, max: 10}
  - {name: large, where: "true", metric: loss, min: 0}
tables:
  - {title: declared, sql: "SELECT run, loss FROM results"}
  - {title: medians, sql: "SELECT run, loss FROM medians"}
)yaml");
    EXPECT_EQ(said.exit_code, 0) << said.err;
    EXPECT_THAT(said.err, HasSubstr("loss NaN"));
    EXPECT_THAT(said.out, HasSubstr("NaN")) << "of NaN and 0.5 and 0.5 there is no median";
    EXPECT_THAT(said.out, Not(HasSubstr("0.5")));
    const Finished checked = folder.tidemark({"check", "own.yaml"});
    EXPECT_EQ(checked.exit_code, 1);
    EXPECT_THAT(checked.out, HasSubstr("2 checks: 2 broken"));
    EXPECT_THAT(checked.out, HasSubstr("repeat 1: loss is NaN, which breaks every bound"));
    EXPECT_THAT(folder.tidemark({"check", "own.yaml", "--format", "json"}).out,
                HasSubstr("\"measured\":\"nan\""));
    const std::string report = folder.tidemark({"report", "own.yaml"}).out;
    EXPECT_EQ(std::count(report.begin(), report.end(), 'N'), 4)
        << "NaN twice, in each table of the file: " << report;
    EXPECT_THAT(folder.tidemark({"report", "own.yaml", "--format", "json"}).out,
                HasSubstr("\"loss\":\"nan\""));
    EXPECT_THAT(folder.tidemark({"show", "own"}).out, HasSubstr("loss"));
    EXPECT_THAT(folder.tidemark({"list", "--columns", "repeat, loss", "--sort", "loss"}).out,
                HasSubstr("NaN"));
    EXPECT_THAT(folder.tidemark({"list", "--columns", "loss", "--format", "json"}).out,
                HasSubstr("\"loss\":\"nan\""));
    const std::string compared = folder.tidemark({"compare", "run:own/own", "run:own/own"}).out;
    EXPECT_THAT(compared, HasSubstr("loss: not all repeats are numbers"));
    EXPECT_THAT(compared, HasSubstr("NaN"));
}

TEST_F(OwnProgram, AnotherCaptureMakesTheRunsAgain) {
    const std::string command = "command: [echo, 'a 1 b 2']\n";
    run(command + "capture: {m: 'a (\\d)'}\n");
    EXPECT_THAT(run(command + "capture: {m: 'a (\\d)'}\n").err, HasSubstr("all done already"));
    EXPECT_EQ(run(command + "capture: {m: 'b (\\d)'}\n").exit_code, 0);
    EXPECT_EQ(query("SELECT m FROM results"), "m\n2.0\n");
}

TEST_F(OwnProgram, OtherExitCodesMayBeASuccess) {
    const Finished said =
        run("command: [sh, -c, 'exit {code}']\nmatrix: {code: [0, 3, 4]}\naccept_exit: [0, 3]\n");
    EXPECT_EQ(said.exit_code, 1);
    EXPECT_EQ(query("SELECT status, reason, exit_code FROM results ORDER BY code"),
              "status,reason,exit_code\nok,,0\nok,,3\nfailed,exit code 4,4\n");
}

TEST_F(OwnProgram, SetupAndTeardownStandAroundTheSweepAndEachExecution) {
    const Finished said = run(R"(
command: [sh, -c, 'echo "run {n}" >> trace']
matrix: {n: [1, 2]}
warmup: 1
setup: {sweep: [sh, -c, 'echo begin >> trace'], run: [sh, -c, 'echo "before {n}" >> trace']}
teardown: {sweep: [sh, -c, 'echo end >> trace'], run: [sh, -c, 'echo "after {n}" >> trace']}
)");
    EXPECT_EQ(said.exit_code, 0) << said.err;
    EXPECT_EQ(folder.read("trace"),
              "begin\n"
              "before 1\nrun 1\nafter 1\nbefore 1\nrun 1\nafter 1\n"
              "before 2\nrun 2\nafter 2\nbefore 2\nrun 2\nafter 2\n"
              "end\n");
    EXPECT_EQ(query("SELECT count(*) FROM attempts"), "count(*)\n2\n");
    EXPECT_THAT(said.err, testing::StartsWith("own: setup\nown: 2 runs\n"));
    EXPECT_THAT(said.err, HasSubstr("own: teardown\n"));
}

TEST_F(OwnProgram, ASetupMayBuildTheProgramAndAChangedOneRunsAgain) {
    folder.write("source", "#!/bin/sh\necho 1\n");
    const std::string sweep = "setup: [sh, -c, 'cp source job && chmod +x job']\ncommand: [./job]\n";
    EXPECT_EQ(run(sweep).exit_code, 0);
    EXPECT_THAT(run(sweep).err, HasSubstr("all done already"));
    folder.write("source", "#!/bin/sh\necho 2\n");
    EXPECT_THAT(run(sweep).err, Not(HasSubstr("done already")));
}

TEST_F(OwnProgram, ASetupOfTheSweepThatFailsEndsIt) {
    const Finished said = run("setup: [sh, -c, 'echo no data >&2; exit 2']\ncommand: [touch, made]\n");
    EXPECT_EQ(said.exit_code, 1);
    EXPECT_THAT(said.err,
                testing::MatchesRegex(
                    "own: setup\ntidemark: own.yaml: the setup of the sweep failed: exit code 2: no data\n"
                    "its output is in results/runs/[-0-9a-f]+-setup\n"));
    EXPECT_FALSE(std::filesystem::exists(folder / "made"));
}

TEST_F(OwnProgram, ATeardownOfARunThatFailsIsAWarningOfThatRun) {
    const Finished said = run(R"(
command: [sh, -c, 'echo m {n}']
matrix: {n: [1, 2]}
capture: {m: 'm (\d)'}
warmup: 1
teardown: {run: [sh, -c, 'echo no temp file >&2; exit 1']}
)");
    EXPECT_EQ(said.exit_code, 0) << said.err;
    EXPECT_EQ(query("SELECT status, m, text FROM results JOIN warnings USING (run_id) "
                    "WHERE text LIKE '%teardown%' ORDER BY n, text"),
              "status,m,text\n"
              "ok,1.0,its teardown failed: exit code 1: no temp file\n"
              "ok,1.0,the teardown of its warm-up failed: exit code 1: no temp file\n"
              "ok,2.0,its teardown failed: exit code 1: no temp file\n"
              "ok,2.0,the teardown of its warm-up failed: exit code 1: no temp file\n");
}

TEST_F(OwnProgram, ATeardownOfTheSweepThatFailsIsSaidAfterTheResults) {
    const Finished said =
        run("command: [echo, hello]\nteardown: [sh, -c, 'echo no temp file >&2; exit 2']\n");
    EXPECT_EQ(said.exit_code, 1);
    EXPECT_THAT(said.out, HasSubstr("peak memory"));
    EXPECT_THAT(said.err,
                testing::ContainsRegex(
                    "tidemark: own.yaml: the teardown of the sweep failed: exit code 2: no temp file\n"
                    "its output is in results/runs/[-0-9a-f]+-teardown\n"));
    EXPECT_EQ(query("SELECT status FROM results"), "status\nok\n");
}

TEST_F(OwnProgram, ASetupOfARunThatFailsFailsThatRun) {
    const Finished said = run(R"(
command: [touch, "made-{n}"]
matrix: {n: [1, 2]}
setup: {run: [sh, -c, 'if [ {n} = 1 ]; then echo "no data for {n}" >&2; exit 5; fi']}
)");
    EXPECT_EQ(said.exit_code, 1);
    EXPECT_EQ(query("SELECT n, status, reason, exit_code FROM results ORDER BY n"),
              "n,status,reason,exit_code\n"
              "1,failed,could not start: its setup failed: exit code 5: no data for 1,\n"
              "2,ok,,0\n");
    EXPECT_FALSE(std::filesystem::exists(folder / "made-1"));
}

TEST_F(OwnProgram, ARunThatCouldNotStartIsNotTheFastestOfAll) {
    const Finished said = run(R"yaml(
command: [./job]
matrix: {n: [1, 2]}
repeat: 3
setup:
  sweep: [cp, /bin/true, job]
  run: [sh, -c, 'if [ {n} = 1 ]; then echo "#!/no/such/program" > job; else cp /bin/true job; fi; chmod +x job']
checks: [{name: quick, where: "true", metric: time, max: 1 h}, {name: slow, where: "true", metric: time, min: 1 h}]
)yaml");
    EXPECT_EQ(said.exit_code, 1);
    EXPECT_THAT(said.err, HasSubstr("failed (could not start: execvp: No such file or directory)\n"))
        << "no time";
    EXPECT_EQ(query("SELECT count(*) AS runs, count(wall_s) AS wall, count(user_s) AS cpu, "
                    "count(peak_rss_bytes) AS peak, "
                    "count(memory_method) AS method FROM results WHERE status = 'failed'"),
              "runs,wall,cpu,peak,method\n3,0,0,0,0\n");
    EXPECT_EQ(query("SELECT DISTINCT missing.reason FROM missing JOIN results USING(run_id) WHERE \"column\" "
                    "= 'wall_s'"),
              "reason\nthe program could not be started\n");
    EXPECT_EQ(query("SELECT n FROM results ORDER BY wall_s NULLS LAST LIMIT 1"), "n\n2\n");
    EXPECT_THAT(folder.tidemark({"list", "--columns", "n, wall_s"}).out,
                HasSubstr("the program could not be started"));
    EXPECT_THAT(folder.tidemark({"check", "own.yaml", "--format", "csv"}).out,
                testing::AllOf(HasSubstr("\nquick,n=1,undecided,"), HasSubstr("\nquick,n=2,pass,")));
}

TEST_F(OwnProgram, RunsAreLeftOutWithTheReasonWhereSomethingIsNotThereAndMadeOnceItIs) {
    const std::string sweep = R"(
command: [echo, "{n}"]
matrix: {n: [1, 2, 3]}
requires:
  - {command: [test, -e, there], where: n > 1, reason: "there is no file called there: touch there"}
  - {command: ["true"], reason: never said}
)";
    const Finished without = run(sweep);
    EXPECT_EQ(without.exit_code, 0);
    EXPECT_THAT(without.err,
                testing::StartsWith("own: 3 runs\n"
                                    "left out: 2 runs: there is no file called there: touch there\n"));
    EXPECT_EQ(query("SELECT n, status FROM attempts"), "n,status\n1,ok\n");
    EXPECT_THAT(without.err, HasSubstr("[1/1]")) << "those that are left out are not waited for";

    EXPECT_EQ(run(sweep).err,
              "own: 3 runs, none of which can be made now\n"
              "left out: 2 runs: there is no file called there: touch there\n"
              "results: results/tidemark.db\n");

    folder.write("there", "");
    EXPECT_THAT(run(sweep).err, testing::StartsWith("own: 3 runs, 1 done already, 2 to make\n"));
    EXPECT_EQ(query("SELECT n, status FROM results ORDER BY n"), "n,status\n1,ok\n2,ok\n3,ok\n");
    const std::filesystem::directory_iterator directories(folder / "results/runs");
    EXPECT_EQ(std::distance(begin(directories), end(directories)), 3) << "none but the runs' own";
}

TEST_F(OwnProgram, AnInterruptionDuringASetupCancelsTheRun) {
    folder.write(
        "own.yaml",
        "sweep: own\ncommand: [touch, made]\nsetup: {run: [sh, -c, 'touch begun; exec sleep 1000']}\n");
    Started started = folder.start_tidemark({"run", "own.yaml"});
    ASSERT_TRUE(eventually([&] { return std::filesystem::exists(folder / "begun"); }));
    started.signal(SIGINT);
    EXPECT_EQ(started.wait().exit_code, 130);
    EXPECT_EQ(query("SELECT status, reason FROM results"),
              "status,reason\ncancelled,interrupted by the user\n");
    EXPECT_FALSE(std::filesystem::exists(folder / "made"));
}

// What people give by mistake, and programs that misbehave.

TEST_F(OwnProgram, WithoutTheRunBitIsToldHowToGetIt) {
    folder.write("job.sh", "#!/bin/sh\n");
    const Finished said = run("command: [./job.sh]\n");
    EXPECT_EQ(said.exit_code, 2);
    EXPECT_EQ(said.err,
              "own.yaml:2:10: command: './job.sh' is not a program that may be run; is it missing `chmod +x "
              "./job.sh`?\n");
}

TEST_F(OwnProgram, WithAMissingInterpreterIsToldWhich) {
    folder.write_script("job.sh", "#!/usr/bin/python99 -u\n");
    const std::string job = (folder / "job.sh").string();
    EXPECT_EQ(run("command: [./job.sh]\n").err, "own.yaml:2:10: command: '" + (folder / "./job.sh").string() +
                                                    "' begins with '#!/usr/bin/python99', and there is no "
                                                    "such program; install it, or change the line\n");
    folder.write_script("job.sh", "#!/bin/sh\r\necho\r\n");
    const Finished said = run("command: [./job.sh]\n");
    EXPECT_EQ(said.exit_code, 2);
    EXPECT_THAT(said.err,
                HasSubstr("begins with '#!/bin/sh' and a Windows line end, which Linux takes for part of the "
                          "name; remove it: sed -i 's/\\r$//' "));
}

TEST_F(OwnProgram, ThatIsNoProgramFailsAsOne) {
    folder.write_script("job",
                        "\x7f"
                        "ELF and no more");
    EXPECT_EQ(run("command: [./job]\n").exit_code, 1);
    EXPECT_EQ(query("SELECT status, reason FROM results"), "status,reason\nfailed,exit code 127\n");
}

TEST_F(OwnProgram, ThatReadsStdinForeverFindsItsEnd) {
    EXPECT_EQ(run("command: [sh, -c, 'cat; echo end of stdin']\ncapture: {none: {stdout: '(\\d)', required: "
                  "false}}\n")
                  .exit_code,
              0);
}

TEST_F(OwnProgram, MayPrintBinary) {
    const Finished said =
        run("command: [sh, -c, 'head -c 100000 /dev/urandom; echo; echo accuracy 0.5; head -c 1000 "
            "/dev/urandom >&2']\n"
            "capture: {accuracy: '^accuracy (\\S+)$'}\n");
    EXPECT_EQ(said.exit_code, 0) << said.err;
    EXPECT_EQ(query("SELECT accuracy FROM results"), "accuracy\n0.5\n");
}

TEST_F(OwnProgram, MayDaemoniseOrLeaveItsProcessGroup) {
    TIDEMARK_NEEDS_PROGRAM("python3");
    const Finished said =
        run("command: [sh, -c, 'setsid sleep 1000 & echo $! > {name}; sleep 0.1']\nmatrix: {name: [pid]}\n");
    EXPECT_EQ(said.exit_code, 0) << said.err;
    EXPECT_FALSE(is_running(std::stoi(folder.read("pid"))));
    const std::string leave = "import os, time; os.fork() or os.setpgid(0, 0); time.sleep(1000)";
    EXPECT_EQ(run("command: [python3, -c, \"" + leave + "\"]\nlimits: {wall: 1 s}\n").exit_code, 1);
    EXPECT_EQ(query("SELECT status FROM results WHERE name IS NULL"), "status\ntimeout\n");
}

// The helper.

TEST_F(OwnProgram, InPythonTellsMetricsAndPhasesWithTheirExactPeaks) {
    TIDEMARK_NEEDS_PROGRAM("python3");
    folder.write("job.py", R"(
import tidemark_events as tidemark

MEBIBYTE = 1 << 20

def touch(mebibytes):
    block = bytearray(b"x") * (mebibytes * MEBIBYTE)
    return len(block)

for name, mebibytes in (("small", 50), ("large", 300), ("middle", 100)):
    exact = tidemark.phase(name)
    touch(mebibytes)
    tidemark.progress(1, 1, epoch=1, epochs=1, loss=0.5)
tidemark.phase("end")
for epoch in (1, 2):
    tidemark.metric("accuracy", epoch / 4, epoch=epoch)
tidemark.info("exact", int(exact))
tidemark.info("author", "nobody")
)");
    const Finished said =
        run(fmt::format("command: [python3, job.py]\nenvironment: {{PYTHONPATH: '{}/plugins/pytorch', "
                        "PYTHONDONTWRITEBYTECODE: 1}}\ncapture: {{accuracy: {{events: accuracy}}}}\n",
                        test::source_dir()));
    EXPECT_EQ(said.exit_code, 0) << said.err;
    EXPECT_EQ(query("SELECT accuracy, exact FROM results"), "accuracy,exact\n0.5,1.0\n");
    EXPECT_EQ(query("SELECT count(*) AS points FROM metrics WHERE name = 'accuracy'"), "points\n2\n");
    // Python itself takes less than 40 MiB; what it has freed before a phase counts no more for that phase
    EXPECT_EQ(
        query(
            "SELECT name, phases.peak_rss_bytes BETWEEN truth AND truth + 40 * 1048576 AS exact FROM phases "
            "JOIN "
            "(SELECT 'small' AS name, 50 * 1048576 AS truth UNION SELECT 'large', 300 * 1048576 UNION SELECT "
            "'middle', 100 * 1048576) USING (name) ORDER BY truth"),
        "name,exact\nsmall,1\nmiddle,1\nlarge,1\n");
}

TEST_F(OwnProgram, InPythonRunsAsWellWithoutUs) {
    TIDEMARK_NEEDS_PROGRAM("python3");
    folder.write("job.py", "import tidemark_events as t\nt.phase('a')\nt.metric('b', 1)\nprint('fine')\n");
    const Finished said =
        folder.run({"python3", "-B", "job.py"}, {{{"PYTHONPATH", test::source_dir() + "/plugins/pytorch"}}});
    EXPECT_EQ(said.out, "fine\n");
    EXPECT_EQ(said.err, "");
}

TEST_F(OwnProgram, ATextAmongNumbersInTheConditionOfACheckIsRefused) {
    const Finished said =
        run("command: [/bin/true]\nmatrix: {workers: [2, auto]}\n"
            "checks:\n  - {name: few, where: workers > 1, metric: wall_s, max: 1 h}\n");
    EXPECT_EQ(said.exit_code, 0) << said.err;
    const Finished check = folder.tidemark({"check", "own.yaml"});
    EXPECT_EQ(check.exit_code, 2);
    EXPECT_EQ(
        check.err,
        "own.yaml:5:24: where: `workers > 1` orders the text 'auto' (workers) and the number 1, which "
        "have no order; write workers = 'auto' to compare texts, or typeof(workers) <> 'text' AND … to leave "
        "them out\n");
    folder.write(
        "own.yaml",
        "sweep: own\ncommand: [/bin/true]\nmatrix: {workers: [2, auto]}\nchecks:\n"
        "  - {name: few, where: \"typeof(workers) <> 'text' AND workers > 1\", metric: wall_s, max: 1 h}\n");
    EXPECT_EQ(folder.tidemark({"check", "own.yaml"}).exit_code, 0);
}

}  // namespace
}  // namespace tidemark::test
