#include <cstdlib>
#include <sstream>
#include <stdexcept>

#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "support/workspace.hpp"

namespace tidemark::test {
namespace {

using testing::HasSubstr;
using testing::Not;

/// The first of the names that is a program in PATH.
std::string program_of(const std::vector<std::string>& names) {
    const char* path = std::getenv("PATH");
    std::istringstream folders(path != nullptr ? path : "");
    for (std::string folder; std::getline(folders, folder, ':');) {
        for (const std::string& name : names) {
            if (access((folder + "/" + name).c_str(), X_OK) == 0) return name;
        }
    }
    return {};
}

std::string unescaped(std::string text) {
    for (const auto& [from, to] : {std::pair{"&lt;", "<"}, std::pair{"&gt;", ">"}, std::pair{"&amp;", "&"}}) {
        for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; ++at)
            text.replace(at, std::string_view(from).size(), to);
    }
    return text;
}

/// What all readers use: `verdict` is what they have seen. Added to the end of the page, so that all is
/// there.
constexpr const char* kBegin = R"html(<pre id="verdict"></pre><script>
const verdict = {};
const runName = (row) => (row.querySelector(".name") ?? row.cells[0]).textContent;
const listed = (table) => [...document.querySelectorAll(`#${table}-rows tbody tr`)].filter((row) => !row.hidden).map(runName);
const heading = (table, name) => document.querySelector(`#${table}-rows th[data-name="${name}"]`);
const field = (table, run, name) => [...document.querySelectorAll(`#${table}-rows tbody tr`)]
    .find((row) => runName(row) === run).cells[heading(table, name).cellIndex];
const type = (id, text) => {
    document.getElementById(id).value = text;
    document.getElementById(id).dispatchEvent(new Event("input"));
};
const cards = () => [...document.querySelectorAll("#answer .card")].map((card) => card.textContent);
)html";

constexpr const char* kEnd = R"html(
document.getElementById("verdict").textContent = JSON.stringify(verdict).replaceAll("<", "\\u003c");
</script>)html";

/// Reports of a sweep of programs, looked at in a browser.
class ReportPage : public testing::Test {
  protected:
    void SetUp() override {
        browser_ = program_of({"chromium", "chromium-browser", "google-chrome"});
        if (browser_.empty())
            GTEST_SKIP() << "there is no Chromium to look at the page with: apt-get install chromium";
    }

    void make(const std::string& sweep, const std::string& program) {
        folder_.write("page.yaml", sweep);
        folder_.write_script("job.sh", program);
        folder_.tidemark({"run", "page.yaml"});
        const Finished said = folder_.tidemark({"report", "page.yaml", "--format", "html"});
        ASSERT_EQ(said.exit_code, 0) << said.err;
        page_ = said.out;
    }

    /// What the reader has seen of the page at the address.
    nlohmann::json read(const std::string& reader, const std::string& address = {},
                        const std::string& size = "1200,900") {
        std::string page = page_;
        page.insert(page.rfind("</body>"), kBegin + reader + kEnd);
        folder_.write("page.html", page);
        const Finished seen =
            folder_.run({browser_, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                         "--enable-logging=stderr", "--user-data-dir=" + (folder_ / "profile").string(),
                         "--window-size=" + size, "--virtual-time-budget=5000", "--dump-dom",
                         "file://" + (folder_ / "page.html").string() + address});
        EXPECT_THAT(seen.err, Not(HasSubstr("CONSOLE"))) << "the page has written to the console";
        constexpr std::string_view kVerdict = "<pre id=\"verdict\">";
        const std::size_t begin = seen.out.find(kVerdict);
        if (begin == std::string::npos) throw std::runtime_error("no verdict: " + seen.err);
        const std::size_t first = begin + kVerdict.size();
        const std::string text = unescaped(seen.out.substr(first, seen.out.find("</pre>", first) - first));
        if (text.empty()) throw std::runtime_error("the reader has failed: " + seen.err);
        return nlohmann::json::parse(text);
    }

    Workspace folder_;

  private:
    std::string browser_;
    std::string page_;
};

using List = std::vector<std::string>;

