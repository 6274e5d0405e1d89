// What runs beside a program: a server beside its client.
#include <arpa/inet.h>
#include <csignal>
#include <netinet/in.h>
#include <utility>

#include <sys/socket.h>
#include <unistd.h>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/own_program.hpp"

namespace tidemark::test {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

/// A socket that listens, or one that only has found a free port.
class Listener {
  public:
    explicit Listener(bool listens) : socket_(socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        bind(socket_, reinterpret_cast<sockaddr*>(&address), size);
        getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size);
        port = ntohs(address.sin_port);
        if (listens) listen(socket_, 1);
        if (!listens) close(std::exchange(socket_, -1));
    }
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;
    ~Listener() {
        if (socket_ >= 0) close(socket_);
    }
    int port = 0;

  private:
    int socket_;
};

int free_port() {
    return Listener(false).port;
}

class Services : public OwnProgram {
  protected:
    void write_server() {
        folder.write("server.py", R"py(
import os, socket, sys
waste = b"x" * (150 << 20)
server = socket.create_server(("127.0.0.1", int(sys.argv[1])))
open("server.pid", "w").write(str(os.getpid()))
print("listening", flush=True)
while True:
    connection, _ = server.accept()
    connection.sendall(b"answer: 42\n")
    connection.close()
)py");
        folder.write("client.py", R"py(
import socket, sys
print(socket.create_connection(("127.0.0.1", int(sys.argv[1]))).makefile().read())
)py");
    }
    std::string reason() { return query("SELECT status, reason FROM results"); }
    bool is_gone(const std::string& pid_file) {
        return !is_running(static_cast<pid_t>(std::stol(folder.read(pid_file))));
    }
};

TEST_F(Services, AServerRunsBesideItsClientAndIsNotMeasured) {
    TIDEMARK_NEEDS_PROGRAM("python3");
    write_server();
    const int port = free_port();
    const Finished said = run(fmt::format(R"yaml(
command: [python3, client.py, "{{port}}"]
parameters: {{port: {}}}
service: {{command: [python3, server.py, "{{port}}"], port: "{{port}}"}}
capture: {{answer: 'answer: (\d+)'}}
repeat: 3
)yaml",
                                          port),
                              {"--jobs", "3"});
    EXPECT_EQ(said.exit_code, 0) << said.err;
    EXPECT_EQ(
        query("SELECT repeat, answer, peak_rss_bytes < 100 << 20 AS small FROM results ORDER BY repeat"),
        "repeat,answer,small\n1,42.0,1\n2,42.0,1\n3,42.0,1\n");
    EXPECT_THAT(said.err, HasSubstr(fmt::format(
                              "note: runs are made one after the other, since their services have the "
                              "same port, {}; to make them at once, give each a port of its own",
                              port)));
    EXPECT_TRUE(is_gone("server.pid"));
}

TEST_F(Services, RunsWithPortsOfTheirOwnAreMadeAtOnce) {
    TIDEMARK_NEEDS_PROGRAM("python3");
    write_server();
    const Listener one(true);  // so that the two differ
    const int first = free_port();
    const int second = free_port();
    if (first == second) GTEST_SKIP() << "the kernel gave the same port twice";
    const Finished said = run(fmt::format(R"yaml(
command: [python3, client.py, "{{port}}"]
matrix: {{port: [{}, {}]}}
service: {{command: [python3, server.py, "{{port}}"], line: ^listening$}}
capture: {{answer: 'answer: (\d+)'}}
)yaml",
                                          first, second),
                              {"--jobs", "2"});
    EXPECT_EQ(said.exit_code, 0) << said.err;
    EXPECT_THAT(said.err, Not(HasSubstr("one after the other")));
}

