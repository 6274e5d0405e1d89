// How often runs are made: until the median of a figure is known, and each named run as it says.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/own_program.hpp"

namespace tidemark::test {
namespace {

using testing::HasSubstr;
using testing::Not;

/// 96 to 105 in a fixed order: the median is known to 3.91 % after 9 repeats and to 2.86 % after 13.
const std::string kScattered =
    "command: [/bin/echo, \"v: {v}\"]\nparameters: {step: 37}\n"
    "derive: {v: 100 + repeat * step % 11 - 5}\ncapture: {figure: 'v: (.*)'}\nobserve: false\n";

class Repeats : public OwnProgram {
  protected:
    std::string made() { return query("SELECT count(*) AS n FROM attempts"); }
};

TEST_F(Repeats, GoOnUntilTheMedianIsKnown) {
    const Finished said = run(kScattered + "repeat: {until: 4 %, metric: figure}\n");
    EXPECT_EQ(said.exit_code, 0) << said.err;
    EXPECT_THAT(said.err,
                HasSubstr("own: 1 run × 5 to 50 repeats, until the median of figure is known to 4 %\n"));
    EXPECT_THAT(said.err, HasSubstr("[5/5] ✓ own (repeat 5): "));
    EXPECT_THAT(said.err, HasSubstr("[9/9] ✓ own (repeat 9): "));
    EXPECT_THAT(said.err, Not(HasSubstr("note: run")));
    EXPECT_THAT(said.out, HasSubstr("medians of 9 repeats"));
    EXPECT_EQ(made(), "n\n9\n");
    EXPECT_EQ(query("SELECT planned FROM invocations"), "planned\n9\n");
    EXPECT_EQ(query("SELECT max(repeat) AS most, count(*) AS n FROM results"), "most,n\n9,9\n");
}

TEST_F(Repeats, GoOnWhereTheyEnded) {
    run(kScattered + "repeat: {until: 4 %, metric: figure}\n");
    const Finished again = run(kScattered + "repeat: {until: 4 %, metric: figure}\n");
    EXPECT_EQ(again.exit_code, 0);
    EXPECT_THAT(again.err, HasSubstr("all done already"));
    EXPECT_EQ(made(), "n\n9\n");

    const Finished closer = run(kScattered + "repeat: {until: 3 %, metric: figure}\n");
    EXPECT_THAT(closer.err, HasSubstr("9 done already, 1 to make"));
    EXPECT_EQ(made(), "n\n13\n");
    EXPECT_THAT(folder.tidemark({"report", "own.yaml", "--format", "csv"}).out, HasSubstr("own"));

    const Finished fewer = run(kScattered + "repeat: 3\n");
    EXPECT_THAT(fewer.err, HasSubstr("all done already"));
    EXPECT_THAT(fewer.out, HasSubstr("medians of 3 repeats"));
}

TEST_F(Repeats, EndAtTheGreatestNumberAndSaySo) {
    const std::string most = "repeat: {until: 4 %, metric: figure, max: 7}\n";
    const Finished said = run(kScattered + most);
    EXPECT_EQ(said.exit_code, 0);
    EXPECT_THAT(said.err,
                HasSubstr("note: run 'own': after 7 repeats the median of figure is known to 4.05 %, "
                          "not to 4 %; more repeats: repeat: {until: 4 %, metric: figure, max: 14}\n"));
    EXPECT_EQ(made(), "n\n7\n");
    EXPECT_THAT(run(kScattered + most).err, HasSubstr("after 7 repeats the median")) << "it is still so";
}

TEST_F(Repeats, ThatDoNotSufficeAreToldOfTenRuns) {
    const Finished said = run(kScattered +
                              "matrix: {n: {range: 1..12}}\n"
                              "repeat: {until: 1 %, metric: figure, min: 3, max: 3}\n");
    EXPECT_EQ(said.exit_code, 0) << said.err;
    EXPECT_THAT(said.err,
                HasSubstr("note: run 'n=10': after 3 repeats the median of figure is known to 13.2 %"));
    EXPECT_THAT(said.err, Not(HasSubstr("note: run 'n=11'")));
    EXPECT_THAT(said.err, HasSubstr("note: and 2 runs more are not known as well either\n"));
}

TEST_F(Repeats, OfWhatReportsNoSuchFigureEndAtTheLeast) {
    const Finished said = run("command: [/bin/true]\nrepeat: {until: 4 %, metric: figure, min: 3}\n");
    EXPECT_EQ(said.exit_code, 0);
    EXPECT_THAT(
        said.err,
        HasSubstr("note: run 'own' does not report a finite 'figure' each time, so it is not repeated "
                  "until that is known\n"));
    EXPECT_EQ(made(), "n\n3\n");
}

TEST_F(Repeats, OfWhatFailsEndAtTheLeast) {
    const Finished said =
        run("command: [sh, -c, 'echo v: {repeat}00; test {repeat} != 2']\ncapture: {figure: 'v: (.*)'}\n"
            "repeat: {until: 4 %, metric: figure, min: 3}\n");
    EXPECT_EQ(said.exit_code, 1);
    EXPECT_THAT(said.err, HasSubstr("1 of 3 runs failed"));
    EXPECT_EQ(made(), "n\n3\n");
}

TEST_F(Repeats, AreEachRunsOwnAndShared) {
    const std::string sweep =
        kScattered + "matrix: {n: [1, 2]}\nrepeat: 2\nruns: {often: {n: 2, repeat: 4}}\n";
    const Finished said = run(sweep, {"--jobs", "3"});
    EXPECT_EQ(said.exit_code, 0) << said.err;
    EXPECT_THAT(said.err, HasSubstr("own: 2 runs × 2 to 4 repeats\n"));
    EXPECT_THAT(said.err, HasSubstr("often (repeat 4 of 4)"));
    EXPECT_THAT(said.out, HasSubstr("medians of 2 to 4 repeats"));
    EXPECT_EQ(query("SELECT run, count(*) AS n FROM results GROUP BY run ORDER BY run"),
              "run,n\nn=1,2\noften,4\n");
    EXPECT_THAT(run(sweep).err, HasSubstr("all done already"));
    EXPECT_THAT(run(sweep, {"--repeat", "1", "--dry-run"}).out, Not(HasSubstr("times")));
}

TEST_F(Repeats, AreToldBeforehand) {
    const Finished said = run(kScattered + "repeat: until 2 %\n", {"--dry-run"});
    EXPECT_EQ(said.exit_code, 0);
    EXPECT_THAT(said.out,
                HasSubstr("1 run, each made 5 to 50 times, until the median of wall is known to 2 %: 5 "
                          "to 50 in all\n"));
}

}  // namespace
}  // namespace tidemark::test