class HostileReportPage : public ReportPage {
  protected:
    void SetUp() override {
        ReportPage::SetUp();
        if (IsSkipped()) return;
        make(
            "sweep: page\ncommand: [./job.sh, \"{n}\"]\nruns:\n"
            "  \"<script>window.hostile = 1</script>\": {n: 1}\n"
            "  \"<img src=x onerror='window.hostile = 1'>\": {n: 2}\n"
            "  oops & <i>: {n: 3}\n"
            "tables:\n  - {title: \"<i>Scores\", sql: \"SELECT run, status, score FROM results\"}\n",
            "#!/bin/sh\necho '</pre><script>window.hostile = 1</script>' >&2\n[ \"$1\" != 3 ] || exit 1\n"
            "sleep 1  # long enough for samples of its memory\n"
            "for e in 1 2; do\n"
            "echo '{\"event\":\"metric\",\"name\":\"accuracy\",\"value\":0.'$e$1',\"epoch\":'$e'}'\n"
            "done >> \"$TIDEMARK_EVENTS\"\n"
            "echo '{\"event\":\"info\",\"name\":\"model_bytes\",\"value\":100000}' >> \"$TIDEMARK_EVENTS\"\n"
            "echo '{\"event\":\"metric\",\"name\":\"score\",\"value\":'$((20 / $1))'}' >> "
            "\"$TIDEMARK_EVENTS\"\n");
    }

    const std::string script_ = "<script>window.hostile = 1</script>";
    const std::string image_ = "<img src=x onerror='window.hostile = 1'>";
    const std::string oops_ = "oops & <i>";
};

TEST_F(HostileReportPage, SortsItsTablesAndDrawsItsCharts) {
    const auto verdict = read(R"js(
verdict.listed = listed("table1");
heading("table1", "score").querySelector("button").click();
verdict.ascending = listed("table1");
verdict.sorted = heading("table1", "score").getAttribute("aria-sort");
heading("table1", "score").querySelector("button").click();
verdict.descending = listed("table1");
window.dispatchEvent(new Event("beforeprint"));  // when all charts are drawn, near the screen or not
verdict.charts = [...document.querySelectorAll("canvas")].map((canvas) => {
    const {data} = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    return [canvas.closest("figure").id, data.some((value) => value !== 0)];
});
const canvas = document.querySelector("#costs canvas");
verdict.tooltips = [];
for (let i = 0; i < 3; ++i) {
    canvas.dispatchEvent(new KeyboardEvent("keydown", {key: "ArrowRight"}));
    verdict.tooltips.push(Chart.getChart(canvas).tooltip.body[0].lines[0]);
}
window.dispatchEvent(new Event("afterprint"));
const before = getComputedStyle(document.body).backgroundColor;
document.getElementById("theme").click();
verdict.theme_changes = getComputedStyle(document.body).backgroundColor !== before;
for (const button of document.querySelectorAll("#runs button.open")) button.click();
verdict.log = document.querySelector("#drawer pre").textContent;
verdict.hostile = window.hostile === undefined && document.querySelectorAll("main img, main i, aside i").length === 0;
)js");
    EXPECT_EQ(verdict["listed"], (List{script_, image_, oops_}));
    EXPECT_EQ(verdict["ascending"], (List{image_, script_, oops_})) << "what has no value comes last";
    EXPECT_EQ(verdict["descending"], (List{script_, image_, oops_}));
    EXPECT_EQ(verdict["sorted"], "ascending");
    EXPECT_EQ(verdict["charts"].dump(),
              R"([["costs",true],["parts",true],["curves",true],["over-time",true]])");
    EXPECT_THAT(verdict["tooltips"].dump(), HasSubstr(script_)) << "a point tells which run it is";
    EXPECT_EQ(verdict["theme_changes"], true);
    EXPECT_EQ(verdict["log"], "</pre><script>window.hostile = 1</script>\n");
    EXPECT_EQ(verdict["hostile"], true) << "a name of a run was taken for HTML";
}

/// Four runs, under a ceiling that all of them keep.
class MatrixReportPage : public ReportPage {
  protected:
    void SetUp() override {
        ReportPage::SetUp();
        if (IsSkipped()) return;
        make(
            "sweep: page\ncommand: [./job.sh, \"{model}\", \"{batch}\"]\n"
            "matrix: {model: [baseline, large], batch: [16, 64]}\n"
            "checks: [{name: small, where: \"true\", metric: peak_rss, max: 256 MiB}]\n",
            "#!/bin/sh\n# the memory of a shell, and a figure that has the 16 of a batch of 64 in it\n"
            "echo '{\"event\":\"metric\",\"name\":\"accuracy\",\"value\":0.'$((16 + $2))'}' >> "
            "\"$TIDEMARK_EVENTS\"\n"
            "echo '{\"event\":\"metric\",\"name\":\"score\",\"value\":'$(($2 * 16))'}' >> "
            "\"$TIDEMARK_EVENTS\"\n");
    }
};

