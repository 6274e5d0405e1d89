#include "run/scheduler.hpp"

#include <algorithm>
#include <deque>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.hpp"
#include "run/cpu_slots.hpp"
#include "support/example_run.hpp"
#include "support/workspace.hpp"

namespace tidemark::run {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::IsEmpty;

/// Everything that was said to the fakes, in order.
using Log = std::vector<std::string>;

/// "Runs" without processes: each ends, oldest first, when it is waited for.
class FakeLauncher : public Launcher {
  public:
    explicit FakeLauncher(Log& log) : log_(log) {}

    void start(const Launch& launch) override {
        if (launch.request.run_id == fails_to_start) throw CannotGoOn("cannot start the warden");
        log_.push_back("start " + launch.request.run_id);
        running_.push_back(launch);
        most_at_once = std::max(most_at_once, running_.size());
        for (const int cpu : launch.cpus) cpus_in_use_twice |= std::ranges::count(all_cpus(), cpu) > 1;
        cpus_given.push_back(static_cast<int>(launch.cpus.size()));
    }

    std::vector<std::string> wait(Seconds timeout, int) override {
        timeouts.push_back(timeout.value);
        if (running_.empty()) return {};
        const Launch ended = running_.front();
        running_.pop_front();
        protocol::Measurement measured = test::example_measurement();
        if (cancelled_) measured.cause = protocol::EndCause::Cancelled;
        if (ended.request.run_id == fails) measured.exit_code = 1;
        write_file(RunDirectory(ended.directory).measurement(), protocol::to_json_text(measured));
        return {ended.request.run_id};
    }

    void cancel(const std::string& run_id) override { log_.push_back("cancel " + run_id); }

    void cancel_all(bool now) override {
        log_.push_back(now ? "cancel now" : "cancel");
        cancelled_ = true;
    }

    std::string fails;
    std::string fails_to_start;
    std::size_t most_at_once = 0;
    bool cpus_in_use_twice = false;
    std::vector<int> cpus_given;
    std::vector<double> timeouts;

  private:
    std::vector<int> all_cpus() const {
        std::vector<int> cpus;
        for (const Launch& launch : running_) cpus.insert(cpus.end(), launch.cpus.begin(), launch.cpus.end());
        return cpus;
    }

    Log& log_;
    std::deque<Launch> running_;
    bool cancelled_ = false;
};

class FakeLedger : public Ledger {
  public:
    explicit FakeLedger(Log& log) : log_(log) {}

    Claim claim(const protocol::Request& request, const std::filesystem::path& directory) override {
        directory_existed |= std::filesystem::exists(directory);
        if (request.run_id == cannot_claim) throw CannotGoOn("the database is gone");
        auto& answers = claims[request.run_id];
        if (answers.empty()) return Claim::Granted;
        const Claim answer = answers.front();
        answers.pop_front();
        return answer;
    }
    void record(const Record& record) override {
        if (record.request.run_id == cannot_record) throw CannotGoOn("the disk is full");
        log_.push_back("record " + record.request.run_id + " " + std::string(status(record.outcome)));
    }

    std::map<std::string, std::deque<Claim>> claims;  ///< answers to come; then Granted
    bool directory_existed = false;
    std::string cannot_claim;
    std::string cannot_record;

  private:
    Log& log_;
};

class FakeInterruption : public Interruption {
  public:
    int requests() const override { return asked; }
    int descriptor() const override { return -1; }
    void drain() override { ++drained; }

    int asked = 0;
    int drained = 0;
};

class FakeObserver : public Observer {
  public:
    explicit FakeObserver(Log& log) : log_(log) {}
    void started(const PlannedRun&, const Launch& launch) override {
        if (when_started) when_started(launch.request.run_id);
    }
    void finished(const PlannedRun& run, const Record&) override {
        log_.push_back("finished " + std::to_string(run.spec));
        if (when_finished) when_finished();
    }
    void held_apart(int port) override { log_.push_back("port " + std::to_string(port)); }
    void retried(const PlannedRun& run, const Record&, int next_attempt, int most) override {
        log_.push_back("attempt " + std::to_string(next_attempt) + " of " + std::to_string(most) + " of " +
                       std::to_string(run.spec));
    }
    void skipped(const PlannedRun& run) override { log_.push_back("skipped " + std::to_string(run.spec)); }
    void added(std::size_t runs) override { log_.push_back("added " + std::to_string(runs)); }
    void waiting(std::size_t runs_elsewhere) override {
        log_.push_back("waiting for " + std::to_string(runs_elsewhere));
        if (when_waiting) when_waiting();
    }
    void held_apart(const MetricFiles::Conflict& conflict) override {
        log_.push_back(std::string(conflict.is_elsewhere ? "another has " : "another run has ") +
                       conflict.file.filename().string());
        if (when_held_apart) when_held_apart();
    }
    void giving_up(std::size_t at_work) override {
        log_.push_back("giving up, at work " + std::to_string(at_work));
    }
    void tick() override { ++ticks; }

