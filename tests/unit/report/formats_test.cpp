#include <cmath>
#include <limits>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "report/format.hpp"
#include "report/svg.hpp"
#include "support/golden.hpp"
#include "terminal/display_text.hpp"

namespace tidemark::report {
namespace {

using protocol::Unit;

/// Everything that has ever broken a renderer, in one table.
Table hostile() {
    Table table;
    table.title = "Nasty | title";
    table.columns = {{"run", "run", Unit::None},
                     {"status", "status", Unit::None},
                     {"peak_rss_bytes", "peak memory", Unit::Bytes},
                     {"wall_s", "time", Unit::Seconds},
                     {"accuracy", "accuracy", Unit::Fraction},
                     {"params", "parameters", Unit::Count}};
    const auto number = [](auto value) { return Cell{Value(value), {}}; };
    table.rows = {{{Value(std::string("h2q, \"16 × 8\"")), {}},
                   {Value(std::string("ok")), {}},
                   number(std::int64_t{1831862272}),
                   number(163.5),
                   number(0.8712),
                   number(std::int64_t{13957074})},
                  {{Value(std::string("基线|模型")), {}},
                   {Value(std::string("oom")), {}},
                   {Value(), "out of memory"},
                   number(2.0),
                   {Value(), "ended early"},
                   number(std::int64_t{559178})},
                  {{Value(std::string("<script>\n\x1b[31m*b*_")), {}},
                   {Value(std::string("ok")), {}},
                   number(std::int64_t{4096}),
                   number(std::numeric_limits<double>::infinity()),
                   number(std::nan("")),
                   {Value(), {}}}};
    table.notes = {"synthetic data: these accuracies say nothing about real images"};
    return table;
}

std::string rendered(const Table& table, Format format) {
    std::ostringstream out;
    render(table, format, out);
    return out.str();
}

TEST(Formats, MatchTheirGoldenFiles) {
    test::expect_golden("hostile.txt", rendered(hostile(), Format::Text));
    test::expect_golden("hostile.md", rendered(hostile(), Format::Markdown));
    const std::string page = rendered(hostile(), Format::Html);
    const std::size_t table = page.find("<section id=\"table1\"");
    ASSERT_NE(table, std::string::npos);
    test::expect_golden("hostile.html", page.substr(table, page.find("<footer>") - table));
    test::expect_golden("hostile.csv", rendered(hostile(), Format::Csv));
    test::expect_golden("hostile.json", rendered(hostile(), Format::Json));
}

TEST(Formats, NoTextOfSpreadsheetCsvIsAFormula) {
    Table table;
    table.columns = {{"=a", "=a"}, {"b", "b"}};
    const auto text = [](const char* written) { return Cell{Value(std::string(written)), {}}; };
    Cell as_told{Value(-0.5), {}};
    as_told.told = "-.50";
    table.rows = {
        {text("=1+1"), Cell{Value(-1.5), {}}},
        {text("+x"), Cell{Value(std::int64_t{-3}), {}}},
        {text("-O2"), as_told},
        {text("-1.5"), Cell{Value(-std::numeric_limits<double>::infinity()), {}}},
        {text("@SUM(A1)"), Cell{Value(), {}}},
        {text("\tx"), text("\rx")},
        {text("=\"a\",b"), text("a;=b")},
        {text("\n=x"), text("＝x")},
        {text("a=b"), text(" -x")},
    };
    EXPECT_EQ(rendered(table, Format::SpreadsheetCsv),
              "'=a,b\n'=1+1,-1.5\n'+x,-3\n'-O2,-.50\n'-1.5,-inf\n'@SUM(A1),\n\"'\tx\",\"'\rx\"\n"
              "\"'=\"\"a\"\",b\",\"a;=b\"\n\"'\n=x\",'＝x\na=b, -x\n");
    EXPECT_EQ(rendered(table, Format::Csv),
              "=a,b\n=1+1,-1.5\n+x,-3\n-O2,-.50\n-1.5,-inf\n@SUM(A1),\n\tx,\"\rx\"\n"
              "\"=\"\"a\"\",b\",a;=b\n\"\n=x\",＝x\na=b, -x\n")
        << "CSV for machines has each text as it is";
    EXPECT_EQ(rendered(hostile(), Format::SpreadsheetCsv), rendered(hostile(), Format::Csv))
        << "nothing else is changed";
}

TEST(Formats, JsonParsesBackUnrounded) {
    const auto rows = nlohmann::json::parse(rendered(hostile(), Format::Json));
    ASSERT_EQ(rows.size(), 3U);
    EXPECT_EQ(rows[0]["peak_rss_bytes"], 1831862272);
    EXPECT_TRUE(rows[1]["peak_rss_bytes"].is_null());
    EXPECT_EQ(rows[2]["run"], "<script>\n\x1b[31m*b*_");
}

TEST(Formats, AnEmptyTableIsStillATable) {
    Table table = hostile();
    table.rows.clear();
    EXPECT_EQ(rendered(table, Format::Json), "[]\n");
    EXPECT_EQ(rendered(table, Format::Csv), "run,status,peak_rss_bytes,wall_s,accuracy,params\n");
}

TEST(Table, AnIntervalStandsBesideItsMedianAndAUnitBesideItsNumber) {
    Table table;
    table.columns = {{"peak", "peak", Unit::Bytes, false, 2}, {"value", "value", Unit::None, false, {}}};
    table.rows = {{{Value(std::int64_t{300 << 20}), {}, Interval{299.5 * (1 << 20), 301.25 * (1 << 20)}, {}},
                   {Value(std::int64_t{3 << 20}), {}, {}, Unit::Bytes}},
                  {{Value(), "oom", {}, {}}, {Value(0.25), {}, {}, Unit::Fraction}},
                  {{Value(), {}, {}, {}}, {Value(std::int64_t{13957074}), {}, {}, Unit::Count}},
                  {{Value(), {}, {}, {}}, {Value(), "not run", {}, Unit::Seconds}},
                  {{Value(), {}, {}, {}}, {Value(0.5), {}, Interval{0.25, 0.75}, Unit::Fraction}}};
    const Presentation shown = present(table);
    EXPECT_EQ(shown.columns[0].heading, "peak (MiB)");
    EXPECT_EQ(shown.rows[0], (std::vector<std::string>{"300.00 (299.50–301.25)", "3.0 MiB"}));
    EXPECT_EQ(shown.rows[1], (std::vector<std::string>{"oom", "25.00 %"}));
    EXPECT_EQ(shown.rows[2], (std::vector<std::string>{"–", "13,957,074"}));
    EXPECT_EQ(shown.rows[3], (std::vector<std::string>{"–", "not run"}));
    EXPECT_EQ(shown.rows[4], (std::vector<std::string>{"–", "50.00 % (25.00–75.00)"}));
}

TEST(Svg, DrawsABarForEachFigureAndSaysWhyThereIsNone) {
    Table table = hostile();
    table.columns.push_back({"predicted", "predicted", Unit::Bytes});
    for (auto& row : table.rows) row.push_back({Value(std::int64_t{1} << 30), {}});
    std::ostringstream out;
    render_svg(table, out);
    test::expect_golden("hostile.svg", out.str());
}

TEST(Svg, TheLongestBarLeavesRoomForItsFigure) {
    Table table;
    table.columns = {{"run", "run"}, {"peak", "peak", Unit::Bytes, false, 0}};
    Cell interval{Value(std::int64_t{5910} << 20), {}};
    constexpr double kMebibyte = 1 << 20;
    interval.interval = Interval{5844 * kMebibyte, 5965 * kMebibyte};
    table.rows = {{{Value(std::string("a")), {}}, interval},
                  {{Value(std::string("b")), {}}, {Value(std::int64_t{2955} << 20), {}}}};
    std::ostringstream out;
    render_svg(table, out);
    const auto number_before = [&](const std::string& end) {
        const std::string text = out.str();
        const std::size_t at = text.find(end);
        return std::stod(text.substr(text.rfind("<text x=\"", at) + 9));
    };
    const std::string figure = "5910 (5844–5965)";
    const double from = number_before(">" + figure + "<");
    EXPECT_LE(from + 7.8 * static_cast<double>(terminal::display_width(figure)), 720)
        << "the width of the picture";
    EXPECT_NEAR((from - 256) / (number_before(">2955<") - 256), 2, 0.01) << "and all bars are shorter alike";
}

TEST(Svg, ATableWithoutFiguresOrRowsIsStillAPicture) {
    std::ostringstream out;
    Table table = hostile();
    table.rows.clear();
    render_svg(table, out);
    EXPECT_TRUE(out.str().ends_with("</svg>\n"));
}

TEST(DisplayText, KnowsWideCombiningAndBrokenCharacters) {
    EXPECT_EQ(terminal::display_width("基线"), 4U);
    EXPECT_EQ(terminal::display_width("e\u0301"), 1U);
    EXPECT_EQ(terminal::display_width("\xff\xfe"), 2U);
    EXPECT_EQ(terminal::shortened("基线模型", 5), "基线…");
    EXPECT_EQ(terminal::shortened("short", 5), "short");
    EXPECT_EQ(terminal::padded("基", 4, true), "  基");
    EXPECT_EQ(terminal::visible("a\x1b[31m\xff\u202e"), "a\\x1b[31m\\xff\\u202e");
}

/// The longest bar is drawn to its upper bound, so that both ends are in the picture.
TEST(Svg, WhereAFigureMayLieIsDrawnAsAWhisker) {
    Table table;
    table.title = "trees";
    table.columns = {{"run", "run"}, {"peak_rss_bytes", "peak memory", protocol::Unit::Bytes}};
    Cell between{Value(std::int64_t{100} << 20), {}};
    between.doubt = Interval{50.0 * (1 << 20), 200.0 * (1 << 20)};
    Cell open = between;
    open.doubt->high = std::numeric_limits<double>::infinity();
    table.rows = {{{Value(std::string("between")), {}}, between},
                  {{Value(std::string("open")), {}}, open},
                  {{Value(std::string("certain")), {}}, {Value(std::int64_t{100} << 20), {}}}};
    std::ostringstream out;
    render_svg(table, out);
    EXPECT_THAT(out.str(),
                testing::HasSubstr("<path d=\"M337.5 57V67M337.5 62H600.0M600.0 57V67\" class=\"w\"/>"));
    EXPECT_THAT(out.str(), testing::HasSubstr("H449.0\" class=\"w\" stroke-dasharray=\"3 3\"/>"))
        << "it has no end";
    const std::string text = out.str();
    std::size_t whiskers = 0;
    for (std::size_t at = text.find("class=\"w\""); at != std::string::npos;
         at = text.find("class=\"w\"", at + 1))
        ++whiskers;
    EXPECT_EQ(whiskers, 2U) << "a figure that is certain has none";
}

TEST(Formats, ShowAValueAsItWasTold) {
    Table table;
    table.columns = {
        {"v", "v", Unit::None, true}, {"v", "v", Unit::None, true}, {"n", "n", Unit::None, false}};
    const auto told = [](Value value, const char* text) {
        Cell cell{std::move(value), {}};
        cell.told = text;
        return cell;
    };
    table.rows = {{told(3.1, "3.10"), told(1000.0, "1e3"), told(0.5, ".5")},
                  {told(std::int64_t{1}, "true"), told(std::int64_t{1}, "True"), told(5.0, "+5")}};
    const auto in = [&](Format format) {
        std::ostringstream out;
        render(table, format, out);
        return out.str();
    };
    EXPECT_EQ(in(Format::Csv), "v,v,n\n3.10,1e3,.5\ntrue,True,+5\n");
    EXPECT_EQ(in(Format::Json), "[\n {\"v\":1e3,\"n\":\".5\"},\n {\"v\":\"True\",\"n\":\"+5\"}\n]\n");
    EXPECT_THAT(in(Format::Text), testing::ContainsRegex("3\\.10 +1e3 +\\.5"));
}

}  // namespace
}  // namespace tidemark::report