TEST_F(Services, RepeatsWithPortsOfTheirOwnAreMadeAtOnce) {
    TIDEMARK_NEEDS_PROGRAM("python3");
    write_server();
    const Listener one(true);  // so that the two differ
    const int first = free_port();
    const int second = free_port();
    if (first == second) GTEST_SKIP() << "the kernel gave the same port twice";
    const Finished said = run(fmt::format(R"yaml(
command: [python3, client.py, "{{port}}"]
derive: {{port: "iif(repeat = 1, {}, {})"}}
repeat: 2
service: {{command: [python3, server.py, "{{port}}"], port: "{{port}}"}}
capture: {{answer: 'answer: (\d+)'}}
)yaml",
                                          first, second),
                              {"--jobs", "2"});
    EXPECT_EQ(said.exit_code, 0) << said.err;
    EXPECT_THAT(said.err, Not(HasSubstr("one after the other")));
    EXPECT_EQ(query("SELECT repeat, port, answer FROM results ORDER BY repeat"),
              fmt::format("repeat,port,answer\n1,{},42.0\n2,{},42.0\n", first, second));
}

TEST_F(Services, APortThatIsNoneInSomeRepeatIsRefusedBeforeTheFirst) {
    const Finished refused =
        run("command: [\"true\"]\nrepeat: 6\nservice: {command: [sleep, 60], port: \"6553{repeat}\"}\n");
    EXPECT_EQ(refused.exit_code, 2);
    EXPECT_EQ(refused.err,
              "own.yaml:4:39: service.port: must be a TCP port from 1 to 65535, and is none in run 'own', "
              "repeat 6: '65536'\n");
    EXPECT_FALSE(std::filesystem::exists(folder / "results"));
}

TEST_F(Services, ACommandTellsThatItIsReady) {
    const Finished said = run(R"yaml(
command: [test, -e, up]
service: {command: [sh, -c, 'sleep 0.3; touch up; exec sleep 60'], check: [test, -e, up]}
teardown: {run: [rm, up]}
observe: false
)yaml");
    EXPECT_EQ(said.exit_code, 0) << said.err;
}

TEST_F(Services, EachExecutionHasOneOfItsOwnAfterItsSetup) {
    const Finished said = run(R"yaml(
command: [sh, -c, 'echo program >> log']
setup: {run: [sh, -c, 'echo setup >> log']}
service:
  command: [sh, -c, 'trap "echo down >> log; exit" TERM; echo up {n} >> log; echo up; while :; do sleep 0.05; done']
  line: up
teardown: {run: [sh, -c, 'echo teardown >> log']}
parameters: {n: 7}
warmup: 1
)yaml");
    EXPECT_EQ(said.exit_code, 0) << said.err;
    const std::string one = "setup\nup 7\nprogram\ndown\nteardown\n";
    EXPECT_EQ(folder.read("log"), one + one);
}

TEST_F(Services, OneThatDoesNotStartIsTheOutcomeWithItsLastLines) {
    const Finished said = run(R"yaml(
command: [touch, made]
service: {command: [sh, -c, 'echo starting >&2; echo cannot bind >&2; exit 3'], line: ready}
teardown: {run: [touch, torn-down]}
)yaml");
    EXPECT_EQ(said.exit_code, 1);
    EXPECT_EQ(reason(),
              "status,reason\nfailed,could not start: its service failed: it ended before it was ready: exit "
              "code 3: starting | cannot bind\n");
    EXPECT_FALSE(std::filesystem::exists(folder / "made"));
    EXPECT_TRUE(std::filesystem::exists(folder / "torn-down"));
}

TEST_F(Services, WhatRanBesideARunIsShown) {
    const std::string server =
        "service: {command: [sh, -c, 'echo up {n}; exec sleep 60'], line: ^up, check: [test, 1]}\n";
    EXPECT_EQ(run("command: [\"true\"]\nparameters: {n: 7}\n" + server).exit_code, 0);
    const std::string shown = folder.tidemark({"show", "own"}).out;
    EXPECT_THAT(shown, ContainsRegex("service beside it\n(─)+\n"
                                     "command +sh -c 'echo up 7; exec sleep 60'\n"
                                     "ready by line +\\^up\n"
                                     "ready by check +test 1\n"
                                     "directory +/.*/service\n"));
    EXPECT_THAT(shown, Not(HasSubstr("the end of its service"))) << "nothing is wrong with it";
    EXPECT_THAT(folder.tidemark({"show", "own", "--format", "csv"}).out,
                HasSubstr("service beside it,ready by check,test 1,"));
}