    std::function<void(const std::string&)> when_started;
    std::function<void()> when_finished;
    std::function<void()> when_waiting;
    std::function<void()> when_held_apart;
    int ticks = 0;

  private:
    Log& log_;
};

/// A plan of runs called run0, run1, …
class Scheduling : public testing::Test {
  protected:
    Tally execute(std::size_t runs, int jobs = 1) {
        std::vector<PlannedRun> plan;
        for (std::size_t i = 0; i < runs; ++i) plan.push_back({i, 1});
        const auto prepare = [&](const PlannedRun& planned) {
            std::string run_id = "run" + std::to_string(planned.spec);
            if (planned.repeat > 1) run_id += "-" + std::to_string(planned.repeat);
            protocol::Request request = test::example_request(run_id);
            request.limits = limits;
            request.working_directory = folder.path();
            if (planned.spec < metric_files.size())
                request.capture = {{.metric = "m",
                                    .source = protocol::CaptureSource::Csv,
                                    .what = "m",
                                    .file = metric_files[planned.spec],
                                    .required = false}};
            return request;
        };
        SchedulerOptions options;
        options.jobs = jobs;
        options.runs_folder = folder.path();
        options.more = more;
        return run::execute(plan, prepare, launcher, ledger, observer, interruption, options);
    }

