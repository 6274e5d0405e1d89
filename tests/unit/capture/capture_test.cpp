#include "capture/capture.hpp"

#include <cmath>
#include <fstream>
#include <limits>

#include <sys/resource.h>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "capture/log_scan.hpp"
#include "support/workspace.hpp"

namespace tidemark::capture {
namespace {

using protocol::Capture;
using protocol::CaptureSource;
using protocol::CaptureTake;
using protocol::Metric;
using testing::ElementsAre;
using testing::IsEmpty;

MATCHER_P3(IsMetric, name, value, epoch, "") {
    return arg.name == name && arg.value == value && arg.epoch == std::optional<std::int64_t>(epoch);
}
MATCHER_P2(IsFigure, name, value, "") {
    return arg.name == name && arg.value == value && !arg.epoch;
}

/// What a program left, in a folder of its own.
class Captures : public testing::Test {
  protected:
    Captured take(const Capture& capture) {
        return capture::take({capture},
                             {folder / "stdout.log", folder / "stderr.log", folder.path(), started, told});
    }
    Captured take_from_stdout(const std::string& expression, CaptureTake which = CaptureTake::Last) {
        return take({.metric = "accuracy", .what = expression, .take = which});
    }
    Captured take_from_json(const std::string& pointer, CaptureTake which = CaptureTake::Last) {
        return take({.metric = "score",
                     .source = CaptureSource::Json,
                     .what = pointer,
                     .file = "result.json",
                     .take = which});
    }
    Captured take_from_csv(const std::string& column, CaptureTake which = CaptureTake::Last,
                           const std::string& epoch = "") {
        return take({.metric = "score",
                     .source = CaptureSource::Csv,
                     .what = column,
                     .file = "log.csv",
                     .take = which,
                     .epoch = epoch});
    }
    std::string path(const std::string& name) const { return (folder / name).string(); }