TEST_F(MatrixReportPage, OneFilterGoesByWholeValuesAndHoldsForAllThatIsShown) {
    const auto verdict = read(R"js(
const found = (text) => (type("filter", text), listed("runs"));
verdict.words = found("baseline 16");
verdict.count = document.getElementById("count").textContent;
verdict.part = found("base");
verdict.without = found("-baseline 64");
verdict.named = found("batch=64 model:arg");
verdict.figure = found("score>=1000");
verdict.scaled = found("accuracy<50%");
verdict.memory = found("memory<1GiB");
verdict.quoted = found('"16"');
verdict.none = found("nothing like this");
)js");
    EXPECT_EQ(verdict["words"], (List{"baseline · 16"}))
        << "and not the batch of 64, which has a 16 in its figures";
    EXPECT_EQ(verdict["count"], "1 of 4 runs");
    EXPECT_EQ(verdict["part"], (List{"baseline · 16", "baseline · 64"}));
    EXPECT_EQ(verdict["without"], (List{"large · 64"}));
    EXPECT_EQ(verdict["named"], (List{"large · 64"}));
    EXPECT_EQ(verdict["figure"], (List{"baseline · 64", "large · 64"}));
    EXPECT_EQ(verdict["scaled"], (List{"baseline · 16", "large · 16"}));
    EXPECT_EQ(verdict["memory"].size(), 4U);
    EXPECT_EQ(verdict["quoted"], (List{"baseline · 16", "large · 16"}));
    EXPECT_EQ(verdict["none"], List{});
}

TEST_F(MatrixReportPage, BeginsWithTheAnswerAgainstAReferenceThatAClickChanges) {
    const auto verdict = read(R"js(
verdict.cards = cards();
verdict.first = document.querySelector("#runs tr.reference .name").textContent;
verdict.delta = field("runs", "baseline · 64", "score").dataset.delta;
field("runs", "baseline · 64", "model").click();
verdict.second = document.querySelector("#runs tr.reference .name").textContent;
verdict.own = field("runs", "baseline · 64", "score").dataset.delta;
verdict.other = field("runs", "baseline · 16", "score").dataset.delta;
verdict.worse = field("runs", "baseline · 16", "accuracy").dataset.judgement;
verdict.points = field("runs", "baseline · 16", "accuracy").dataset.delta;
verdict.bar = field("runs", "baseline · 16", "score").style.getPropertyValue("--bar-end");
verdict.select = document.querySelector("#answer select").value;
)js");
    ASSERT_EQ(verdict["cards"].size(), 5U) << verdict["cards"];
    EXPECT_THAT(verdict["cards"][0], testing::StartsWith("Least memory"));
    EXPECT_THAT(verdict["cards"][1], testing::StartsWith("Fastest"));
    EXPECT_THAT(verdict["cards"][2], testing::StartsWith("Best accuracy80 %baseline · 64 and 1 more +48 pp"));
    EXPECT_EQ(verdict["cards"][3], "Memory ceiling4 of 4 runs fit≤ 256 MiB (check: small)");
    EXPECT_EQ(verdict["cards"][4], "Checks1 of 1 pass");
    EXPECT_EQ(verdict["first"], "baseline · 16");
    EXPECT_EQ(verdict["delta"], "+300 %");
    EXPECT_EQ(verdict["second"], "baseline · 64");
    EXPECT_EQ(verdict["own"], "");
    EXPECT_EQ(verdict["other"], "−75 %");
    EXPECT_EQ(verdict["worse"], "worse");
    EXPECT_EQ(verdict["points"], "−48 pp");
    EXPECT_EQ(verdict["bar"], "25%");
    EXPECT_EQ(verdict["select"], "1");
}

TEST_F(ReportPage, TheBestIsNotSureWhereOthersMayBeBetter) {
    make("sweep: page\ncommand: [./job.sh, \"{v}\", \"{repeat}\"]\nmatrix: {v: [40, 45, 5]}\nrepeat: 3\n",
         "#!/bin/sh\n# from 0.50 to 0.70, from 0.55 to 0.75, and from 0.15 to 0.35\n"
         "echo '{\"event\":\"metric\",\"name\":\"accuracy\",\"value\":0.'$(($1 + 10 * $2))'}' >> "
         "\"$TIDEMARK_EVENTS\"\n");
    const auto verdict = read("verdict.cards = cards();");
    EXPECT_THAT(verdict["cards"][2].get<std::string>(),
                testing::ContainsRegex("^Best accuracy65 .*45 or 1 more that cannot be told apart"));
}

