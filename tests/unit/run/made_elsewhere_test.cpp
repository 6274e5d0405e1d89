#include "run/made_elsewhere.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/files.hpp"
#include "run/attempts.hpp"
#include "unit/run/filled_directory.hpp"

namespace tidemark::run {
namespace {

using testing::Contains;
using testing::Pair;

class MadeElsewhere : public FilledDirectory {
  protected:
    RunDirectory directory() { return RunDirectory(folder / "run1"); }
    void ended(const QueueEnd& end) {
        test::make_run_directory(folder.path(), request, measured);
        write_queue_end(directory(), end);
    }
    /// Without a measurement.
    Record lost(const QueueEnd& end) {
        ended(end);
        std::filesystem::remove(directory().measurement());
        return read_record(directory(), request);
    }
    Record measured_and(const QueueEnd& end) {
        ended(end);
        return read_record(directory(), request);
    }
};

TEST_F(MadeElsewhere, TellsItsMachineAndItsJobAsFacts) {
    test::make_run_directory(folder.path(), request, measured);
    write_node_facts(directory(), {{"host", std::string("node1")},
                                   {"cores", std::int64_t{4}},
                                   {"swap", Value()},
                                   {"job", std::string("12_0")}});
    write_queue_end(directory(), {QueueCause::None, "", "12_0", "debug", "COMPLETED", 7.5});
    const Record record = read_record(directory(), request);
    EXPECT_EQ(reason(record.outcome), "");
    EXPECT_EQ(record.facts, (std::map<std::string, std::string>{{"node host", "node1"},
                                                                {"node cores", "4"},
                                                                {"queue job", "12_0"},
                                                                {"queue partition", "debug"},
                                                                {"queue state", "COMPLETED"},
                                                                {"queue wait_s", "7.5"}}));
}

TEST_F(MadeElsewhere, WhatItsProgramPutsInPlaceOfTheFactsIsNone) {
    test::make_run_directory(folder.path(), request, measured);
    write_file(directory().node(), "[[");
    write_file(directory().queue_end(), "{\"cause\": \"magic\"}");
    EXPECT_TRUE(read_record(directory(), request).facts.empty());
    EXPECT_FALSE(read_queue_end(directory()));
}

TEST_F(MadeElsewhere, ComesBackAsItWasWritten) {
    ended({QueueCause::Preempted, "preempted", "1_2", "low", "PREEMPTED", 3});
    const auto end = read_queue_end(directory());
    ASSERT_TRUE(end);
    EXPECT_EQ(end->cause, QueueCause::Preempted);
    EXPECT_EQ(end->said, "preempted");
    EXPECT_EQ(end->job, "1_2");
    EXPECT_EQ(end->wait_s, 3.0);
}

TEST_F(MadeElsewhere, WithoutAMeasurementItsQueueSaysHowItEnded) {
    const auto outcome = [&](QueueCause cause) {
        const Record record = lost({cause, "so it is"});
        return std::string(status(record.outcome)) + ": " + reason(record.outcome);
    };
    EXPECT_EQ(outcome(QueueCause::Cancelled), "cancelled: so it is");
    EXPECT_EQ(outcome(QueueCause::Interrupted), "cancelled: so it is");
    EXPECT_EQ(outcome(QueueCause::Preempted), "cancelled: so it is");
    EXPECT_EQ(outcome(QueueCause::TimeLimit), "timeout: reached the so it is");
    EXPECT_EQ(outcome(QueueCause::MemoryLimit), "oom: out of memory: so it is");
    EXPECT_EQ(outcome(QueueCause::Lost), "failed: so it is");
    EXPECT_EQ(outcome(QueueCause::Refused), "failed: could not start: so it is");
    EXPECT_EQ(outcome(QueueCause::None),
              "failed: no measurement was left: the warden ended before it could write one");
}

TEST_F(MadeElsewhere, WhatWasMeasuredCountsMoreThanWhatItsQueueSays) {
    EXPECT_EQ(status(measured_and({QueueCause::Preempted, "preempted"}).outcome), "ok");
    EXPECT_EQ(status(measured_and({QueueCause::Lost, "lost"}).outcome), "ok");
}

TEST_F(MadeElsewhere, WhoHasEndedItIsKnownFromItsQueueAlone) {
    measured.cause = protocol::EndCause::Cancelled;
    EXPECT_EQ(reason(measured_and({QueueCause::Preempted, "preempted"}).outcome), "preempted");
    EXPECT_EQ(reason(measured_and({QueueCause::TimeLimit, "time limit of its job"}).outcome),
              "reached the time limit of its job");
    EXPECT_EQ(reason(measured_and({QueueCause::None, ""}).outcome), "interrupted by the user");
    measured.cause = protocol::EndCause::RunnerLost;
    EXPECT_EQ(reason(measured_and({QueueCause::Cancelled, "its job was cancelled"}).outcome),
              "its job was cancelled");
}

TEST_F(MadeElsewhere, WhatWasPreventedThereSaysWhy) {
    const Record before = lost({QueueCause::Lost, "lost"});
    EXPECT_TRUE(before.lost_by_queue);
    write_file(directory().prevented(), "limits.memory cannot be enforced on the node node1: no cgroup");
    EXPECT_EQ(reason(read_record(directory(), request).outcome),
              "could not start: limits.memory cannot be enforced on the node node1: no cgroup");
}

TEST_F(MadeElsewhere, WhatItsSiteHasLostIsMadeAgainWhateverRetriesAreAfter) {
    const protocol::Retries retries{1, {protocol::Status::Crashed}};
    const Attempts attempts(retries);
    EXPECT_TRUE(attempts.allow_another({0, 1}, lost({QueueCause::Preempted, "preempted"})));
    EXPECT_TRUE(attempts.allow_another({0, 1}, lost({QueueCause::Lost, "lost"})));
    EXPECT_FALSE(attempts.allow_another({0, 1}, lost({QueueCause::Cancelled, "cancelled"})));
    EXPECT_FALSE(attempts.allow_another({0, 1}, measured_and({QueueCause::Lost, "lost"}))) << "it ended ok";
    const protocol::Retries none{};
    const Attempts never(none);
    EXPECT_FALSE(never.allow_another({0, 1}, lost({QueueCause::Lost, "lost"})));
}

}  // namespace
}  // namespace tidemark::run