    test::Workspace folder;
    protocol::Limits limits;
    std::function<std::vector<PlannedRun>(const PlannedRun&)> more;
    std::vector<std::string> metric_files;  ///< of the first runs, one each
    Log log;
    FakeLauncher launcher{log};
    FakeLedger ledger{log};
    FakeObserver observer{log};
    FakeInterruption interruption;
};

TEST_F(Scheduling, AnEmptyPlanIsDone) {
    const Tally tally = execute(0);
    EXPECT_EQ(tally.ok, 0U);
    EXPECT_FALSE(tally.interrupted);
    EXPECT_THAT(log, IsEmpty());
}

TEST_F(Scheduling, WhatFollowsFromARunIsMadeAsWell) {
    launcher.fails = "run2";
    more = [](const PlannedRun& done) {
        return done.spec == 2 || done.repeat == 3 ? std::vector<PlannedRun>{}
                                                  : std::vector{PlannedRun{done.spec, done.repeat + 1}};
    };
    const Tally tally = execute(3, 2);
    EXPECT_EQ(tally.ok, 6U) << "two of them three times";
    EXPECT_EQ(tally.failed, 1U) << "from what fails nothing follows";
    EXPECT_EQ(tally.added, 4U);
    EXPECT_EQ(std::ranges::count(log, "added 1"), 4);
}

TEST_F(Scheduling, WhereWhatFollowsCannotBeKnownTheProblemIsThrownAtTheEnd) {
    more = [](const PlannedRun&) -> std::vector<PlannedRun> { throw std::runtime_error("no such disk"); };
    EXPECT_THROW(execute(3, 2), std::runtime_error);
    EXPECT_EQ(std::ranges::count(log, "giving up, at work 1"), 1) << "the other one comes to its end";
}

TEST_F(Scheduling, OneAfterTheOtherInTheOrderOfThePlan) {
    launcher.fails = "run1";
    const Tally tally = execute(3);
    EXPECT_EQ(tally.ok, 2U);
    EXPECT_EQ(tally.failed, 1U) << "a failed run does not stop the others";
    EXPECT_EQ(launcher.most_at_once, 1U);
    EXPECT_THAT(log,
                ElementsAre("start run0", "record run0 ok", "finished 0", "start run1", "record run1 failed",
                            "finished 1", "start run2", "record run2 ok", "finished 2"));
    EXPECT_EQ(observer.ticks, 3);
}

TEST_F(Scheduling, AsManyAtOnceAsThereAreJobs) {
    EXPECT_EQ(execute(10, 3).ok, 10U);
    EXPECT_EQ(launcher.most_at_once, 3U);
    EXPECT_THAT(Log(log.begin(), log.begin() + 6), ElementsAre("start run0", "start run1", "start run2",
                                                               "record run0 ok", "finished 0", "start run3"));
}

TEST_F(Scheduling, ARunIsClaimedBeforeItHasADirectory) {
    execute(2);
    EXPECT_FALSE(ledger.directory_existed);
    EXPECT_TRUE(std::filesystem::exists(folder / "run0/request.json"));
}

TEST_F(Scheduling, AnInterruptionEndsWhatIsRunningAndStartsNothingNew) {
    observer.when_started = [&](const std::string& run_id) { interruption.asked = run_id == "run1"; };
    const Tally tally = execute(5, 2);
    EXPECT_TRUE(tally.interrupted);
    EXPECT_EQ(tally.failed, 2U);
    EXPECT_THAT(log, ElementsAre("start run0", "start run1", "cancel", "record run0 cancelled", "finished 0",
                                 "record run1 cancelled", "finished 1"));
    EXPECT_EQ(interruption.drained, 1);
}

TEST_F(Scheduling, ASecondInterruptionEndsThemAtOnce) {
    observer.when_started = [&](const std::string& run_id) { interruption.asked = run_id == "run1"; };
    observer.when_finished = [&] { interruption.asked = 2; };
    execute(3, 2);
    EXPECT_THAT(log, ElementsAre("start run0", "start run1", "cancel", "record run0 cancelled", "finished 0",
                                 "cancel now", "record run1 cancelled", "finished 1"));
}

TEST_F(Scheduling, WhatAnotherRunnerHasFinishedIsSkipped) {
    ledger.claims["run0"] = {Claim::AlreadyDone};
    const Tally tally = execute(2);
    EXPECT_EQ(tally.skipped, 1U);
    EXPECT_EQ(tally.ok, 1U);
    EXPECT_FALSE(std::filesystem::exists(folder / "run0"));
    EXPECT_THAT(log, ElementsAre("skipped 0", "start run1", "record run1 ok", "finished 1"));
}

TEST_F(Scheduling, WhatAnotherRunnerIsAtIsAskedForAgainAtTheEnd) {
    ledger.claims["run0"] = {Claim::Elsewhere, Claim::Elsewhere, Claim::AlreadyDone};
    ledger.claims["run1"] = {Claim::Elsewhere};
    const Tally tally = execute(3);
    EXPECT_EQ(tally.skipped, 1U);
    EXPECT_EQ(tally.ok, 2U);
    EXPECT_THAT(log, ElementsAre("start run2", "record run2 ok", "finished 2", "waiting for 2", "start run1",
                                 "record run1 ok", "finished 1", "waiting for 1", "skipped 0"));
    EXPECT_EQ(std::ranges::count(launcher.timeouts, SchedulerOptions{}.look_again.value), 2);
}

TEST_F(Scheduling, WaitingForAnotherRunnerCanBeInterrupted) {
    ledger.claims["run0"] = {Claim::Elsewhere, Claim::Elsewhere};
    observer.when_waiting = [&] { interruption.asked = 1; };
    EXPECT_TRUE(execute(1).interrupted);
    EXPECT_THAT(log, ElementsAre("waiting for 1", "cancel"));
}

TEST_F(Scheduling, RunsThatAreMadeAtOnceHaveCpusOfTheirOwn) {
    limits.cpus = 1;
    const std::size_t cpus = usable_cpus().size();
    EXPECT_EQ(execute(2 * cpus + 1, static_cast<int>(2 * cpus)).ok, 2 * cpus + 1);
    EXPECT_EQ(launcher.most_at_once, cpus) << "a run waits until there are CPUs for it";
    EXPECT_FALSE(launcher.cpus_in_use_twice);
    EXPECT_THAT(launcher.cpus_given, Each(1));
}

TEST_F(Scheduling, ARunThatWantsMoreCpusThanThereAreGetsAll) {
    const int cpus = static_cast<int>(usable_cpus().size());
    limits.cpus = cpus + 1;
    EXPECT_EQ(execute(2, 2).ok, 2U);
    EXPECT_EQ(launcher.most_at_once, 1U);
    EXPECT_THAT(launcher.cpus_given, Each(cpus));
}

TEST_F(Scheduling, RunsThatTakeMetricsFromTheSameFileAreMadeOneAfterTheOther) {
    metric_files = {"log.csv", "./log.csv", (folder / "log.csv").string(), "x/../log.csv"};
    EXPECT_EQ(execute(4, 4).ok, 4U);
    EXPECT_EQ(launcher.most_at_once, 1U);
    EXPECT_THAT(Log(log.begin(), log.begin() + 5), ElementsAre("start run0", "another run has log.csv",
                                                               "record run0 ok", "finished 0", "start run1"));
    EXPECT_EQ(std::ranges::count(log, "another run has log.csv"), 1) << "it is said once";
}

TEST_F(Scheduling, AFileIsTheSameWhateverItIsCalled) {
    folder.write("log.csv", "m\n1\n");
    std::filesystem::create_symlink("log.csv", folder / "link.csv");
    std::filesystem::create_hard_link(folder / "log.csv", folder / "second name.csv");
    std::filesystem::create_directory_symlink(".", folder / "here");
    metric_files = {"log.csv", "link.csv", "second name.csv", "here/here/log.csv"};
    EXPECT_EQ(execute(4, 4).ok, 4U);
    EXPECT_EQ(launcher.most_at_once, 1U);
}

TEST_F(Scheduling, ALinkToAFileThatIsNotThereYetIsThatFile) {
    std::filesystem::create_symlink("to come.csv", folder / "link.csv");
    metric_files = {"to come.csv", "link.csv"};
    EXPECT_EQ(execute(2, 2).ok, 2U);
    EXPECT_EQ(launcher.most_at_once, 1U);
}

TEST_F(Scheduling, RunsWithMetricFilesOfTheirOwnAreMadeAtOnce) {
    metric_files = {"1.csv", "2.csv", ""};
    EXPECT_EQ(execute(3, 3).ok, 3U);
    EXPECT_EQ(launcher.most_at_once, 3U);
}

TEST_F(Scheduling, AMetricFileThatAnotherRunnerHasIsWaitedForAtTheEnd) {
    metric_files = {"log.csv", "own.csv"};
    auto other = std::make_unique<MetricFiles>(folder.path());
    protocol::Request theirs = test::example_request("theirs");
    theirs.working_directory = folder.path();
    theirs.capture = {{.metric = "m", .source = protocol::CaptureSource::Json, .file = "log.csv"}};
    ASSERT_FALSE(other->hold(theirs));
    observer.when_finished = [&] { other.reset(); };
    EXPECT_EQ(execute(2).ok, 2U);
    EXPECT_THAT(log, ElementsAre("another has log.csv", "start run1", "record run1 ok", "finished 1",
                                 "start run0", "record run0 ok", "finished 0"));
}

TEST_F(Scheduling, WaitingForAMetricFileOfAnotherRunnerCanBeInterrupted) {
    metric_files = {"log.csv"};
    MetricFiles other(folder.path());
    protocol::Request theirs = test::example_request("theirs");
    theirs.working_directory = folder.path();
    theirs.capture = {{.metric = "m", .source = protocol::CaptureSource::Json, .file = "log.csv"}};
    ASSERT_FALSE(other.hold(theirs));
    observer.when_held_apart = [&] { interruption.asked = 1; };
    EXPECT_TRUE(execute(1).interrupted);
    EXPECT_THAT(log, ElementsAre("another has log.csv", "cancel"));
}

TEST_F(Scheduling, ARunThatAnotherRunnerHasHoldsNoMetricFile) {
    metric_files = {"log.csv", "log.csv"};
    ledger.claims["run0"] = {Claim::AlreadyDone};
    const Tally tally = execute(2, 2);
    EXPECT_EQ(tally.skipped, 1U);
    EXPECT_THAT(log, ElementsAre("skipped 0", "start run1", "record run1 ok", "finished 1"));
}

TEST_F(Scheduling, AMachineThatCannotStartRunsEndsTheCommand) {
    launcher.fails_to_start = "run1";
    EXPECT_THROW(execute(3), CannotGoOn);
    EXPECT_THAT(log, ElementsAre("start run0", "record run0 ok", "finished 0"));
}

/// What the execution ends with.
template <typename Action>
std::string problem_of(const Action& action) {
    try {
        action();
    } catch (const Error& error) {
        return error.what();
    }
    return "no problem";
}

TEST_F(Scheduling, WhereNothingCanBeStoredTheRunsAtWorkEndAndNoneIsStarted) {
    ledger.cannot_record = "run0";
    EXPECT_EQ(problem_of([&] { execute(5, 3); }), "the disk is full");
    EXPECT_THAT(log, ElementsAre("start run0", "start run1", "start run2", "giving up, at work 2",
                                 "record run1 ok", "finished 1", "record run2 ok", "finished 2"));
}

TEST_F(Scheduling, WhereNothingCanBeClaimedTheRunsAtWorkEndFirst) {
    ledger.cannot_claim = "run2";
    EXPECT_EQ(problem_of([&] { execute(5, 3); }), "the database is gone");
    EXPECT_THAT(log, ElementsAre("start run0", "start run1", "giving up, at work 2", "record run0 ok",
                                 "finished 0", "record run1 ok", "finished 1"));
}

TEST_F(Scheduling, AnInterruptionEndsTheRunsAtWorkAlsoThen) {
    ledger.cannot_record = "run0";
    observer.when_started = [&](const std::string& run_id) { interruption.asked = run_id == "run2" ? 1 : 0; };
    EXPECT_EQ(problem_of([&] { execute(5, 3); }), "the disk is full");
    EXPECT_EQ(log[3], "cancel");
}

}  // namespace
}  // namespace tidemark::run
