#include <csignal>
#include <cstring>

#include <sys/mman.h>
#include <sys/wait.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.hpp"
#include "run/cpu_slots.hpp"
#include "run/heap_layout.hpp"
#include "support/one_run.hpp"
#include "support/places.hpp"

namespace tidemark::test {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string status_of(const run::Record& record) {
    return std::string(run::status(record.outcome));
}

/// The number behind `name` in what `describe` printed.
long number_in(const std::string& text, const std::string& name) {
    const std::size_t at = text.find(name + " ");
    return at == std::string::npos ? -1 : std::stol(text.substr(at + name.size()));
}

TEST(Isolation, ARunHasASessionAndAProcessGroupOfItsOwn) {
    OneRun run;
    const std::string said = run.out(run.known({"describe"}));
    const long pid = number_in(said, "pid");
    EXPECT_EQ(number_in(said, "process group"), pid);
    EXPECT_EQ(number_in(said, "session"), pid);
    EXPECT_NE(number_in(said, "parent"), getpid()) << "between us stands the warden";
}

TEST(Isolation, ARunStartsWithNothingButItsStandardDescriptorsAndDefaultSignals) {
    std::signal(SIGPIPE, SIG_IGN);  // as the command line has it
    sigset_t term;
    sigemptyset(&term);
    sigaddset(&term, SIGTERM);
    sigprocmask(SIG_BLOCK, &term, nullptr);
    const int left_open = dup(STDERR_FILENO);  // not close-on-exec
    OneRun run;
    const std::string said = run.out(run.known({"describe"}));
    close(left_open);
    sigprocmask(SIG_UNBLOCK, &term, nullptr);
    std::signal(SIGPIPE, SIG_DFL);
    EXPECT_THAT(said, HasSubstr("\ndescriptors 0 1 2\n"));
    EXPECT_THAT(said, HasSubstr("\nblocked\nignored\n"));
}

TEST(Isolation, ARunKnowsItsRequestAndWhereToTell) {
    OneRun run;
    run.environment["GIVEN"] = "a value";
    const run::Record record = run.known({"describe", "a b", "", "-x", "数"});
    const std::string said = run.out(record);
    EXPECT_THAT(said, HasSubstr("TIDEMARK_REQUEST " + record.directory + "/request.json\n"));
    EXPECT_THAT(said, HasSubstr("TIDEMARK_EVENTS " + record.directory + "/events.jsonl\n"));
    EXPECT_THAT(said, HasSubstr("GIVEN a value\n"));
    EXPECT_THAT(said, HasSubstr("argument [a b]\nargument []\nargument [-x]\nargument [数]\n"));
}

TEST(Isolation, WhatIsPutIntoTheEnvironmentIsForTheProgramAlone) {
    OneRun run;
    run.environment["LD_PRELOAD"] = "/no/such/library.so";
    const run::Record record = run.make({"sh", "-c", "tr '\\0' '\\n' < /proc/$PPID/environ"});
    EXPECT_EQ(status_of(record), "ok");
    EXPECT_THAT(run.folder.read(record.request.run_id + "/stderr.log"),
                HasSubstr("object '/no/such/library.so' from LD_PRELOAD cannot be preloaded"));
    EXPECT_THAT(run.out(record), Not(HasSubstr("LD_PRELOAD"))) << "that of the warden";
    EXPECT_THAT(run.out(record), HasSubstr("PATH="));
    EXPECT_EQ(std::getenv("TIDEMARK_EVENTS"), nullptr) << "and not for us";
}

TEST(Isolation, AVariedHeapLayoutShiftsTheHeapOfEachRepeatByItsOffset) {
    const auto begin = [](protocol::HeapLayout layout, int repeat) {
        OneRun run;
        run.heap_layout = layout;
        run.repeat = repeat;
        const run::Record record = run.make({test::binary_dir() + "/tests/programs/heap-program"});
        EXPECT_EQ(status_of(record), "ok");
        EXPECT_EQ(run.folder.read(record.request.run_id + "/stderr.log"), "") << "as where it is not found";
        return std::stoul(run.out(record));
    };
    constexpr std::size_t kHeader = 16;  // of malloc's own, before each block
    const std::size_t first = begin(protocol::HeapLayout::Varied, 1);
    for (const int repeat : {2, 3, 4})
        EXPECT_EQ(begin(protocol::HeapLayout::Varied, repeat), first + run::heap_offset(repeat) + kHeader);
    EXPECT_EQ(begin(protocol::HeapLayout::Same, 1), begin(protocol::HeapLayout::Same, 2));
}

TEST(Isolation, ARunFindsItsProgramByItsOwnPath) {
    OneRun run;
    run.folder.write_script("bin/its-own-tool", "#!/bin/sh\necho found\n");
    run.environment["PATH"] = (run.folder / "bin").string() + ":/usr/bin:/bin";
    EXPECT_EQ(run.out(run.make({"its-own-tool"})), "found\n");
}

TEST(Isolation, ARunHasTheWorkingDirectoryAndStdinThatWereAskedFor) {
    OneRun run;
    run.folder.write("in/text", "hello\n");
    run.working_directory = (run.folder / "in").string();
    EXPECT_THAT(run.out(run.known({"describe"})), HasSubstr("folder " + run.working_directory + "\n"));
    run.stdin_file = (run.folder / "in/text").string();
    EXPECT_THAT(run.out(run.known({"describe"})), HasSubstr("stdin hello\n"));
}

TEST(Isolation, ARunHasOnlyItsCpus) {
    OneRun run;
    run.cpus = {run::usable_cpus().front()};
    EXPECT_EQ(number_in(run.out(run.known({"describe"})), "cpus"), 1);
}

TEST(Isolation, ExitCodesAndSignalsAreTheRunsOwn) {
    OneRun run;
    const run::Record fine = run.known({"exit", "0"});
    EXPECT_EQ(status_of(fine), "ok");
    const run::Record failed = run.known({"exit", "137"});
    EXPECT_EQ(status_of(failed), "failed") << "137 by itself is no signal";
    EXPECT_EQ(run::exit_code(failed.outcome), 137);
    const run::Record own_127 = run.known({"exit", "127"});
    EXPECT_EQ(run::reason(own_127.outcome), "exit code 127");
    for (const int number : {SIGSEGV, SIGKILL, SIGPIPE, SIGXCPU}) {
        const run::Record killed = run.known({"kill", std::to_string(number)});
        EXPECT_EQ(status_of(killed), "crashed");
        EXPECT_EQ(run::signal_number(killed.outcome), number);
    }
}

TEST(Isolation, WhatCannotStartSaysWhy) {
    OneRun run;
    EXPECT_EQ(run::reason(run.make({"/no/such/program"}).outcome),
              "could not start: execvp: No such file or directory");
    run.folder.write("plain", "no run bit");
    EXPECT_EQ(run::reason(run.make({(run.folder / "plain").string()}).outcome),
              "could not start: execvp: Permission denied");
    run.folder.write_script("script", "#!/no/such/interpreter\n");
    EXPECT_EQ(run::reason(run.make({(run.folder / "script").string()}).outcome),
              "could not start: execvp: No such file or directory");
    run.working_directory = "/no/such/folder";
    EXPECT_EQ(run::reason(run.make({"/bin/true"}).outcome),
              "could not start: chdir: No such file or directory");
    run.working_directory.clear();
    run.stdin_file = "/no/such/file";
    const run::Record record = run.make({"/bin/true"});
    EXPECT_EQ(run::reason(record.outcome), "could not start: open stdin: No such file or directory");
    EXPECT_EQ(status_of(record), "failed");
    EXPECT_EQ(record.measurement.missing.at("peak_rss_bytes"), "the program could not be started");
}

TEST(Isolation, TheWallLimitEndsEvenAStubbornOrAStoppedRun) {
    OneRun run;
    run.limits.wall = Seconds{0.2};
    for (const char* verb : {"stubborn", "stopped"}) {
        const run::Record record = run.known({verb});
        EXPECT_EQ(status_of(record), "timeout") << verb;
        EXPECT_EQ(run::reason(record.outcome), "reached the wall time limit of 200 ms") << verb;
    }
}

TEST(Isolation, NothingOfARunStaysAliveNotEvenADaemon) {
    OneRun run;
    const std::string file = (run.folder / "pid").string();
    const run::Record record = run.known({"daemonise", "1", file});
    EXPECT_EQ(status_of(record), "ok");
    const auto daemon = static_cast<pid_t>(std::stol(run.folder.read("pid")));
    EXPECT_FALSE(is_running(daemon));
    EXPECT_EQ(record.measurement.leftovers_killed, 1);
}

TEST(Isolation, APileOfZombiesIsNoTrouble) {
    OneRun run;
    EXPECT_EQ(status_of(run.known({"zombies", "300"})), "ok");
}

TEST(Isolation, CancellingIsGentleAndThenNot) {
    OneRun run;
    const std::string gentle = run.start({"sleep", "1000"});
    run.launcher().cancel_all(false);
    EXPECT_EQ(run::reason(run.finish(gentle).outcome), "interrupted by the user");
    const std::string stubborn = run.start({known_program(), "stubborn"});
    EXPECT_TRUE(eventually([&] { return run.folder.read(stubborn + "/stdout.log") == "ready\n"; }));
    run.launcher().cancel_all(true);
    const run::Record record = run.finish(stubborn);
    EXPECT_EQ(status_of(record), "cancelled");
    EXPECT_LT(record.measurement.wall_s, 60);
}

TEST(Isolation, SeveralRunsAtOnceAreKeptApart) {
    OneRun run;
    const std::string one = run.start({known_program(), "exit", "1"});
    const std::string two = run.start({known_program(), "exit", "2"});
    std::vector<std::string> ended;
    while (ended.size() < 2) {
        for (const std::string& id : run.launcher().wait(Seconds{60}, -1)) ended.push_back(id);
    }
    EXPECT_EQ(run::exit_code(run::read_record(run::RunDirectory(run.directory(one))).outcome), 1);
    EXPECT_EQ(run::exit_code(run::read_record(run::RunDirectory(run.directory(two))).outcome), 2);
}

/// The pid of the only process whose parent is `parent`.
pid_t child_of(pid_t parent) {
    Workspace folder;
    const std::string file =
        "/proc/" + std::to_string(parent) + "/task/" + std::to_string(parent) + "/children";
    pid_t child = 0;
    eventually([&] {
        const std::string text = folder.run({"cat", file}).out;
        child = text.empty() ? 0 : static_cast<pid_t>(std::stol(text));
        return child > 0;
    });
    return child;
}

TEST(Isolation, AKilledWardenTakesItsRunWithItAndTheNextRunIsFine) {
    OneRun run;
    const std::string id = run.start({known_program(), "stubborn"});
    EXPECT_TRUE(eventually([&] { return run.folder.read(id + "/stdout.log") == "ready\n"; }));
    const pid_t warden = child_of(getpid());
    const pid_t program = child_of(warden);
    kill(warden, SIGKILL);
    const run::Record record = run.finish(id);
    EXPECT_EQ(run::reason(record.outcome),
              "no measurement was left: the warden ended before it could write one");
    EXPECT_TRUE(eventually([&] { return !is_running(program); }));
    EXPECT_EQ(status_of(run.known({"exit", "0"})), "ok");
}

TEST(Isolation, ARunOutlivesNoRunnerThatIsKilled) {
    Workspace folder;
    int told[2];
    ASSERT_EQ(pipe(told), 0);
    const pid_t runner = fork();
    if (runner == 0) {
        OneRun run;
        const std::string id = run.start({known_program(), "stubborn"});
        eventually([&] { return run.folder.read(id + "/stdout.log") == "ready\n"; });
        const pid_t program = child_of(child_of(getpid()));
        [[maybe_unused]] const ssize_t count = write(told[1], &program, sizeof program);
        // the folder outlives us, so that the warden can write its measurement into it
        [[maybe_unused]] const ssize_t name =
            write(told[1], run.folder.path().c_str(), run.folder.path().native().size() + 1);
        pause();
    }
    pid_t program = 0;
    char path[256] = {};
    ASSERT_EQ(read(told[0], &program, sizeof program), static_cast<ssize_t>(sizeof program));
    ASSERT_GT(read(told[0], path, sizeof path - 1), 0);
    kill(runner, SIGKILL);
    waitpid(runner, nullptr, 0);
    EXPECT_TRUE(eventually([&] { return !is_running(program); }));
    const std::filesystem::path directory = std::filesystem::path(path) / "run1";
    EXPECT_TRUE(eventually([&] { return std::filesystem::exists(directory / "measurement.json"); }));
    EXPECT_EQ(run::reason(run::read_record(run::RunDirectory(directory)).outcome), "its runner was killed");
    std::filesystem::remove_all(path);
}

TEST(Isolation, AFullDiskIsToldAsSuch) {
    Workspace folder;
    std::filesystem::create_directories(folder / "small");
    if (folder.run({"mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", (folder / "small").string()})
            .exit_code != 0) {
        GTEST_SKIP() << "needs the right to mount a small tmpfs";
    }
    std::string message;
    {
        OneRun run;
        run::Launch launch;
        launch.request.run_id = "run1";
        launch.request.command = {known_program(), "flood", "1"};
        launch.directory = run::RunDirectory::create(folder / "small", launch.request).path();
        run.launcher().start(launch);
        try {
            while (run.launcher().wait(Seconds{60}, -1).empty()) {
            }
        } catch (const CannotGoOn& error) {
            message = error.what();
        }
    }
    EXPECT_EQ(folder.run({"umount", (folder / "small").string()}).exit_code, 0);
    EXPECT_THAT(message, HasSubstr("measurement.json"));
    EXPECT_THAT(message, HasSubstr("No space left on device"));
}

/// The reason why there is a warden: exec keeps the high-water mark of what it replaces.
TEST(Isolation, ASmallRunOfALargeRunnerIsMeasuredAsSmall) {
    constexpr std::size_t kLarge = std::size_t{500} << 20;
    void* ballast = mmap(nullptr, kLarge, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    ASSERT_NE(ballast, MAP_FAILED);
    std::memset(ballast, 1, kLarge);
    OneRun run;
    const run::Record record = run.make({"/bin/true"});
    munmap(ballast, kLarge);
    ASSERT_TRUE(record.measurement.peak_rss_bytes);
    EXPECT_LT(*record.measurement.peak_rss_bytes, 4 << 20);
    EXPECT_GT(*record.measurement.peak_rss_bytes, 100 << 10);
}

TEST(Isolation, GigabytesOfOutputAndStrangeBytesGoToTheLog) {
    OneRun run;
    const run::Record record = run.known({"flood", "200"});
    EXPECT_EQ(status_of(record), "ok");
    EXPECT_EQ(std::filesystem::file_size(run::RunDirectory(record.directory).stdout_log()),
              std::uintmax_t{200} << 20);
    EXPECT_LT(*record.measurement.peak_rss_bytes, 8 << 20);
}

}  // namespace
}  // namespace tidemark::test
