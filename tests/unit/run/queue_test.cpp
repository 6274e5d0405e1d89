#include "run/queue.hpp"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "run/scheduler.hpp"
#include "support/example_run.hpp"
#include "support/workspace.hpp"

namespace tidemark::run {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

using Log = std::vector<std::string>;

/// A queue that begins all that it has when it is waited for, and ends it when it is waited for again.
class FakeQueue : public Launcher, public Queue {
  public:
    explicit FakeQueue(Log& log) : log_(log) {}
    void start(const Launch& launch) override {
        log_.push_back("start " + launch.request.run_id);
        cpus_given = cpus_given || !launch.cpus.empty();
        waiting_.push_back(launch);
    }
    void adopt(const Launch& launch) override {
        log_.push_back("adopt " + launch.request.run_id);
        waiting_.push_back(launch);
    }
    std::vector<std::string> wait(Seconds, int) override {
        ++waits_;
        std::vector<std::string> ended;
        if (keeps) return ended;
        for (const Launch& launch : at_work_) {
            write_file(RunDirectory(launch.directory).measurement(),
                       protocol::to_json_text(test::example_measurement()));
            ended.push_back(launch.request.run_id);
        }
        at_work_ = std::exchange(waiting_, {});
        for (const Launch& launch : at_work_) begun_.push_back(launch.request.run_id);
        return ended;
    }
    void cancel(const std::string&) override {}
    void cancel_all(bool) override { log_.push_back("cancel"); }
    std::vector<std::string> begun() override { return std::exchange(begun_, {}); }
    std::string text() const override { return waiting_.empty() ? "" : "some pending"; }
    bool has_all() const override { return waits_ > 0; }
    void leave() override { log_.push_back("leave"); }

    bool keeps = false;  ///< nothing begins
    bool cpus_given = false;

  private:
    Log& log_;
    std::vector<Launch> waiting_;
    std::vector<Launch> at_work_;
    std::vector<std::string> begun_;
    int waits_ = 0;
};

class FakeLedger : public Ledger {
  public:
    explicit FakeLedger(Log& log) : log_(log) {}
    Claim claim(const protocol::Request&, const std::filesystem::path&) override { return Claim::Granted; }
    void record(const Record& record) override {
        log_.push_back("record " + record.request.run_id + " " + std::string(status(record.outcome)));
    }
    std::optional<Launch> adopt(const protocol::Request& request) override {
        return request.run_id == "run0" ? left : std::nullopt;
    }
    std::optional<Launch> left;  ///< of run0, by another runner

  private:
    Log& log_;
};

class FakeObserver : public Observer {
  public:
    explicit FakeObserver(Log& log) : log_(log) {}
    void started(const PlannedRun& run, const Launch&) override {
        log_.push_back("begun " + std::to_string(run.spec));
    }
    void finished(const PlannedRun&, const Record&) override {}
    void retried(const PlannedRun&, const Record&, int, int) override {}
    void skipped(const PlannedRun&) override {}
    void added(std::size_t) override {}
    void waiting(std::size_t) override {}
    void held_apart(const MetricFiles::Conflict&) override {}
    void held_apart(int) override {}
    void giving_up(std::size_t) override {}
    void queued(const std::string& text) override { last_text = text; }
    void tick() override { ++ticks; }
    std::string last_text;
    int ticks = 0;

  private:
    Log& log_;
};

class FakeInterruption : public Interruption {
  public:
    int requests() const override { return asked_ ? asked_() : 0; }
    int descriptor() const override { return -1; }
    void drain() override {}
    std::function<int()> asked_;
};

class QueuedRuns : public testing::Test {
  protected:
    Tally execute(std::size_t runs) {
        std::vector<PlannedRun> plan;
        for (std::size_t i = 0; i < runs; ++i) plan.push_back({i, 1});
        const auto prepare = [&](const PlannedRun& planned) {
            protocol::Request request = test::example_request("run" + std::to_string(planned.spec));
            request.limits.cpus = 1000;
            request.setup = {"/bin/false"};
            return request;
        };
        options.jobs = 100;
        options.runs_folder = folder.path();
        options.queue = &queue;
        return run::execute(plan, prepare, queue, ledger, observer, interruption, options);
    }

    test::Workspace folder;
    Log log;
    FakeQueue queue{log};
    FakeLedger ledger{log};
    FakeObserver observer{log};
    FakeInterruption interruption;
    SchedulerOptions options;
};

TEST_F(QueuedRuns, AreHandedOverWholeAndToldWhenTheyBegin) {
    EXPECT_EQ(execute(2).ok, 2U);
    EXPECT_THAT(log, ElementsAre("start run0", "start run1", "begun 0", "begun 1", "record run0 ok",
                                 "record run1 ok"));
    EXPECT_FALSE(queue.cpus_given) << "CPUs of this machine are nothing to another one";
    EXPECT_FALSE(std::filesystem::exists(folder / "run0/setup")) << "its node makes the steps around it";
}

TEST_F(QueuedRuns, ThatAnotherRunnerLeftThereAreGoneOnWith) {
    const protocol::Request request = test::example_request("earlier");
    ledger.left = Launch{request, RunDirectory::create(folder.path(), request).path(), {}, {}};
    EXPECT_EQ(execute(2).ok, 2U);
    EXPECT_THAT(log, ElementsAre("adopt earlier", "start run1", "begun 0", "begun 1", "record earlier ok",
                                 "record run1 ok"));
    EXPECT_FALSE(std::filesystem::exists(folder / "run0"));
}

TEST_F(QueuedRuns, AreLeftThereWhereNobodyWantsToWait) {
    options.detach = true;
    queue.keeps = true;
    const Tally tally = execute(3);
    EXPECT_EQ(tally.left, 3U);
    EXPECT_EQ(tally.ok, 0U);
    EXPECT_FALSE(tally.interrupted);
    EXPECT_EQ(log.back(), "leave");
}

TEST_F(QueuedRuns, AreCancelledByOneWishAndLeftByTheSecond) {
    queue.keeps = true;
    interruption.asked_ = [&] { return std::min(observer.ticks, 2); };
    const Tally tally = execute(2);
    EXPECT_TRUE(tally.interrupted);
    EXPECT_EQ(tally.left, 2U);
    EXPECT_EQ(std::ranges::count(log, "cancel"), 2);
    EXPECT_EQ(log.back(), "leave");
}

}  // namespace
}  // namespace tidemark::run
