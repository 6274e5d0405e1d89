#include <cstdlib>
#include <sstream>

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

/// What a reader does with the page, and what the page then is. Added to its end, so that it runs when all is
/// there.
constexpr const char* kReader = R"html(<pre id="verdict"></pre><script>
const section = document.querySelector("section.table");
const buttons = section.querySelectorAll("th button");
const names = () => [...section.querySelectorAll("tbody tr")].filter((row) => !row.hidden).map((row) => row.cells[0].textContent);
const score = [...buttons].findIndex((button) => button.textContent.startsWith("score"));
const verdict = {listed: names()};
buttons[score].click();
verdict.ascending = names();
verdict.sorted = section.querySelectorAll("th")[score].getAttribute("aria-sort");
buttons[score].click();
verdict.descending = names();
const filter = section.querySelector("input");
filter.value = "OOPS";
filter.dispatchEvent(new Event("input"));
verdict.filtered = names();
verdict.counted = section.querySelector("output").textContent;
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
const before = getComputedStyle(document.body).backgroundColor;
document.getElementById("theme").click();
verdict.theme_changes = getComputedStyle(document.body).backgroundColor !== before;
verdict.redrawn = document.documentElement.dataset.charts;
verdict.hostile = window.hostile === undefined && document.querySelectorAll("main img, main i").length === 0;
document.getElementById("verdict").textContent = JSON.stringify(verdict).replaceAll("<", "\\u003c");
</script>)html";

std::string unescaped(std::string text) {
    for (const auto& [from, to] : {std::pair{"&lt;", "<"}, std::pair{"&gt;", ">"}, std::pair{"&amp;", "&"}}) {
        for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; ++at)
            text.replace(at, std::string_view(from).size(), to);
    }
    return text;
}

TEST(ReportPage, WorksInABrowser) {
    const std::string browser = program_of({"chromium", "chromium-browser", "google-chrome"});
    if (browser.empty())
        GTEST_SKIP() << "there is no Chromium to look at the page with: apt-get install chromium";
    Workspace folder;
    folder.write("page.yaml",
                 "sweep: page\ncommand: [./job.sh, \"{n}\"]\nruns:\n"
                 "  \"<script>window.hostile = 1</script>\": {n: 1}\n"
                 "  \"<img src=x onerror='window.hostile = 1'>\": {n: 2}\n"
                 "  oops & <i>: {n: 3}\n"
                 "tables:\n  - {title: \"<i>Scores\", sql: \"SELECT run, status, score FROM results\"}\n");
    folder.write_script(
        "job.sh",
        "#!/bin/sh\n[ \"$1\" != 3 ] || exit 1\nsleep 0.3  # long enough for a sample of its memory\n"
        "for e in 1 2; do\n"
        "echo '{\"event\":\"metric\",\"name\":\"accuracy\",\"value\":0.'$e$1',\"epoch\":'$e'}'\n"
        "done >> \"$TIDEMARK_EVENTS\"\n"
        "echo '{\"event\":\"info\",\"name\":\"model_bytes\",\"value\":100000}' >> \"$TIDEMARK_EVENTS\"\n"
        "echo '{\"event\":\"metric\",\"name\":\"score\",\"value\":'$((20 / $1))'}' >> "
        "\"$TIDEMARK_EVENTS\"\n");
    folder.tidemark({"run", "page.yaml"});
    const Finished said = folder.tidemark({"report", "page.yaml", "--format", "html"});
    ASSERT_EQ(said.exit_code, 0) << said.err;
    std::string page = said.out;
    page.insert(page.rfind("</body>"), kReader);
    folder.write("page.html", page);

    const Finished seen =
        folder.run({browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                    "--enable-logging=stderr", "--user-data-dir=" + (folder / "profile").string(),
                    "--virtual-time-budget=5000", "--dump-dom", "file://" + (folder / "page.html").string()});
    EXPECT_THAT(seen.err, Not(HasSubstr("CONSOLE"))) << "the page has written to the console";
    constexpr std::string_view kBegin = "<pre id=\"verdict\">";
    const std::size_t begin = seen.out.find(kBegin);
    ASSERT_NE(begin, std::string::npos) << seen.err;
    const std::size_t first = begin + kBegin.size();
    const std::string text = unescaped(seen.out.substr(first, seen.out.find("</pre>", first) - first));
    ASSERT_FALSE(text.empty()) << seen.err;
    const auto verdict = nlohmann::json::parse(text);

    const std::string script = "<script>window.hostile = 1</script>";
    const std::string image = "<img src=x onerror='window.hostile = 1'>";
    const std::string oops = "oops & <i>";
    using List = std::vector<std::string>;
    EXPECT_EQ(verdict["listed"], (List{script, image, oops}));
    EXPECT_EQ(verdict["ascending"], (List{image, script, oops})) << "what has no value comes last";
    EXPECT_EQ(verdict["descending"], (List{script, image, oops}));
    EXPECT_EQ(verdict["sorted"], "ascending");
    EXPECT_EQ(verdict["filtered"], (List{oops}));
    EXPECT_EQ(verdict["counted"], "1 of 3 rows");
    EXPECT_EQ(verdict["charts"].dump(),
              R"([["costs",true],["parts",true],["accuracy",true],["over-time",true]])");
    EXPECT_THAT(verdict["tooltips"].dump(), HasSubstr(script)) << "a point tells which run it is";
    EXPECT_EQ(verdict["theme_changes"], true);
    EXPECT_EQ(verdict["redrawn"], "4");
    EXPECT_EQ(verdict["hostile"], true) << "a name of a run was taken for HTML";
}

}  // namespace
}  // namespace tidemark::test
