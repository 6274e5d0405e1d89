#include <limits>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include "report/format.hpp"

namespace tidemark::report {
namespace {

std::string text_of(const Table& table) {
    std::ostringstream out;
    render(table, Format::Text, out);
    return out.str();
}

Cell text(const std::string& value) {
    return {Value(value), {}};
}

TEST(Text, ATableHasATitleHeadingsAndNotes) {
    Table table;
    table.title = "sizes";
    table.columns = {{"run", "run"}, {"peak_rss_bytes", "peak memory", protocol::Unit::Bytes}};
    table.rows = {{text("small"), {Value(std::int64_t{200} << 20), {}}},
                  {text("显存"), {Value(std::int64_t{1} << 20), {}}},
                  {text("large"), {Value(), "out of memory"}}};
    table.notes = {"one note", "another\nnote"};
    EXPECT_EQ(text_of(table),
              "sizes\n\n"
              "run    peak memory (MiB)\n"
              "────────────────────────\n"
              "small              200.0\n"
              "显存                 1.0\n"
              "large      out of memory\n"
              "\n"
              "one note\n"
              "another\\nnote\n");
}

TEST(Text, AFigureThatIsNotKnownForCertainShowsWhereItMayLie) {
    constexpr double kMebibyte = 1024.0 * 1024;
    Table table;
    table.columns = {{"run", "run"}, {"peak_rss_bytes", "peak memory", protocol::Unit::Bytes}};
    Cell between{Value(std::int64_t{80} << 20), {}};
    between.doubt = Interval{73 * kMebibyte, 277 * kMebibyte};
    between.interval = Interval{70 * kMebibyte, 90 * kMebibyte};
    Cell open{Value(std::int64_t{80} << 20), {}};
    open.doubt = Interval{73 * kMebibyte, std::numeric_limits<double>::infinity()};
    Cell with_unit = between;
    with_unit.unit = protocol::Unit::Bytes;
    table.rows = {{text("tree"), between}, {text("unbounded"), open}, {text("mixed"), with_unit}};
    EXPECT_EQ(text_of(table),
              "run                 peak memory (MiB)\n"
              "─────────────────────────────────────\n"
              "tree           73.0–277.0 (70.0–90.0)\n"
              "unbounded                      ≥ 73.0\n"
              "mixed      73.0–277.0 MiB (70.0–90.0)\n");
}

TEST(Text, ADisturbedFigureIsMarked) {
    Table table;
    table.columns = {{"run", "run"}, {"wall_s", "time", protocol::Unit::Seconds}};
    Cell alone{Value(17.26), {}};
    alone.disturbed = true;
    Cell median = alone;
    median.interval = Interval{16.5, 20};
    table.rows = {{text("one"), alone}, {text("median"), median}, {text("quiet"), {Value(17.26), {}}}};
    EXPECT_EQ(text_of(table),
              "run              time (s)\n"
              "─────────────────────────\n"
              "one                 17.3*\n"
              "median  17.3 (16.5–20.0)*\n"
              "quiet                17.3\n");
}

/// How a time alone in its column, in seconds, is shown.
std::string shown_time(double seconds, protocol::Unit unit = protocol::Unit::Seconds) {
    Table table;
    table.columns = {{"t", "t", unit}};
    table.rows = {{{Value(seconds), {}}}};
    const Presentation shown = present(table);
    return shown.rows[0][0] + "|" + shown.columns[0].heading;
}

TEST(Text, ATimeHasThreeDigitsAtMost) {
    EXPECT_EQ(shown_time(0.0012345), "1.23|t (ms)");
    EXPECT_EQ(shown_time(0.12345), "123|t (ms)");
    EXPECT_EQ(shown_time(1.2345), "1.23|t (s)");
    EXPECT_EQ(shown_time(12.345), "12.3|t (s)");
    EXPECT_EQ(shown_time(123.45), "123|t (s)");
    EXPECT_EQ(shown_time(2365.4), "2370|t (s)");
    EXPECT_EQ(shown_time(8000), "133|t (min)");
    EXPECT_EQ(shown_time(99.96), "100|t (s)") << "and not 100.0";
    EXPECT_EQ(shown_time(0), "0.00|t (ms)");
    EXPECT_EQ(shown_time(45.123, protocol::Unit::PerSecond), "45.1|t/s");
    EXPECT_EQ(shown_time(13957, protocol::Unit::PerSecond), "14000|t/s");
}

TEST(Text, OfATimeBesideLongerOnesNoMoreDecimalsAreShown) {
    Table table;
    table.columns = {{"t", "t", protocol::Unit::Seconds}};
    table.rows = {{{Value(250.04), {}}}, {{Value(8.312), {}}}};
    EXPECT_EQ(present(table).rows[0][0], "250");
    EXPECT_EQ(present(table).rows[1][0], "8.3");
    table.columns[0].decimals = 2;
    EXPECT_EQ(present(table).rows[0][0], "250.04") << "whoever declares the table knows";
}

TEST(Text, AListOfFactsHasNoHeadingsAndStandsCloseToItsTitle) {
    Table table;
    table.title = "measured";
    table.columns = {{"name", ""}, {"value", ""}};
    table.rows = {{text("wall time"), text("2.50 s")}, {text("peak memory"), text("220 MiB")}};
    EXPECT_EQ(text_of(table),
              "measured\n"
              "────────────────────\n"
              "wall time    2.50 s\n"
              "peak memory  220 MiB\n");
}

TEST(Text, ATitleIsNotNeeded) {
    Table table;
    table.columns = {{"n", "n"}};
    table.rows = {{{Value(std::int64_t{7}), {}}}};
    EXPECT_EQ(text_of(table), "n\n─\n7\n");
}

TEST(Text, NoLineEndsInBlanks) {
    Table table;
    table.columns = {{"a", "a"}, {"b", "a long heading"}};
    table.rows = {{text("x"), text("y")}, {text("longer"), text("")}};
    EXPECT_EQ(text_of(table),
              "a       a long heading\n"
              "──────────────────────\n"
              "x       y\n"
              "longer\n");
}

TEST(Text, WithoutRowsThereAreStillTheHeadings) {
    Table table;
    table.columns = {{"run", "run"}, {"status", "status"}};
    EXPECT_EQ(text_of(table), "run  status\n───────────\n");
}

}  // namespace
}  // namespace tidemark::report