TEST_F(MatrixReportPage, ACeilingOfTheReadersSaysWhatFits) {
    const auto verdict = read(R"js(
type("ceiling", "1 KiB");
verdict.none = cards()[3];
type("ceiling", "plenty");
verdict.wrong = cards()[3];
type("ceiling", "1 GiB");
verdict.all = cards()[3];
verdict.address = location.hash;
)js");
    EXPECT_EQ(verdict["none"], "Memory ceiling0 of 4 runs fit≤ 1 KiB");
    EXPECT_EQ(verdict["wrong"], "Memory ceilingnot a size: write 512 MiB or 1.5 GiB");
    EXPECT_EQ(verdict["all"], "Memory ceiling4 of 4 runs fit≤ 1 GiB");
    EXPECT_EQ(verdict["address"], "#ceiling=1+GiB");
}

TEST_F(MatrixReportPage, ItsAddressHoldsWhatWasChosen) {
    const std::string address = read(R"js(
document.querySelectorAll("#runs input.tick")[1].click();
document.querySelectorAll("#runs input.mark")[2].click();
heading("runs", "batch").querySelector("button").click();
heading("runs", "batch").querySelector("button").click();
[...document.querySelectorAll("#columns label")].find((label) => label.textContent.trim() === "model").querySelector("input").click();
type("filter", "batch>1");
document.querySelectorAll("#runs button.open")[3].click();
verdict.address = location.hash;
)js")["address"];
    EXPECT_EQ(address,
              "#ref=model%3Dlarge%2Cbatch%3D16&filter=batch%3E1&off=model%3Dbaseline%2Cbatch%3D64&hide=runs%"
              "3Amodel&"
              "sort=-runs%3Abatch&run=model%3Dlarge%2Cbatch%3D16");
    const auto verdict = read(R"js(
verdict.listed = listed("runs");
verdict.reference = document.querySelector("#runs tr.reference .name").textContent;
verdict.unticked = [...document.querySelectorAll("#runs tr.unticked")].map(runName);
verdict.model = getComputedStyle(heading("runs", "model")).display;
verdict.filter = document.getElementById("filter").value;
verdict.drawer = document.querySelector("#drawer h2").textContent;
verdict.count = document.getElementById("count").textContent;
document.dispatchEvent(new KeyboardEvent("keydown", {key: "Escape"}));
verdict.closed = document.getElementById("drawer").hidden;
)js",
                              address);
    EXPECT_EQ(verdict["listed"], (List{"baseline · 64", "large · 64", "baseline · 16", "large · 16"}));
    EXPECT_EQ(verdict["reference"], "large · 16");
    EXPECT_EQ(verdict["unticked"], (List{"baseline · 64"}));
    EXPECT_EQ(verdict["model"], "none");
    EXPECT_EQ(verdict["filter"], "batch>1");
    EXPECT_EQ(verdict["drawer"], "model=large,batch=16");
    EXPECT_EQ(verdict["count"], "3 of 4 runs");
    EXPECT_EQ(verdict["closed"], true);
}

TEST_F(MatrixReportPage, ChartsShowTheRunsThatAreTicked) {
    const auto verdict = read(R"js(
const drawn = () => {
    window.dispatchEvent(new Event("beforeprint"));
    const chart = Chart.getChart(document.querySelector("#costs canvas"));
    return chart ? chart.data.datasets.flatMap((dataset) => dataset.data).length : 0;
};
verdict.all = drawn();
document.querySelectorAll("#runs input.tick")[0].click();
verdict.ticked = drawn();
document.getElementById("tick-none").click();
verdict.none = drawn();
document.getElementById("tick-all").click();
type("filter", "large");
verdict.filtered = drawn();
)js");
    EXPECT_EQ(verdict["all"], 4);
    EXPECT_EQ(verdict["ticked"], 3);
    EXPECT_EQ(verdict["none"], 0);
    EXPECT_EQ(verdict["filtered"], 2);
}

TEST_F(MatrixReportPage, AnAddressOfAnotherReportIsPassedOver) {
    const auto verdict = read(
        "verdict.listed = listed(\"runs\").length;\nverdict.reference = runName("
        "document.querySelector(\"#runs tr.reference\"));\n",
        "#ref=none&off=nobody&run=%E2%82&sort=runs:nothing&show=x&metric=y&%%%");
    EXPECT_EQ(verdict["listed"], 4);
    EXPECT_EQ(verdict["reference"], "baseline · 16");
}

TEST_F(MatrixReportPage, OtherTablesAreFilteredByTheirOwnRows) {
    const Finished said = folder_.tidemark({"list", "--sweep", "page", "--format", "html"});
    ASSERT_EQ(said.exit_code, 0) << said.err;
    EXPECT_THAT(said.out, testing::StartsWith("<!doctype html>"));
    EXPECT_THAT(said.out, HasSubstr("<section id=\"table1\""));
    EXPECT_THAT(said.out, Not(HasSubstr("Chart.js")));
}

