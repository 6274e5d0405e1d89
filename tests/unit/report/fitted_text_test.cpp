#include "report/fitted_text.hpp"

#include <cstdlib>
#include <ctime>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include "report/short_texts.hpp"

namespace tidemark::report {
namespace {

std::string fitted(const Table& table, std::size_t width, bool colours = false) {
    std::ostringstream out;
    render_fitted(table, {width, colours}, out);
    return out.str();
}

Cell text(const std::string& value) {
    return {Value(value), {}};
}
Cell bytes(std::int64_t value) {
    return {Value(value), {}};
}

Table sizes() {
    Table table;
    table.title = "sizes";
    table.columns = {{"run", "run"},
                     {"model", "model"},
                     {"peak_rss_bytes", "peak memory", protocol::Unit::Bytes},
                     {"reason", "reason"}};
    table.rows = {{text("small"), text("h2q"), bytes(149504), text("")},
                  {text("large"), text("h2q"), bytes(std::int64_t{6040} << 20), text("")}};
    return table;
}

TEST(Fitted, TellsOnceWhatIsTheSameInAllRowsAndLeavesOutWhatSaysNothing) {
    EXPECT_EQ(fitted(sizes(), 80),
              "sizes\n\n"
              "in all rows: model h2q\n\n"
              "run    peak memory (MiB)\n"
              "────────────────────────\n"
              "small              0.143\n"
              "large               6040\n");
}

TEST(Fitted, WrapsHeadingsThenTextsThenTurnsTheTable) {
    Table table = sizes();
    table.rows[0][1] = text("h2q");
    table.rows[1][1] = text("a model of a long name");
    EXPECT_EQ(fitted(table, 38),
              "sizes\n\n"
              "                                 peak\n"
              "                               memory\n"
              "run    model                    (MiB)\n"
              "─────────────────────────────────────\n"
              "small  h2q                      0.143\n"
              "large  a model of a long name    6040\n");
    EXPECT_EQ(fitted(table, 34),
              "sizes\n\n"
              "                              peak\n"
              "                            memory\n"
              "run    model                 (MiB)\n"
              "──────────────────────────────────\n"
              "small  h2q                   0.143\n"
              "large  a model of a long      6040\n"
              "       name\n");
    EXPECT_EQ(fitted(table, 26),
              "sizes\n\n"
              "run            small\n"
              "model          h2q\n"
              "peak memory    0.143\n"
              "(MiB)\n"
              "\n"
              "run            large\n"
              "model          a model of\n"
              "               a long name\n"
              "peak memory    6040\n"
              "(MiB)\n");
}

TEST(Fitted, LeavesOutRangesBeforeItTurnsTheTable) {
    Table table = sizes();
    table.rows[0][2].interval = Interval{149500, 149600};
    table.rows[1][2].interval = Interval{6e9, 7e9};
    table.notes = {"a note"};
    EXPECT_NE(fitted(table, 80).find("(5720–6680)"), std::string::npos);
    EXPECT_EQ(fitted(table, 14),
              "sizes\n\n"
              "in all rows:\nmodel h2q\n\n"
              "         peak\n"
              "       memory\n"
              "run     (MiB)\n"
              "─────────────\n"
              "small   0.143\n"
              "large    6040\n"
              "\n"
              "Left out for\nwant of room:\nwhat stands in\nparentheses;\n--wide shows\nit.\n"
              "a note\n");
}

TEST(Fitted, ASingleRowHasItsUnitsBesideItsFigures) {
    Table table = sizes();
    table.rows.erase(table.rows.begin());
    EXPECT_EQ(fitted(table, 80),
              "sizes\n\n"
              "run    model  peak memory  reason\n"
              "─────────────────────────────────\n"
              "large  h2q    6040 MiB\n");
}

TEST(Fitted, NoLineIsWiderThanTheScreen) {
    Table table = sizes();
    table.notes = {"a note that is far longer than the screen is wide, and wraps at its blanks"};
    for (std::size_t width = 20; width < 90; width += 7) {
        std::istringstream lines(fitted(table, width));
        for (std::string line; std::getline(lines, line);) {
            std::size_t columns = 0;
            for (const char letter : line) columns += (static_cast<unsigned char>(letter) & 0xc0) != 0x80;
            EXPECT_LE(columns, width) << line;
        }
    }
}

TEST(Fitted, ColoursWhatIsGoodBadAndUncertain) {
    Table table;
    table.columns = {{"run", "run"}, {"status", "status"}};
    table.rows = {{text("a"), text("ok")}, {text("b"), text("failed")}};
    table.rows[0][1].tone = Tone::Good;
    table.rows[1][1].tone = Tone::Bad;
    EXPECT_EQ(fitted(table, 80, true),
              "run  status\n───────────\na    \x1b[32mok\x1b[0m\nb    \x1b[31mfailed\x1b[0m\n");
}

TEST(Fitted, AForeignTextCannotSteerTheTerminal) {
    Table table;
    table.title = "\x1b[2J";
    table.columns = {{"run", "run"}};
    table.rows = {{text("\x1b[31mred")}};
    table.notes = {"\x1b]0;x\x07"};
    EXPECT_EQ(fitted(table, 80, true).find("\x1b[2J"), std::string::npos);
    EXPECT_EQ(fitted(table, 80, false).find('\x1b'), std::string::npos);
}

Table cells() {
    Table table;
    table.columns = {{"run", "run"}, {"kind", "kind"}, {"status", "status"}};
    table.rows = {{text("kind=a,n=1"), text("a"), text("ok")}, {text("kind=b,n=1"), text("b"), text("ok")}};
    return table;
}

TEST(ShortTexts, NamesAreTheirValues) {
    EXPECT_EQ(to_text(with_short_texts(cells()).rows[1][0].value), "b · 1");
    Table alike = cells();
    alike.rows[1][0] = text("sort=a,m=1");
    EXPECT_EQ(to_text(with_short_texts(alike).rows[0][0].value), "kind=a,n=1")
        << "another would look the same";
    Table given = cells();
    given.rows[1][0] = text("best");
    EXPECT_EQ(to_text(with_short_texts(given).rows[1][0].value), "best");
}

TEST(ShortTexts, NamesThatStandBesideThemAreLeftOut) {
    Table table = cells();
    table.columns.push_back({"n", "n"});
    for (auto& row : table.rows) row.push_back({Value(std::int64_t{1}), {}});
    EXPECT_EQ(with_short_texts(table).columns.front().name, "kind");
    EXPECT_EQ(with_short_texts(table).rows[0].size(), 3U);
    table.rows[1][0] = text("best");
    EXPECT_EQ(with_short_texts(table).columns.front().name, "run") << "one has a name of its own";
}

TEST(ShortTexts, IdsAreTheirEndingsAsLongAsItTakes) {
    Table table;
    table.columns = {{"run_id", "run id"}};
    table.rows = {{text("20261127-153537-0123456789ab")}, {text("20261127-153538-0123459789ab")}};
    EXPECT_EQ(to_text(with_short_texts(table).rows[0][0].value), "6789ab");
    table.rows[1] = {text("20261127-153538-01234a6789ab")};
    EXPECT_EQ(to_text(with_short_texts(table).rows[0][0].value), "56789ab");
    table.rows[1] = {text("named by somebody")};
    EXPECT_EQ(to_text(with_short_texts(table).rows[0][0].value), "20261127-153537-0123456789ab");
}

TEST(ShortTexts, TimesAreLocal) {
    setenv("TZ", "XXX-2", 1);
    tzset();
    EXPECT_EQ(in_local_time("2026-11-27T23:35:37.123Z"), "2026-11-28 01:35:37");
    EXPECT_EQ(in_local_time("2026-11-27"), "2026-11-27");
    EXPECT_EQ(in_local_time("2026-11-27T23:35:37+01:00"), "2026-11-27T23:35:37+01:00");
    unsetenv("TZ");
    tzset();
}

}  // namespace
}  // namespace tidemark::report
