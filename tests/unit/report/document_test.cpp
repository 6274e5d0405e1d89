#include "report/document.hpp"

#include <cmath>
#include <limits>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "report/page/page_parts.hpp"
#include "support/golden.hpp"

namespace tidemark::report {
namespace {

using protocol::Unit;
using testing::HasSubstr;
using testing::Not;

/// The runs of the table, with what a page knows of them beside it.
RunSheet hostile_sheet(const Table& runs) {
    RunSheet sheet;
    sheet.table = runs;
    sheet.columns = {{ColumnKind::Name, Better::Unknown, true},
                     {ColumnKind::Text, Better::Unknown, true},
                     {ColumnKind::Figure, Better::Less, true},
                     {ColumnKind::Figure, Better::More, false}};
    for (const std::string& run : runs.runs) sheet.runs.push_back({run, false, {}, {}, {}});
    sheet.runs.front() = {runs.runs.front(), true, 3e8, 3.1e8, {0, 1}};
    sheet.best = {2, 3};
    sheet.ceilings = {{1 << 30, "check: <b>"}};
    sheet.checks = {{"<b>", "at most </script>", runs.runs.front(), "pass", Tone::Good, ""}};
    sheet.sections = {{"run </script>", {"", ""}, {{"command", "</script><i>"}}, {}},
                      {"a log", {}, {}, "</pre>\n"}};
    sheet.files = {{"<sweep>.yaml", {}, {}, "sweep: </pre><script>\n"}};
    return sheet;
}

/// A report with everything that could break one.
Document hostile() {
    Table runs;
    runs.title = "Memory | 内存";
    runs.columns = {{"run", "run", Unit::None, false, {}},
                    {"status", "status", Unit::None, false, {}},
                    {"peak_rss_bytes", "peak memory", Unit::Bytes, false, 0},
                    {"accuracy", "accuracy", Unit::Fraction, false, {}}};
    runs.rows = {{{std::string("</script><script>alert(1)</script>"), {}},
                  {std::string("ok"), {}, {}, {}, Tone::Good},
                  {std::int64_t{300 << 20}, {}, Interval{299.5 * (1 << 20), 301.25 * (1 << 20)}, {}},
                  {0.8712, {}}},
                 {{std::string("基线|\"模型\"\n`x`"), {}},
                  {std::string("oom"), {}, {}, {}, Tone::Bad},
                  {Value(), "oom"},
                  {Value(), "oom"}},
                 {{std::string("a, b"), {}},
                  {std::string("not run"), {}, {}, {}, Tone::Bad},
                  {Value(), "not run"},
                  {std::nan(""), {}}}};
    runs.notes = {"a note with <b> and | and \"quotes\""};
    Table mixed;
    mixed.title = "Claims";
    mixed.columns = {{"claim", "claim", Unit::None, false, {}}, {"value", "value", Unit::None, false, {}}};
    mixed.rows = {{{std::string("memory"), {}}, {std::int64_t{220'000'000}, {}, {}, Unit::Bytes}},
                  {{std::string("time"), {}}, {Value(), "not measured", {}, Unit::Seconds}}};
    Document document;
    document.title = "sweep <i>";
    document.description = "What it is | for";
    document.notes = {{"a & b: oom, killed", true}, {"how to read <it>"}};
    runs.runs = {"</script><script>alert(1)</script>", "基线|\"模型\"\n`x`", "a, b"};
    document.tables = {runs, mixed};
    document.origin = {{"measured", "2026-01-23"}, {"CPU", "<fast>"}};
    document.tables[0].rows[0][2].disturbed = true;
    document.sheet = hostile_sheet(runs);
    const std::string& run = runs.runs.front();
    document.charts.part_names = {"model", "not attributed"};
    document.charts.parts = {{run, {1e8, 2e8}, Interval{2e8, std::numeric_limits<double>::infinity()}}};
    document.charts.curves = {
        {"accuracy", "accuracy", Unit::Fraction, {{run, {{1, 0.5, 0.5, 0.5}, {2, 0.75, 0.7, 0.8}}}}}};
    document.charts.timelines = {{run, {{{0, 1e8}, {1, std::nan("")}, {1.5, 3e8}}, 1.5, {{"<train>", 0.5}}}}};
    document.charts.notes = {"a note on charts"};
    return document;
}

std::string rendered(const Document& document, Format format) {
    std::ostringstream out;
    render(document, format, out);
    return out.str();
}

/// Without what is the same in every page.
std::string without_fixed_parts(std::string page) {
    for (const std::string_view part :
         {page::kStyle, page::kStyleOfTables, page::kStyleOfPaper, page::kChartLibrary, page::kLibraryLicence,
          page::kScriptOfValues, page::kScriptOfState, page::kScriptOfFilter, page::kScriptOfTables,
          page::kScriptOfAnswer, page::kScriptOfDrawer, page::kScriptOfChartParts, page::kScriptOfCharts,
          page::kScriptOfCurves, page::kScriptOfTimelines, page::kScriptOfStart}) {
        const std::size_t at = page.find(part);
        if (at == std::string::npos) return "a part is missing:\n" + page;
        page.replace(at, part.size(), "…");
    }
    return page;
}

TEST(Document, MatchesItsGoldenFiles) {
    test::expect_golden("report.txt", rendered(hostile(), Format::Text));
    test::expect_golden("report.md", rendered(hostile(), Format::Markdown));
    test::expect_golden("report.csv", rendered(hostile(), Format::Csv));
    test::expect_golden("report.json", rendered(hostile(), Format::Json));
    test::expect_golden("report.html", without_fixed_parts(rendered(hostile(), Format::Html)));
}

TEST(Document, NoTextOfSpreadsheetCsvIsAFormula) {
    Document document;
    document.tables.emplace_back();
    Table& table = document.tables.front();
    table.title = "=title";
    table.columns = {{"@name", "name"}, {"n", "n"}};
    table.rows = {{{Value(std::string("-O2")), {}}, {Value(-2.5), {}, Interval{-3, -2}}},
                  {{Value(), "=why"}, {Value(), "out of memory"}}};
    EXPECT_EQ(rendered(document, Format::SpreadsheetCsv),
              "table,row,column,unit,value,low,high,missing,disturbed\n"
              "'=title,1,'@name,none,'-O2,,,,\n'=title,1,n,none,-2.5,-3.0,-2.0,,\n"
              "'=title,2,'@name,none,,,,'=why,\n'=title,2,n,none,,,,out of memory,\n");
    EXPECT_EQ(rendered(hostile(), Format::SpreadsheetCsv), rendered(hostile(), Format::Csv));
}

TEST(Document, JsonParsesBackUnroundedWithItsReasons) {
    const auto json = nlohmann::json::parse(rendered(hostile(), Format::Json));
    const auto& rows = json["tables"][0]["rows"];
    ASSERT_EQ(rows.size(), 3U);
    EXPECT_EQ(rows[0]["values"]["peak_rss_bytes"], 300 << 20);
    EXPECT_EQ(rows[0]["intervals"]["peak_rss_bytes"][1], 301.25 * (1 << 20));
    EXPECT_TRUE(rows[1]["values"]["peak_rss_bytes"].is_null());
    EXPECT_EQ(rows[1]["missing"]["peak_rss_bytes"], "oom");
    EXPECT_EQ(json["tables"][1]["rows"][0]["units"]["value"], "bytes");
}

TEST(Page, IsOneFileThatFetchesNothingAndHasTheLicence) {
    const std::string page = rendered(hostile(), Format::Html);
    EXPECT_THAT(page, HasSubstr("default-src 'none'"));
    EXPECT_THAT(page, Not(HasSubstr(" src=")));
    EXPECT_THAT(page, Not(HasSubstr("<link")));
    EXPECT_THAT(page, Not(HasSubstr("sourceMappingURL")));
    EXPECT_THAT(page, HasSubstr("The MIT License (MIT)"));
    EXPECT_THAT(page, HasSubstr("Chart.js v4.5.1"));
}

TEST(Page, WithoutChartsHasNoLibrary) {
    Document document = hostile();
    document.charts = {};
    document.sheet.reset();
    const std::string page = rendered(document, Format::Html);
    EXPECT_THAT(page, Not(HasSubstr("Chart.js v")));
    EXPECT_THAT(page, Not(HasSubstr("<canvas")));
}

TEST(Page, ManyWarningsAreFoldedUp) {
    Document document = hostile();
    EXPECT_THAT(rendered(document, Format::Html), Not(HasSubstr("<summary>Warnings: ")));
    document.notes.assign(4, {"watch out", true});
    EXPECT_THAT(rendered(document, Format::Html),
                HasSubstr("<summary>Warnings: 4. watch out</summary>\n<ul>\n<li>watch out</li>\n"));
}

TEST(Page, ASheetThatHasAllOfThemStandsForTheTables) {
    Document document = hostile();
    EXPECT_THAT(rendered(document, Format::Html), HasSubstr("<section id=\"table2\""));
    document.sheet->replaces_tables = true;
    EXPECT_THAT(rendered(document, Format::Html), Not(HasSubstr("<section id=\"table")));
}

TEST(Page, SpeaksChinese) {
    Document document = hostile();
    document.language = Language::Chinese;
    const std::string page = rendered(document, Format::Html);
    EXPECT_THAT(page, HasSubstr("<html lang=\"zh-Hans\">"));
    EXPECT_THAT(page, HasSubstr("峰值内存与时间"));
    EXPECT_THAT(page, HasSubstr("placeholder=\"筛选运行\""));
}

TEST(Language, TranslatesItsOwnWordsAlone) {
    EXPECT_EQ(translated("oom", Language::Chinese), "内存不足");
    EXPECT_EQ(translated("oom", Language::English), "oom");
    EXPECT_EQ(translated("my own words", Language::Chinese), "my own words");
}

}  // namespace
}  // namespace tidemark::report
