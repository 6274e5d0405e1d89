#include "run/record.hpp"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.hpp"
#include "base/line_reader.hpp"
#include "protocol/figure_value.hpp"
#include "protocol/figures.hpp"
#include "terminal/display_text.hpp"
#include "unit/run/filled_directory.hpp"

namespace tidemark::run {
namespace {

using protocol::EndCause;
using protocol::EndKind;
using testing::ElementsAre;
using testing::IsEmpty;

class Directory : public FilledDirectory {};

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

}  // namespace
}  // namespace tidemark::run