TEST_F(Services, TheLogsOfOneThatFailedAreShown) {
    run(R"yaml(
command: [sleep, 600]
service: {command: [sh, -c, 'echo ready; sleep 0.3; echo lost its disk >&2; exit 7'], line: ready}
)yaml");
    EXPECT_THAT(folder.tidemark({"show", "own"}).out,
                testing::EndsWith("\nthe end of its service's stdout\n\nready\n"
                                  "\nthe end of its service's stderr\n\nlost its disk\n"));
}

TEST_F(Services, WhatDiffersBetweenTwoIsSaidByCompare) {
    const std::string sweep =
        "command: [\"true\"]\nservice: {line: up, command: [sh, -c, 'echo up; exec sleep 6";
    EXPECT_EQ(run(sweep + "0']}\n").exit_code, 0);
    EXPECT_EQ(folder.tidemark({"baseline", "save", "main"}).exit_code, 0);
    EXPECT_EQ(run(sweep + "1']}\n").exit_code, 0);
    EXPECT_THAT(folder.tidemark({"compare", "main", "run:own/own"}).out,
                ContainsRegex("what differs\n\nparameter +main +run:own/own *\n(─)+\n"
                              "service +sh -c echo up; exec sleep 60 +sh -c echo up; exec sleep 61\n\n"));
}

TEST_F(Services, OneThatGoesToTheBackgroundIsToldToStay) {
    run("command: [true]\nservice: {command: [sh, -c, 'sleep 60 & exit 0'], line: ready}\n");
    EXPECT_EQ(reason(),
              "status,reason\nfailed,could not start: its service failed: it ended before it was ready: exit "
              "code 0; it must stay in the foreground\n");
}

TEST_F(Services, OneThatFailsMeanwhileEndsTheProgramAndIsTheOutcome) {
    const Finished said = run(R"yaml(
command: [sleep, 600]
service: {command: [sh, -c, 'echo ready; sleep 0.3; echo lost its disk >&2; exit 7'], line: ready}
)yaml");
    EXPECT_EQ(said.exit_code, 1);
    EXPECT_EQ(reason(), "status,reason\nfailed,its service failed: exit code 7: lost its disk\n");
}

TEST_F(Services, OneThatEndsWellByItselfIsAWarning) {
    const Finished said = run(R"yaml(
command: [sh, -c, 'until test -e ended; do sleep 0.05; done; sleep 1']
service: {command: [sh, -c, 'echo ready; sleep 0.2; touch ended'], line: ready}
observe: false
)yaml");
    EXPECT_EQ(said.exit_code, 0) << said.err;
    EXPECT_THAT(folder.tidemark({"show", "own"}).out,
                HasSubstr("its service ended by itself, with exit code 0, before it was asked to"));
}

TEST_F(Services, WhatItWasWaitedForInVainIsSaid) {
    const int port = free_port();
    const std::string head =
        "command: [true]\nservice: {within: 3 s, command: [sh, -c, 'echo warming up; exec sleep 60'], ";
    const std::string failed =
        "status,reason\nfailed,could not start: its service failed: it was not ready within 3.0 s: ";
    run(head + fmt::format("port: {}}}\n", port));
    EXPECT_EQ(reason(), failed + fmt::format("nothing listens at port {}: warming up\n", port));
    run(head + "line: ready}\n", {"--fresh"});
    EXPECT_EQ(query("SELECT reason FROM results WHERE reason LIKE '%ready%flushes%'"),
              "reason\n\"could not start: its service failed: it was not ready within 3.0 s: no line of its "
              "output matches 'ready', which it may keep back until it flushes it: warming up\"\n");
    run(head + "check: [sh, -c, 'echo not yet >&2; exit 1']}\n", {"--fresh"});
    EXPECT_THAT(reason(),
                HasSubstr("its check `sh -c echo not yet >&2; exit 1` failed at last: exit code 1: not "
                          "yet: warming up"));
    run(head + "check: [sleep, 60]}\n", {"--fresh"});
    EXPECT_THAT(reason(), HasSubstr("its check `sleep 60` has not ended yet: warming up"));
}

