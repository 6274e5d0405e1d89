#include "run/record.hpp"

#include <cmath>
#include <csignal>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.hpp"
#include "base/line_reader.hpp"
#include "protocol/figure_value.hpp"
#include "protocol/figures.hpp"
#include "support/example_run.hpp"
#include "support/workspace.hpp"
#include "terminal/display_text.hpp"

namespace tidemark::run {
namespace {

using protocol::EndCause;
using protocol::EndKind;
using testing::ElementsAre;
using testing::IsEmpty;

/// A run directory that a test fills.
class Directory : public testing::Test {
  protected:
    Record read() { return read_record(test::make_run_directory(folder.path(), request, measured)); }

    void write(const std::string& file, const std::string& content) const {
        folder.write("run1/" + file, content);
    }

    test::Workspace folder;
    protocol::Request request = test::example_request("run1");
    protocol::Measurement measured = test::example_measurement();
};

TEST_F(Directory, IsAWholeRecordByItself) {
    write("events.jsonl", R"({"event":"info","name":"params","value":559178})"
                          "\n"
                          R"({"event":"info","name":"blas","value":"OpenBLAS"})"
                          "\n"
                          R"({"event":"phase","name":"train","t":1000.5})"
                          "\n"
                          R"({"event":"metric","name":"loss","value":2.25,"epoch":1})"
                          "\n"
                          R"({"event":"phase","name":"evaluate","t":1001.75})"
                          "\n"
                          R"({"event":"metric","name":"loss","value":1.5,"epoch":2})"
                          "\n"
                          R"({"event":"progress","step":2,"total":2})"
                          "\n");
    write("samples.jsonl", protocol::to_json_line({0.6, 5000, 1}) + protocol::to_json_line({1.0, 9000, 1}) +
                               protocol::to_json_line({1.9, 7000, 2}));
    const Record record = read();
    EXPECT_EQ(record.request.parameters, request.parameters);
    EXPECT_EQ(status(record.outcome), "ok");
    EXPECT_EQ(record.directory, (folder / "run1").string());
    EXPECT_EQ(record.measurement.peak_rss_bytes, 3 << 20);
    EXPECT_THAT(record.final_metrics,
                ElementsAre(testing::Pair("loss", 1.5), testing::Pair("params", 559178)));
    EXPECT_THAT(record.facts, ElementsAre(testing::Pair("blas", "OpenBLAS")));
    ASSERT_EQ(record.metrics.size(), 2U);
    EXPECT_EQ(record.metrics[0].epoch, 1);
    ASSERT_EQ(record.phases.size(), 2U);
    EXPECT_EQ(record.phases[0].name, "train");
    EXPECT_DOUBLE_EQ(record.phases[0].start.value, 0.5);
    EXPECT_DOUBLE_EQ(record.phases[0].wall.value, 1.25);
    EXPECT_EQ(record.phases[0].peak_sample_bytes, 9000);
    EXPECT_DOUBLE_EQ(record.phases[1].wall.value, 0.25) << "until the end of the run";
    EXPECT_EQ(record.phases[1].peak_sample_bytes, 7000);
    EXPECT_EQ(record.samples.size(), 3U);
    EXPECT_THAT(record.warnings, IsEmpty());
}

TEST_F(Directory, MayBeThatOfARunThatSaidNothing) {
    const Record record = read();
    EXPECT_EQ(status(record.outcome), "ok");
    EXPECT_THAT(record.metrics, IsEmpty());
    EXPECT_THAT(record.samples, IsEmpty());
    EXPECT_THAT(record.warnings, IsEmpty());
}

TEST_F(Directory, NumbersThatAreNoneAreKept) {
    write("events.jsonl", R"({"event":"metric","name":"loss","value":"nan"})"
                          "\n"
                          R"({"event":"metric","name":"ratio","value":"-inf"})"
                          "\n"
                          R"({"event":"metric","name":"learnt","value":true})"
                          "\n");
    const Record record = read();
    EXPECT_TRUE(std::isnan(record.final_metrics.at("loss")));
    EXPECT_EQ(record.final_metrics.at("ratio"), -INFINITY);
    EXPECT_EQ(record.final_metrics.at("learnt"), 1);
}

TEST_F(Directory, AHalfEventAtTheEndIsAWarning) {
    write("events.jsonl", R"({"event":"metric","name":"loss","value":1})"
                          "\n"
                          R"({"event":"metric","name":"loss","val)");
    const Record record = read();
    EXPECT_EQ(record.final_metrics.at("loss"), 1);
    EXPECT_THAT(record.warnings, ElementsAre("events.jsonl ends in the middle of a line"));
}

TEST_F(Directory, AWholeEventAtTheEndCountsWithoutItsLineEnd) {
    write("events.jsonl", R"({"event":"metric","name":"loss","value":2})"
                          "\n"
                          R"({"event":"metric","name":"loss","value":1})");
    const Record record = read();
    EXPECT_EQ(record.final_metrics.at("loss"), 1);
    EXPECT_THAT(record.warnings, IsEmpty());
}

TEST_F(Directory, WhatIsNoEventIsPassedOverAndTold) {
    write("events.jsonl",
          "\n"
          R"({"event":"metric","name":"loss","value":1})"
          "\nhello\n"
          R"({"event":"dance"})"
          "\n"
          R"({"event":"metric","name":"Loss","value":1})"
          "\n");
    EXPECT_THAT(
        read().warnings,
        ElementsAre("3 lines of events.jsonl are passed over; the first is line 3: not a JSON object"));
    write("events.jsonl", R"({"event":"metric","name":"loss","value":"much"})"
                          "\n");
    EXPECT_THAT(read().warnings, ElementsAre("1 line of events.jsonl is passed over; the first is line 1: "
                                             "metric 'loss' has no number as its value"));
}

TEST_F(Directory, ALineThatIsTooLongIsPassedOverAndCounted) {
    const std::string too_long(LineReader::kLongestLine + 1, 'x');
    write("events.jsonl", too_long + "\n");
    EXPECT_THAT(read().warnings, ElementsAre("1 line of events.jsonl is passed over; the first is line 1: "
                                             "longer than 1.00 MiB"));
    write("events.jsonl", "\n" + too_long + "\nhello\n");
    EXPECT_THAT(read().warnings, ElementsAre("2 lines of events.jsonl are passed over; the first is line 2: "
                                             "longer than 1.00 MiB"));
    write("events.jsonl", "hello\n" + too_long + "\nhello\n");
    EXPECT_THAT(
        read().warnings,
        ElementsAre("3 lines of events.jsonl are passed over; the first is line 1: not a JSON object"));
    write("events.jsonl", too_long);
    EXPECT_THAT(read().warnings, ElementsAre("events.jsonl ends in the middle of a line"));
}

TEST_F(Directory, AHundredThousandEventsAreRead) {
    constexpr int kMany = 100'000;
    std::string events;
    for (int i = 1; i <= kMany; ++i)
        events += R"({"event":"metric","name":"count","value":)" + std::to_string(i) + "}\n";
    write("events.jsonl", events);
    const Record record = read();
    EXPECT_EQ(record.metrics.size(), static_cast<std::size_t>(kMany));
    EXPECT_EQ(record.final_metrics.at("count"), kMany);
}

TEST_F(Directory, AnEventWithoutATimeIsNoEarlierThanTheOneBefore) {
    write("events.jsonl", R"({"event":"phase","name":"import"})"
                          "\n"
                          R"({"event":"metric","name":"loss","value":1,"t":1000.75})"
                          "\n"
                          R"({"event":"phase","name":"train"})"
                          "\n"
                          R"({"event":"phase","name":"early","t":999})"
                          "\n");
    const Record record = read();
    EXPECT_DOUBLE_EQ(record.phases[0].start.value, 0);
    EXPECT_DOUBLE_EQ(record.phases[0].wall.value, 0.75);
    EXPECT_DOUBLE_EQ(record.phases[1].start.value, 0.75);
    EXPECT_DOUBLE_EQ(record.phases[2].start.value, 0) << "no phase begins before the run";
}

TEST_F(Directory, ManyPhasesAndManySamplesFindEachOther) {
    constexpr int kMany = 50'000;
    measured.wall_s = 60;
    std::string events, samples;
    for (int i = 0; i < kMany; ++i) {
        events += R"({"event":"phase","name":"step","t":)" + std::to_string(1000 + i * 1e-3) + "}\n";
        samples += protocol::to_json_line({i * 1e-3 + 5e-4, 1000 + i, 1});
    }
    write("events.jsonl", events);
    write("samples.jsonl", samples);
    const Record record = read();
    ASSERT_EQ(record.phases.size(), static_cast<std::size_t>(kMany));
    EXPECT_EQ(record.phases[0].peak_sample_bytes, 1000);
    EXPECT_EQ(record.phases[30'000].peak_sample_bytes, 31'000);
    EXPECT_EQ(record.phases.back().peak_sample_bytes, 1000 + kMany - 1);
}

TEST_F(Directory, ThinningKeepsTheOrderAndTheLargestSample) {
    constexpr int kMany = 12'345;
    constexpr int kPeakAt = 7'777;
    std::string samples;
    for (int i = 0; i < kMany; ++i)
        samples += protocol::to_json_line({i * 1e-4, i == kPeakAt ? 1'000'000 : 1000 + i % 7, 1});
    write("samples.jsonl", samples + R"({"t_s":9)");
    const Record record = read();
    EXPECT_LE(record.samples.size(), kMostSamples);
    EXPECT_GT(record.samples.size(), kMostSamples / 2);
    const auto by_time = [](const auto& a, const auto& b) { return a.t_s < b.t_s; };
    EXPECT_TRUE(std::ranges::is_sorted(record.samples, by_time));
    const auto by_size = [](const auto& a, const auto& b) { return a.rss_bytes < b.rss_bytes; };
    const auto largest = std::ranges::max_element(record.samples, by_size);
    EXPECT_EQ(largest->rss_bytes, 1'000'000);
    EXPECT_DOUBLE_EQ(largest->t_s, kPeakAt * 1e-4);
}

TEST_F(Directory, ALostMeasurementIsAnOutcomeAndNoFigureIsInvented) {
    RunDirectory::create(folder.path(), request);
    write("events.jsonl", R"({"event":"phase","name":"import","t":1000.5})"
                          "\n"
                          R"({"event":"phase","name":"train","t":1001.75})"
                          "\n");
    const Record record = read_record(RunDirectory(folder / "run1"));
    EXPECT_EQ(reason(record.outcome), "no measurement was left: the warden ended before it could write one");
    EXPECT_EQ(status(record.outcome), "failed");
    for (const char* column : {"wall_s", "user_s", "system_s", "peak_rss_bytes", "memory_method"})
        EXPECT_EQ(record.measurement.missing.at(column), "the warden ended before it could write one");
    ASSERT_EQ(record.phases.size(), 2U);
    EXPECT_DOUBLE_EQ(record.phases[1].start.value, 1.25)
        << "since the first event, where the start is not known";
}

TEST_F(Directory, ADamagedMeasurementIsAnOutcome) {
    test::make_run_directory(folder.path(), request, measured);
    write("measurement.json", R"({"started_at": "2026-)");
    EXPECT_THAT(reason(read_record(RunDirectory(folder / "run1")).outcome),
                testing::StartsWith("no measurement was left: measurement.json is damaged ("));
}

TEST_F(Directory, WithoutAReadableRequestThereIsNoRecord) {
    const auto message_of = [&] {
        try {
            read_record(RunDirectory(folder / "run1"));
        } catch (const CannotGoOn& error) {
            return std::string(error.what());
        }
        return std::string();
    };
    const std::string file = (folder / "run1/request.json").string();
    EXPECT_EQ(message_of(), "cannot read " + file + ": No such file or directory");
    write("request.json", "{");
    EXPECT_THAT(message_of(), testing::StartsWith(file + " is damaged: "));
}

TEST_F(Directory, TheOutcomeIsWhatTheKernelAndTheWardenTold) {
    measured.exit_code = 3;
    EXPECT_EQ(reason(read().outcome), "exit code 3");
    measured.end = EndKind::Signalled;
    measured.signal = SIGABRT;
    EXPECT_EQ(reason(read().outcome), "killed by SIGABRT (Aborted)");
    measured.signal = SIGTERM;
    measured.cause = EndCause::WallLimit;
    request.limits.wall = Seconds{90};
    EXPECT_EQ(reason(read().outcome), "reached the wall time limit of 1 min 30 s");
    measured.cause = EndCause::Cancelled;
    EXPECT_EQ(reason(read().outcome), "interrupted by the user");
    measured.cause = EndCause::RunnerLost;
    EXPECT_EQ(reason(read().outcome), "its runner was killed");
    measured.end = EndKind::CouldNotStart;
    measured.start_step = "chdir";
    measured.start_errno = ENOENT;
    EXPECT_EQ(reason(read().outcome), "could not start: chdir: No such file or directory");
}

TEST_F(Directory, WhatCouldNotStartHasNoFiguresAndSaysOfEachWhy) {
    measured.end = EndKind::CouldNotStart;
    measured.start_step = "execvp";
    measured.start_errno = ENOENT;
    measured.wall_s = measured.user_s = 0;
    const Record record = read();
    for (const protocol::Figure& figure : protocol::kFigures) {
        EXPECT_TRUE(is_null(protocol::value_of(figure, record.measurement))) << figure.name;
        EXPECT_NE(record.measurement.missing.find(std::string(figure.name)), record.measurement.missing.end())
            << figure.name;
    }
    EXPECT_EQ(record.measurement.missing.at("wall_s"), "the program could not be started");
}

TEST_F(Directory, AnOomKillOutranksEverythingElse) {
    request.limits.memory = Bytes{64 << 20};
    measured.oom_kills = 1;
    EXPECT_EQ(reason(read().outcome), "out of memory: killed at the memory limit of 64.0 MiB")
        << "though the main process exited with 0";
    measured.cause = EndCause::WallLimit;
    EXPECT_EQ(status(read().outcome), "oom");
    request.limits.memory.reset();
    EXPECT_EQ(reason(read().outcome), "out of memory: killed by the kernel, which had no memory left");
}

TEST_F(Directory, AKillInACgroupAroundTheRunIsOutOfMemory) {
    measured.end = EndKind::Signalled;
    measured.signal = SIGKILL;
    measured.enclosing = {1, 300 << 20};
    EXPECT_EQ(status(read().outcome), "oom");
    EXPECT_EQ(reason(read().outcome), "out of memory: killed at the limit of the enclosing cgroup, 300 MiB");
    measured.enclosing = {1, {}};
    EXPECT_EQ(reason(read().outcome), "out of memory: killed by the kernel, which had no memory left");
    measured.enclosing = {};
    EXPECT_EQ(status(read().outcome), "crashed") << "somebody else has killed it";
    measured.enclosing = {1, 300 << 20};
    measured.signal = SIGSEGV;
    EXPECT_EQ(status(read().outcome), "crashed") << "what was killed was another";
    measured.end = EndKind::Exited;
    measured.exit_code = 0;
    EXPECT_EQ(status(read().outcome), "ok") << "what was killed was another";
    measured.exit_code = 137;
    EXPECT_EQ(status(read().outcome), "oom") << "as a shell says of its child";
}

TEST_F(Directory, AKillAroundTheRunThatMayHaveBeenOneOfItsWorkersIsWarnedOf) {
    const auto warned = [&](const std::string& text) {
        const auto warnings = read().warnings;
        return std::ranges::find(warnings, text) != warnings.end();
    };
    const std::string one =
        "the kernel killed a process in the cgroup around this run meanwhile, for want of memory; it may "
        "have "
        "been one of this run's";
    measured.exit_code = 3;
    measured.enclosing = {1, 300 << 20};
    EXPECT_EQ(status(read().outcome), "failed");
    EXPECT_TRUE(warned(one)) << "its worker may be gone";
    measured.exit_code = 0;
    EXPECT_TRUE(warned(one)) << "it may have gone on without a worker";
    measured.enclosing = {3, {}};
    EXPECT_TRUE(warned(
        "the kernel killed 3 processes in the cgroup around this run meanwhile, for want of memory; it may "
        "have been some of this run's"));
    measured.peak_cgroup_bytes = 100 << 20;
    EXPECT_TRUE(read().warnings.empty()) << "its own cgroup counts its kills, and there was none";
    measured.peak_cgroup_bytes.reset();
    measured.exit_code = 137;
    EXPECT_EQ(status(read().outcome), "oom");
    EXPECT_FALSE(warned(one)) << "the outcome says it";
    measured.exit_code = 1;
    measured.enclosing = {};
    EXPECT_TRUE(read().warnings.empty());
}

TEST_F(Directory, AKillBelowTheOwnLimitWasForTheLimitAround) {
    measured.oom_kills = 1;
    measured.enclosing = {0, 300 << 20};
    request.limits.memory = Bytes{400 << 20};
    measured.peak_cgroup_bytes = 299 << 20;
    EXPECT_EQ(reason(read().outcome), "out of memory: killed at the limit of the enclosing cgroup, 300 MiB");
    measured.peak_cgroup_bytes = 400 << 20;
    EXPECT_EQ(reason(read().outcome), "out of memory: killed at the memory limit of 400 MiB");
    request.limits.memory.reset();
    EXPECT_EQ(reason(read().outcome), "out of memory: killed at the limit of the enclosing cgroup, 300 MiB");
}

TEST_F(Directory, AFailedAllocationThatEndedTheRunIsOutOfMemory) {
    test::make_run_directory(folder.path(), request, measured);
    write("stderr.log",
          "loading\nterminate called after throwing an instance of 'std::bad_alloc'\n  what():  "
          "std::bad_alloc\n");
    EXPECT_EQ(status(read().outcome), "ok") << "it told of one, and went on";
    measured.end = EndKind::Signalled;
    measured.signal = SIGABRT;
    EXPECT_EQ(reason(read().outcome),
              "out of memory: terminate called after throwing an instance of 'std::bad_alloc'");
    write("stderr.log", "RuntimeError: [enforce fail] DefaultCPUAllocator: can't allocate memory: you tried");
    EXPECT_EQ(reason(read().outcome),
              "out of memory: RuntimeError: [enforce fail] DefaultCPUAllocator: can't allocate memory: you "
              "tried");
    write("stderr.log", "std::bad_alloc\n" + std::string(100'000, 'x') + "\n");
    EXPECT_EQ(status(read().outcome), "crashed") << "long ago: only the end of the log tells why it ended";
}

TEST_F(Directory, AProgramMaySayItselfThatItRanOutOfMemory) {
    write("events.jsonl", R"({"event":"info","name":"out_of_memory","value":"no room for the optimizer"})"
                          "\n");
    measured.exit_code = 1;
    EXPECT_EQ(reason(read().outcome), "out of memory: no room for the optimizer");
}

TEST_F(Directory, EventsOfPythonAreReadAndOddEpochsAreSaid) {
    write("events.jsonl", R"({"event":"metric","name":"loss","value":NaN,"epoch":1.0})"
                          "\n"
                          R"({"event":"metric","name":"score","value":3,"epoch":0.5})"
                          "\n"
                          R"({"event":"metric","name":"score","value":4,"epoch":1.5})"
                          "\n"
                          R"({"event":"metric","name":"gain","value":-Infinity,"epoch":null})"
                          "\n");
    const Record record = read();
    EXPECT_TRUE(std::isnan(record.final_metrics.at("loss")));
    EXPECT_EQ(record.metrics.at(0).epoch, 1);
    EXPECT_EQ(record.final_metrics.at("score"), 4) << "the value counts";
    EXPECT_EQ(record.metrics.at(1).epoch, std::nullopt);
    EXPECT_TRUE(std::isinf(record.final_metrics.at("gain")));
    EXPECT_THAT(record.warnings,
                ElementsAre("2 epochs of events.jsonl are left out; the first is line 2: the epoch of metric "
                            "'score' is no whole number: 0.5"));
}

TEST_F(Directory, TheLastWordsAreTheLastLineOfStderrSafeToPrint) {
    test::make_run_directory(folder.path(), request, measured);
    write("stderr.log", "Traceback\nValueError: no such size\n\n  \n");
    EXPECT_EQ(read().last_words, "") << "of a run that ended well nobody asks";
    measured.exit_code = 1;
    EXPECT_EQ(read().last_words, "ValueError: no such size");
    EXPECT_EQ(reason(read().outcome), "exit code 1");
    write("stderr.log", "\x1b[31mred\x07 \xff\n");
    EXPECT_EQ(read().last_words, "\\x1b[31mred\\x07 \\xff");
    write("stderr.log", std::string(1000, 'x'));
    EXPECT_EQ(terminal::display_width(read().last_words), kLongestLastWords);
    write("stderr.log", "");
    EXPECT_EQ(read().last_words, "");
    write("stderr.log", "interrupted by the user\n");
    measured.cause = EndCause::Cancelled;
    EXPECT_EQ(read().last_words, "") << "the user knows why";
}

TEST_F(Directory, PercentThatNobodyDeclaredIsAWarning) {
    test::make_run_directory(folder.path(), request, measured);
    request.capture = {{.metric = "accuracy", .what = "accuracy ([0-9.]+)"}};
    write("stdout.log", "accuracy 0.873\n");
    EXPECT_THAT(read().warnings, testing::IsEmpty());
    write("stdout.log", "accuracy 87.3\n");
    EXPECT_THAT(read().warnings,
                testing::ElementsAre("accuracy is 87.3, and as a share it would lie between 0 and 1; if the "
                                     "program prints percent, write unit: '%' in capture.accuracy"));
    request.capture[0].unit = protocol::Unit::Fraction;
    request.capture[0].factor = 0.01;
    EXPECT_THAT(read().warnings, testing::IsEmpty());
}

TEST_F(Directory, AShareAboveOneIsNoMetricAndFailsTheRunThatMustHaveIt) {
    test::make_run_directory(folder.path(), request, measured);
    request.capture = {{.metric = "accuracy", .what = "accuracy (\\S+)", .take = protocol::CaptureTake::Each},
                       {.metric = "loss", .what = "loss (\\S+)"}};
    write("stdout.log", "accuracy 0.5\naccuracy 97.5\naccuracy 0.75\nloss 3\n");
    const std::string why =
        "accuracy is 97.5, and as a share it would lie between 0 and 1; if the program prints percent, write "
        "unit: '%' in capture.accuracy";
    Record record = read();
    EXPECT_EQ(status(record.outcome), "failed");
    EXPECT_EQ(reason(record.outcome), why);
    EXPECT_THAT(record.final_metrics, ElementsAre(testing::Pair("loss", 3))) << "nothing else is lost";
    EXPECT_EQ(record.metrics.size(), 1U);
    EXPECT_EQ(record.measurement.missing.at("accuracy"), why);

    request.capture[0].required = false;
    record = read();
    EXPECT_EQ(status(record.outcome), "ok");
    EXPECT_FALSE(record.final_metrics.contains("accuracy"));
    EXPECT_EQ(record.measurement.missing.at("accuracy"), why);

    for (const char* odd : {"-0.5", "-inf", "inf", "1.5"}) {
        write("stdout.log", fmt::format("accuracy {}\nloss 3\n", odd));
        EXPECT_FALSE(read().final_metrics.contains("accuracy")) << odd;
    }
    for (const char* fair : {"0", "1", "1.0000001", "nan", "97.5%"}) {
        write("stdout.log", fmt::format("accuracy {}\nloss 3\n", fair));
        EXPECT_TRUE(read().final_metrics.contains("accuracy")) << fair;
    }
    request.capture[0].unit = protocol::Unit::Seconds;
    write("stdout.log", "accuracy 97.5\nloss 3\n");
    EXPECT_EQ(read().final_metrics.at("accuracy"), 97.5) << "of another unit it is another thing";
}

TEST_F(Directory, AShareAboveOneThatTheProgramTellsIsMissingWithTheWayOut) {
    test::make_run_directory(folder.path(), request, measured);
    write("events.jsonl", R"({"event":"metric","name":"accuracy","value":97.5,"epoch":1})"
                          "\n");
    const std::string why =
        "accuracy is 97.5, and as a share it would lie between 0 and 1; if the program tells percent, write "
        "capture: {accuracy: {events: accuracy, unit: '%'}}";
    Record record = read();
    EXPECT_EQ(status(record.outcome), "ok");
    EXPECT_THAT(record.final_metrics, IsEmpty());
    EXPECT_EQ(record.measurement.missing.at("accuracy"), why);
    EXPECT_THAT(record.warnings, ElementsAre(why));

    request.capture = {{.metric = "accuracy",
                        .source = protocol::CaptureSource::Events,
                        .what = "accuracy",
                        .factor = 0.01,
                        .unit = protocol::Unit::Fraction}};
    record = read();
    EXPECT_EQ(record.final_metrics.at("accuracy"), 0.975) << "the way out leads out";
    EXPECT_EQ(record.metrics.size(), 1U) << "the same in two units is no series";

    request.capture.clear();
    request.workload = "sized";
    EXPECT_EQ(read().final_metrics.at("accuracy"), 97.5) << "its description declares another unit";
    request.shares = {"accuracy"};
    EXPECT_FALSE(read().final_metrics.contains("accuracy"));
}

}  // namespace
}  // namespace tidemark::run
