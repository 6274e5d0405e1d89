#include "run/shares.hpp"

#include <string>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/run/filled_directory.hpp"

namespace tidemark::run {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class Shares : public FilledDirectory {};

TEST_F(Shares, PercentThatNobodyDeclaredIsAWarning) {
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

TEST_F(Shares, AShareAboveOneIsNoMetricAndFailsTheRunThatMustHaveIt) {
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

TEST_F(Shares, AShareAboveOneThatTheProgramTellsIsMissingWithTheWayOut) {
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