TEST_F(Services, APortThatIsInUseIsNotTakenForItsOwn) {
    const Listener other(true);
    run(fmt::format("command: [true]\nservice: {{command: [sleep, 60], port: {}}}\n", other.port));
    EXPECT_EQ(reason(),
              fmt::format("status,reason\nfailed,\"could not start: its service failed: port {} is in use "
                          "already, by another program\"\n",
                          other.port));
}

/// A shell that heeds no SIGTERM, and a child in a session of its own.
constexpr const char* kStubborn =
    "command: [sh, -c, 'echo $$ > client.pid; exec sleep 600']\nservice: {line: up, command: [sh, -c, 'trap "
    "\"\" TERM; "
    "echo $$ > service.pid; setsid sleep 600 & echo $! > child.pid; echo up; wait; sleep 600']}\n";

TEST_F(Services, NothingOfItIsLeftWhenTheProgramHasEnded) {
    std::string sweep = kStubborn;
    sweep.replace(sweep.find("exec sleep 600"), 14, "true");
    EXPECT_EQ(run(sweep).exit_code, 0);
    EXPECT_TRUE(is_gone("service.pid"));
    EXPECT_TRUE(is_gone("child.pid"));
}

class EndedServices : public Services {
  protected:
    Started start() {
        folder.write("own.yaml", std::string("sweep: own\n") + kStubborn);
        Started started = folder.start_tidemark({"run", "own.yaml"});
        EXPECT_TRUE(eventually([&] { return !folder.read("client.pid").empty(); }));
        return started;
    }
    bool all_are_gone() {
        return eventually(
            [&] { return is_gone("service.pid") && is_gone("child.pid") && is_gone("client.pid"); });
    }
};

TEST_F(EndedServices, CtrlCEndsThemWithTheirRun) {
    Started started = start();
    started.signal(SIGINT);
    EXPECT_EQ(started.wait().exit_code, 130);
    EXPECT_TRUE(all_are_gone());
    EXPECT_EQ(reason(), "status,reason\ncancelled,interrupted by the user\n");
}

TEST_F(EndedServices, ARunnerThatIsKilledTakesThemAlong) {
    Started started = start();
    started.signal(SIGKILL);
    started.wait();
    EXPECT_TRUE(all_are_gone());
}

TEST_F(Services, AServiceThatChangedMakesTheRunAgain) {
    folder.write_script("server.sh", "#!/bin/sh\necho up; exec sleep 60\n");
    const std::string sweep = "command: [true]\nservice: {command: [./server.sh], line: up}\n";
    const std::string patient =
        "command: [true]\nservice: {command: [./server.sh], line: up, within: 90 s}\n";
    EXPECT_EQ(run(sweep).exit_code, 0);
    EXPECT_THAT(run(sweep).err, HasSubstr("all done already"));
    EXPECT_THAT(run(patient).err, HasSubstr("all done already"));
    folder.write_script("server.sh", "#!/bin/sh\necho up; exec sleep 61\n");
    EXPECT_THAT(run(sweep).err, Not(HasSubstr("all done already")));
}

TEST_F(Services, OneThatIsNotThereIsToldBeforeTheFirstRun) {
    const Finished said = run("command: [true]\nservice: {command: [./no-server], line: up}\n");
    EXPECT_EQ(said.exit_code, 2);
    EXPECT_THAT(said.err, HasSubstr("own.yaml:3:20: service.command: "));
    const Finished no_port =
        run("command: [true]\nparameters: {p: 70000}\nservice: {command: [sleep, 60], port: \"{p}\"}\n");
    EXPECT_EQ(no_port.exit_code, 2);
    EXPECT_THAT(no_port.err,
                HasSubstr("own.yaml:4:39: service.port: must be a TCP port from 1 to 65535, and is "
                          "none in run 'own': '70000'\n"));
}

}  // namespace
}  // namespace tidemark::test