/// More runs than fit into a chart, one of which fails; a curve for each, in two seeds.
class LargeReportPage : public ReportPage {
  protected:
    void SetUp() override {
        ReportPage::SetUp();
        if (IsSkipped()) return;
        make(
            "sweep: page\ncommand: [./job.sh, \"{n}\", \"{seed}\"]\n"
            "matrix: {n: {range: 1..22}, seed: [1, 2]}\n"
            "tables:\n  - title: Scores\n    sql: SELECT run, wall_s, NULL AS no_value FROM results\n",
            "#!/bin/sh\n[ \"$1\" != 21 ] || exit 1\n"
            "echo '{\"event\":\"info\",\"name\":\"model_bytes\",\"value\":1000}' >> \"$TIDEMARK_EVENTS\"\n"
            "for e in 1 2; do echo '{\"event\":\"metric\",\"name\":\"loss\",\"value\":'$((e + "
            "$2))',\"epoch\":'$e'}'\n"
            "done >> \"$TIDEMARK_EVENTS\"\n");
    }
};

TEST_F(LargeReportPage, SaysWhatItLeavesOut) {
    const auto verdict = read(R"js(
window.dispatchEvent(new Event("beforeprint"));
verdict.parts = document.querySelector("#parts > .note")?.textContent ?? "";
verdict.curves = [...document.querySelectorAll("#curves .legend button")].length;
const first = Chart.getChart(document.querySelector("#curves canvas")).data.datasets[0].data;
verdict.band = first.map(({x, y, low, high}) => [x, y, low, high]);
document.querySelector("#curves .seeds input").click();
window.dispatchEvent(new Event("beforeprint"));
verdict.apart = [...document.querySelectorAll("#curves .legend button")].length;
verdict.address = location.hash;
verdict.empty = document.querySelector("#table1 .left-out").textContent;
verdict.hidden = getComputedStyle(heading("table1", "no_value")).display;
verdict.warned = document.querySelector("#warnings").textContent.includes("n=21,seed=1: failed, exit code 1");
type("filter", "n=21");
verdict.none = cards()[0];
document.querySelectorAll("#runs button.open")[40].click();
verdict.titles = [...document.querySelectorAll("#drawer h3")].map((title) => title.textContent);
)js");
    EXPECT_EQ(verdict["parts"], "the 40 with the highest peaks of 44 runs");
    EXPECT_EQ(verdict["curves"], 21) << "runs that differ in their seed alone are one curve";
    EXPECT_EQ(verdict["band"].dump(), "[[1,2.5,2,3],[2,3.5,3,4]]");
    EXPECT_EQ(verdict["apart"], 42);
    EXPECT_EQ(verdict["address"], "#seeds=apart");
    EXPECT_EQ(verdict["empty"], "Left out, for no row has a value: no value");
    EXPECT_EQ(verdict["hidden"], "none");
    EXPECT_EQ(verdict["warned"], true);
    EXPECT_EQ(verdict["none"], "Least memoryno run ended well");
    EXPECT_EQ(verdict["titles"][0], "run n=21,seed=1");
    EXPECT_THAT(verdict["titles"], testing::Contains("to see more and to repeat it"));
}

/// A phone's screen.
TEST_F(MatrixReportPage, OnASmallScreenARowIsACard) {
    const auto verdict = read(R"js(
const row = document.querySelector("#runs tbody tr");
verdict.display = getComputedStyle(row).display;
verdict.head = getComputedStyle(document.querySelector("#runs thead")).display;
verdict.label = field("runs", "baseline · 16", "score").dataset.label;
verdict.wide = document.documentElement.scrollWidth > innerWidth;
document.querySelector("#columns summary").click();
verdict.chooser = document.getElementById("columns").open;
document.querySelector("h1").click();
verdict.closed = !document.getElementById("columns").open;
verdict.answer = document.querySelector("#answer .figure").getBoundingClientRect().bottom < innerHeight;
)js",
                              "", "400,800");
    EXPECT_EQ(verdict["display"], "block");
    EXPECT_EQ(verdict["head"], "none");
    EXPECT_EQ(verdict["label"], "score");
    EXPECT_EQ(verdict["wide"], false);
    EXPECT_EQ(verdict["chooser"], true);
    EXPECT_EQ(verdict["closed"], true) << "a click beside it closes the chooser of columns";
    EXPECT_EQ(verdict["answer"], true) << "the first screen has numbers";
}

}  // namespace
}  // namespace tidemark::test