    test::Workspace folder;
    double started = 0;
    std::vector<Metric> told;
};

TEST_F(Captures, OfALogAreTheFirstTheLastOrEach) {
    folder.write("stdout.log", "accuracy: 0.1\nloss: 3\naccuracy: 0.2\naccuracy: 0.3");
    EXPECT_THAT(take_from_stdout("accuracy: (.*)").metrics, ElementsAre(IsFigure("accuracy", 0.3)))
        << "the last line counts without its line end";
    EXPECT_THAT(take_from_stdout("accuracy: (.*)", CaptureTake::First).metrics,
                ElementsAre(IsFigure("accuracy", 0.1)));
    EXPECT_THAT(take_from_stdout("accuracy: (.*)", CaptureTake::Each).metrics,
                ElementsAre(IsMetric("accuracy", 0.1, 1), IsMetric("accuracy", 0.2, 2),
                            IsMetric("accuracy", 0.3, 3)));
}

TEST_F(Captures, HaveTheEpochsThatTheLogNames) {
    folder.write("stdout.log", "epoch 10 accuracy 0.5\nepoch 20 accuracy 0.75\n");
    EXPECT_THAT(take_from_stdout("epoch (?P<epoch>\\d+) accuracy (?P<value>\\S+)", CaptureTake::Each).metrics,
                ElementsAre(IsMetric("accuracy", 0.5, 10), IsMetric("accuracy", 0.75, 20)));
}

TEST_F(Captures, OfAProgressBarAreThereToo) {
    folder.write("stdout.log", "10 % accuracy 0.1\r20 % accuracy 0.2\rdone\n");
    EXPECT_THAT(take_from_stdout("accuracy (\\S+)").metrics, ElementsAre(IsFigure("accuracy", 0.2)));
}

TEST_F(Captures, ComeInOurUnits) {
    folder.write("stderr.log", "accuracy: 87.5 %\n");
    EXPECT_THAT(take({.metric = "accuracy",
                      .source = CaptureSource::Stderr,
                      .what = "accuracy: (\\S+)",
                      .factor = 0.01})
                    .metrics,
                ElementsAre(IsFigure("accuracy", 0.875)));
}

TEST_F(Captures, OfUnitsThatAreNoWholePartOfOursAreNotRounded) {
    folder.write("stdout.log", "7200\n");
    const auto taken = [&](double factor) {
        return take({.metric = "m", .what = ".*", .factor = factor}).metrics.at(0).value;
    };
    EXPECT_DOUBLE_EQ(taken(1024 / 3600.0), 2048) << "KiB/h";
    EXPECT_EQ(taken(1 / 60.0), 120) << "1/min";
    EXPECT_EQ(taken(1e-6), 0.0072) << "us";
    EXPECT_DOUBLE_EQ(taken(1e6 / 3600), 2e6) << "MB/h";
}

TEST_F(Captures, TakeASignOfPercentWhereTheMetricIsAShare) {
    folder.write("stdout.log", "97.5 %\n");
    const auto taken = [&](const Capture& capture) { return take(capture).metrics; };
    EXPECT_THAT(taken({.metric = "accuracy", .what = ".*"}), ElementsAre(IsFigure("accuracy", 0.975)));
    EXPECT_THAT(taken({.metric = "hits", .what = ".*", .factor = 0.01, .unit = protocol::Unit::Fraction}),
                ElementsAre(IsFigure("hits", 0.975)));
    EXPECT_THAT(
        take({.metric = "hits", .what = ".*"}).lacking,
        ElementsAre("the metric 'hits' was not found: line 1 of stdout matches '.*', but '97.5 %' is a "
                    "number of percent, which `unit: '%'` of the capture takes: 97.5 %"));
    EXPECT_THAT(take({.metric = "size_bytes", .what = ".*", .unit = protocol::Unit::Bytes}).lacking[0],
                testing::HasSubstr("but '97.5 %' is no number"));
}

TEST_F(Captures, OfWhatIsNoNumberAreRefused) {
    for (const char* odd :
         {"12,5", "1.2.3", "", "%", " % ", "97.5 % %", "+-1", "0x10", "1e", "--1", "nan%x"}) {
        folder.write("stdout.log", fmt::format("accuracy: {}\n", odd));
        const Captured found = take_from_stdout("accuracy: (.*)");
        EXPECT_THAT(found.metrics, IsEmpty()) << odd;
        ASSERT_EQ(found.lacking.size(), 1U) << odd;
        EXPECT_THAT(found.lacking[0], testing::HasSubstr("is no number: accuracy: ")) << odd;
    }
    for (const char* huge : {"1e999", "-1e999", "1e999 %"}) {
        folder.write("stdout.log", fmt::format("accuracy: {}\n", huge));
        ASSERT_EQ(take_from_stdout("accuracy: (.*)").lacking.size(), 1U) << huge;
        EXPECT_THAT(take_from_stdout("accuracy: (.*)").lacking[0],
                    testing::HasSubstr("is beyond the numbers that can be kept: accuracy: "));
    }
}

TEST_F(Captures, ThatDidNotComeQuoteTheNearestLine) {
    folder.write("stdout.log", "start\nTest Accuracy = 0.75\nloss 2\ndone\n");
    EXPECT_THAT(
        take_from_stdout("accuracy: ([0-9.]+)").lacking,
        ElementsAre(
            "the metric 'accuracy' was not found: no line of stdout matches 'accuracy: ([0-9.]+)'; the "
            "nearest is line 2: Test Accuracy = 0.75"));
    EXPECT_THAT(
        take_from_stdout("top1 (\\d+)").lacking,
        ElementsAre(
            "the metric 'accuracy' was not found: no line of stdout matches 'top1 (\\d+)' or is like it; "
            "the last of 4 is: done"));
    EXPECT_THAT(
        take_from_stdout("Accuracy = (0)[.]x|Accuracy (?P<value>=)").lacking,
        ElementsAre(
            "the metric 'accuracy' was not found: line 2 of stdout matches 'Accuracy = (0)[.]x|Accuracy "
            "(?P<value>=)', but '=' is no number: Test Accuracy = 0.75"));
    folder.write("stdout.log", "\n \n");
    EXPECT_THAT(take_from_stdout("a").lacking,
                ElementsAre("the metric 'accuracy' was not found: stdout is empty"));
    EXPECT_THAT(take({.metric = "m", .source = CaptureSource::Stderr, .what = "a"}).lacking,
                ElementsAre("the metric 'm' was not found: stderr is empty"))
        << "there is no such file";
}

TEST_F(Captures, NearestLinesAreSafeToPrint) {
    folder.write("stdout.log", "accuracy \x1b[31m\xff" + std::string(1000, 'x') + "\n");
    const auto lacking = take_from_stdout("accuracy: (\\d+)").lacking;
    ASSERT_EQ(lacking.size(), 1U);
    EXPECT_THAT(lacking[0], testing::HasSubstr("line 1: accuracy ?[31m?xxx"));
    EXPECT_THAT(lacking[0], testing::EndsWith("x…"));
    EXPECT_LT(lacking[0].size(), 300U);
}

TEST_F(Captures, LineNumbersAreThoseOfAnEditor) {
    folder.write("stdout.log", "10 %\r20 %\r30 %\naccuracy 1\n");
    EXPECT_THAT(take_from_stdout("accuracy: (\\d+)").lacking[0],
                testing::EndsWith("the nearest is line 2: accuracy 1"));
}

TEST_F(Captures, ThatAreNotRequiredMayBeMissing) {
    folder.write("stdout.log", "done\n");
    const Captured found = take({.metric = "m", .what = "a(\\d)", .required = false});
    EXPECT_THAT(found.lacking, IsEmpty());
    EXPECT_THAT(found.metrics, IsEmpty());
}

TEST_F(Captures, OfManyPointsKeepTheFirstAndTheLast) {
    std::string log;
    for (int i = 1; i <= 100'010; ++i) log += "v " + std::to_string(i) + "\n";
    folder.write("stdout.log", log);
    const Captured found = take_from_stdout("v (\\d+)", CaptureTake::Each);
    EXPECT_EQ(found.metrics.size(), 100'000U);
    EXPECT_THAT(found.metrics.back(), IsMetric("accuracy", 100'010, 100'010));
    EXPECT_THAT(found.warnings,
                ElementsAre("'accuracy' came 100010 times; the first 99999 and the last are kept"));
}

/// A log of 256 MiB that takes no room on the disk; what is read of it are zeros: a line too long to be one.
TEST_F(Captures, TakeConstantMemory) {
    folder.write("stdout.log", "accuracy 1\n");
    std::filesystem::resize_file(folder / "stdout.log", std::uintmax_t{256} << 20);
    std::ofstream(folder / "stdout.log", std::ios::app) << "\naccuracy 2\n";
    rusage before{};
    getrusage(RUSAGE_SELF, &before);
    EXPECT_THAT(take_from_stdout("accuracy (\\d)").metrics, ElementsAre(IsFigure("accuracy", 2)));
    rusage after{};
    getrusage(RUSAGE_SELF, &after);
    EXPECT_LT(after.ru_maxrss - before.ru_maxrss, 16 * 1024) << "KiB";
}

TEST_F(Captures, OfJsonAreWhereThePointerSays) {
    folder.write("result.json",
                 R"({"test": {"accuracy": 0.5, "text": "0.25", "ok": true}, "curve": [1, 2, 3], "a/b": 7})");
    EXPECT_THAT(take_from_json("/test/accuracy").metrics, ElementsAre(IsFigure("score", 0.5)));
    EXPECT_THAT(take_from_json("/test/text").metrics, ElementsAre(IsFigure("score", 0.25)));
    EXPECT_THAT(take_from_json("/test/ok").metrics, ElementsAre(IsFigure("score", 1)));
    EXPECT_THAT(take_from_json("/a~1b").metrics, ElementsAre(IsFigure("score", 7)));
    EXPECT_THAT(take_from_json("/curve/1").metrics, ElementsAre(IsFigure("score", 2)));
    EXPECT_THAT(take_from_json("/curve").metrics, ElementsAre(IsFigure("score", 3)));
    EXPECT_THAT(take_from_json("/curve", CaptureTake::First).metrics, ElementsAre(IsFigure("score", 1)));
    EXPECT_THAT(take_from_json("/curve", CaptureTake::Each).metrics,
                ElementsAre(IsMetric("score", 1, 1), IsMetric("score", 2, 2), IsMetric("score", 3, 3)));
}

TEST_F(Captures, OfJsonThatDidNotComeSayWhy) {
    const std::string begin = "the metric 'score' was not found: ";
    EXPECT_THAT(take_from_json("/a").lacking,
                ElementsAre(begin + "cannot read " + path("result.json") + ": No such file or directory"));
    folder.write("result.json", R"({"test": {"accuracy": [], "name": "x"}, "n": 1})");
    const std::string file = begin + path("result.json") + ": ";
    EXPECT_THAT(take_from_json("/test/acuracy").lacking,
                ElementsAre(file + "there is nothing at /test/acuracy (did you mean 'accuracy'?)"));
    EXPECT_THAT(take_from_json("/n/a").lacking,
                ElementsAre(file + "there is nothing at /n/a; /n is no object"));
    EXPECT_THAT(take_from_json("/test/name").lacking,
                ElementsAre(file + "at /test/name is no number: \"x\""));
    EXPECT_THAT(take_from_json("/test/accuracy").lacking,
                ElementsAre(file + "the list at /test/accuracy is empty"));
    folder.write("result.json", R"({"test": )");
    EXPECT_THAT(take_from_json("/test").lacking, ElementsAre(file + "is not JSON"));
    std::filesystem::resize_file(folder / "result.json", std::uintmax_t{65} << 20);
    EXPECT_THAT(
        take_from_json("/test").lacking,
        ElementsAre(file + "has 65.0 MiB, and of JSON at most 64.0 MiB is read; CSV may be of any size"));
}

TEST_F(Captures, OfJsonWithNoNumbersOfPythonAreWhatCanBeRead) {
    folder.write("result.json", R"({"loss": NaN, "gain": -Infinity, "huge": 1e999, "score": 0.5})");
    EXPECT_THAT(take_from_json("/score").metrics, ElementsAre(IsFigure("score", 0.5)));
    ASSERT_EQ(take_from_json("/loss").metrics.size(), 1U);
    EXPECT_TRUE(std::isnan(take_from_json("/loss").metrics[0].value));
    EXPECT_THAT(take_from_json("/gain").metrics,
                ElementsAre(IsFigure("score", -std::numeric_limits<double>::infinity())));
    EXPECT_THAT(take_from_json("/huge").lacking,
                ElementsAre("the metric 'score' was not found: " + path("result.json") +
                            ": at /huge is beyond the numbers that can be kept: \"1e999\""));
}

TEST_F(Captures, OfJsonLinesAreThoseOfTheLinesThatHaveThem) {
    folder.write(
        "result.json",
        "{\"loss\": 3}\n\n{\"loss\": 2, \"score\": null}\r\n{\"score\": 0.5}\n{\"loss\": NaN}\n{\"sco");
    EXPECT_THAT(take_from_json("/score").metrics, ElementsAre(IsFigure("score", 0.5)));
    EXPECT_THAT(take_from_json("/loss", CaptureTake::First).metrics, ElementsAre(IsFigure("score", 3)));
    const auto each = take_from_json("/loss", CaptureTake::Each).metrics;
    ASSERT_EQ(each.size(), 3U);
    EXPECT_THAT(each[1], IsMetric("score", 2, 2));
    EXPECT_TRUE(std::isnan(each[2].value));
    const std::string file = "the metric 'score' was not found: " + path("result.json") + ": ";
    EXPECT_THAT(
        take_from_json("/lost").lacking,
        ElementsAre(file + "none of its 4 objects has it: there is nothing at /lost (did you mean 'loss'?)"));
    folder.write("result.json", "{\"score\": \"x\"}\n{\"score\": \"12,5\"}\n");
    EXPECT_THAT(take_from_json("/score").lacking,
                ElementsAre(file + "line 1: at /score is no number: \"x\""));
    folder.write("result.json", "{\"score\": null}\n{\"score\": null}\n");
    EXPECT_THAT(take_from_json("/score").lacking,
                ElementsAre(file + "at /score none of its 2 objects has a number"));
    for (const char* odd : {"{\"score\": 1}\nhalf\n{\"score\": 2}\n", "1\n2\n", "{\n\"score\": 1,\n}\n"}) {
        folder.write("result.json", odd);
        EXPECT_THAT(take_from_json("/score").lacking, ElementsAre(file + "is not JSON")) << odd;
    }
}

TEST_F(Captures, OfAFileThatAnotherRunLeftAreNone) {
    folder.write("result.json", "[1]");
    started = static_cast<double>(time(nullptr)) + 5;
    EXPECT_THAT(take_from_json("/0").lacking,
                ElementsAre("the metric 'score' was not found: " + path("result.json") +
                            " is older than the run, which did not write it"));
    started -= 60;
    EXPECT_THAT(take_from_json("/0").metrics, ElementsAre(IsFigure("score", 1)));
}

TEST_F(Captures, OfAFileThatIsTheSameAsBeforeTheRunAreNone) {
    const Capture capture{
        .metric = "score", .source = CaptureSource::Json, .what = "/0", .file = "result.json"};
    const auto take_after = [&](const EarlierFiles& earlier) {
        return capture::take({capture}, {folder / "stdout.log", folder / "stderr.log", folder.path(), started,
                                         told, EarlierFiles::from_json_text(earlier.to_json_text())});
    };
    folder.write("result.json", "[1]");
    const EarlierFiles earlier = EarlierFiles::look({capture}, folder.path());
    EXPECT_THAT(take_after(earlier).lacking,
                ElementsAre("the metric 'score' was not found: " + path("result.json") +
                            " was there before the run, which did not write it"));
    folder.write("result.json", "[2]");  // of the same size, at once
    EXPECT_THAT(take_after(earlier).metrics, ElementsAre(IsFigure("score", 2)));
    EXPECT_TRUE(EarlierFiles::look({}, folder.path()).empty());
    EXPECT_THAT(take_after(EarlierFiles::from_json_text("damaged")).metrics,
                ElementsAre(IsFigure("score", 2)));
}

TEST_F(Captures, OfCsvAreAColumn) {
    folder.write("log.csv",
                 "epoch,\"val, \"\"loss\"\"\",note\r\n1,0.5,\"two\nlines\"\r\n\r\n2,,x\r\n3,0.25,y");
    EXPECT_THAT(take_from_csv("val, \"loss\"").metrics, ElementsAre(IsFigure("score", 0.25)));
    EXPECT_THAT(take_from_csv("val, \"loss\"", CaptureTake::First).metrics,
                ElementsAre(IsFigure("score", 0.5)));
    EXPECT_THAT(take_from_csv("val, \"loss\"", CaptureTake::Each, "epoch").metrics,
                ElementsAre(IsMetric("score", 0.5, 1), IsMetric("score", 0.25, 3)));
    folder.write("log.csv",
                 "\xef\xbb\xbf"
                 "a\tb\n1\t2\n");
    EXPECT_THAT(take_from_csv("a").metrics, ElementsAre(IsFigure("score", 1)));
}

TEST_F(Captures, OfCsvThatDidNotComeSayWhy) {
    folder.write("log.csv", "epoch,val_loss,note\n1,,x\n");
    const std::string file = "the metric 'score' was not found: " + path("log.csv") + ": ";
    EXPECT_THAT(
        take_from_csv("valloss").lacking,
        ElementsAre(file + "there is no column 'valloss' (did you mean 'val_loss'?); the headings are epoch, "
                           "val_loss, note"));
    EXPECT_THAT(take_from_csv("val_loss").lacking, ElementsAre(file + "the column 'val_loss' has no value"));
    EXPECT_THAT(take_from_csv("note").lacking, ElementsAre(file + "'note' in record 2 is no number: x"));
    folder.write("log.csv", "");
    EXPECT_THAT(take_from_csv("note").lacking, ElementsAre(file + "is empty"));
    std::filesystem::remove(folder / "log.csv");
    std::filesystem::create_directory(folder / "log.csv");
    EXPECT_THAT(take_from_csv("note").lacking,
                ElementsAre("the metric 'score' was not found: " + path("log.csv") + " is no file"));
}

TEST_F(Captures, OfEventsAreWhatTheProgramTold) {
    told = {{"accuracy", 0.5, 1}, {"loss", 3, 1}, {"accuracy", 0.75, 2}};
    const auto from_events = [&](const std::string& metric, const std::string& what, CaptureTake which) {
        return take({.metric = metric, .source = CaptureSource::Events, .what = what, .take = which});
    };
    EXPECT_THAT(from_events("best", "accuracy", CaptureTake::Last).metrics,
                ElementsAre(IsMetric("best", 0.75, 2)));
    EXPECT_THAT(from_events("accuracy", "accuracy", CaptureTake::Last).metrics, IsEmpty())
        << "it is there already";
    EXPECT_THAT(from_events("accuracy", "accuracy", CaptureTake::Last).lacking, IsEmpty());
    EXPECT_THAT(from_events("accuracy", "acc", CaptureTake::Last).lacking,
                ElementsAre("the metric 'accuracy' was not found: the program told no metric 'acc'"));
}

}  // namespace
}  // namespace tidemark::capture
