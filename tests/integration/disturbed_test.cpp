#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "own_program.hpp"
#include "store/database.hpp"

namespace tidemark::test {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kNote =
    "A figure with * was disturbed while it was measured, by other programs, a CPU quota, CPUs of changing "
    "speed, swapping, a lack of memory or a memory limit; `tidemark show RUN` says by which.";

/// Two runs, and what the record says of the machine is put into it: a test may not disturb a machine.
class DisturbedRuns : public OwnProgram {
  protected:
    void SetUp() override {
        const Finished made = run("command: [true]\nmatrix: {n: [1, 2]}\n");
        ASSERT_EQ(made.exit_code, 0) << made.err;
        EXPECT_THAT(made.out, Not(HasSubstr(kNote))) << "too short for the machine to be told of";
    }

    void disturb(const std::string& surroundings) {
        store::Database::open_or_create((folder / "results/tidemark.db").string())
            .connection()
            .execute("UPDATE runs SET measurement = json_set(measurement, '$.surroundings', json('" +
                     surroundings +
                     "')) WHERE run = 'n=2'; UPDATE runs SET measurement = json_remove(measurement, "
                     "'$.surroundings') WHERE run = 'n=1'; INSERT INTO warnings SELECT run_id, 'told' FROM "
                     "runs WHERE run = "
                     "'n=2'");
    }
};

TEST_F(DisturbedRuns, TheirFiguresAreMarkedInEveryTableAndFormat) {
    disturb(R"({"observed_s": 10, "others_cpu_share": 0.8})");
    const std::string time = "[0-9.]+\\*";
    for (const std::vector<std::string>& verb :
         {std::vector<std::string>{"run", "own.yaml"}, {"report", "own.yaml"}, {"list", "--sweep", "own"}}) {
        const Finished said = folder.tidemark(verb);
        EXPECT_THAT(said.out, ContainsRegex("2 [^\n]*" + time)) << verb[0];
        EXPECT_THAT(said.out, Not(ContainsRegex("\n(n=)?1 [^\n]*\\*"))) << verb[0] << said.out;
        EXPECT_THAT(said.out, HasSubstr(kNote)) << verb[0];
        std::vector<std::string> as = verb;
        as.insert(as.end(), {"--format", "markdown"});
        EXPECT_THAT(folder.tidemark(as).out, ContainsRegex("[0-9]\\\\\\* ")) << verb[0];
        as.back() = "html";
        EXPECT_THAT(folder.tidemark(as).out, ContainsRegex(time + "</td>")) << verb[0];
    }
    EXPECT_THAT(folder.tidemark({"run", "own.yaml", "--format", "csv"}).out,
                ContainsRegex("disturbed\n[^\n]*,\n[^\n]*,times\n"));
    const auto report =
        nlohmann::json::parse(folder.tidemark({"report", "own.yaml", "--format", "json"}).out);
    const auto& rows = report.at("tables").at(0).at("rows");
    EXPECT_FALSE(rows.at(0).contains("disturbed"));
    EXPECT_EQ(rows.at(1).at("disturbed"), nlohmann::json({"wall_s"}));
    EXPECT_THAT(folder.tidemark({"report", "own.yaml", "--format", "csv"}).out,
                ContainsRegex("wall_s[^\n]*,1\n"));
}

TEST_F(DisturbedRuns, TheyAreMarkedWhereverElseTheyAreShown) {
    disturb(R"({"observed_s": 10, "others_cpu_share": 0.8})");
    const Finished compared = folder.tidemark({"compare", "n=1", "n=2"});
    EXPECT_THAT(compared.out, ContainsRegex("wall time +[0-9.]+ (m|µ)?s +[0-9.]+ (m|µ)?s\\* "))
        << compared.err;
    EXPECT_THAT(compared.out, HasSubstr(kNote));
    EXPECT_THAT(compared.out, ContainsRegex("peak memory +[^*\n]+\n"));
    EXPECT_THAT(folder.tidemark({"compare", "n=1", "n=2", "--format", "csv"}).out,
                ContainsRegex("wall_s,[^\n]*,second\n"));
    const Finished shown = folder.tidemark({"show", "n=2"});
    EXPECT_THAT(shown.out, ContainsRegex("wall time +[0-9.]+ (m|µ)?s\\*\n")) << shown.out;
    EXPECT_THAT(shown.out, ContainsRegex("peak memory +[0-9.]+ [KM]iB\n"));
    EXPECT_THAT(
        shown.out,
        ContainsRegex("warning +told\n\\* +a figure that was disturbed while it was measured, by what "
                      "stands here\n"));
    EXPECT_THAT(folder.tidemark({"show", "n=1"}).out, Not(HasSubstr("a figure that was disturbed")));
    EXPECT_THAT(folder.tidemark({"show", "n=2", "--format", "csv"}).out,
                ContainsRegex("measured,wall time,[^\n]*,yes\n"));
}

TEST_F(DisturbedRuns, TablesForMachinesNameThem) {
    disturb(R"({"observed_s": 10, "others_cpu_share": 0.8})");
    EXPECT_THAT(folder.tidemark({"report", "own.yaml", "--table", "1", "--format", "csv"}).out,
                ContainsRegex(",disturbed\n[^\n]*,\n[^\n]*,wall_s\n"));
    EXPECT_THAT(folder.tidemark({"list", "--sweep", "own", "--sort", "run", "--format", "csv"}).out,
                ContainsRegex(",disturbed\n[^\n]*,\n[^\n]*,wall_s\n"));
    const auto rows = nlohmann::json::parse(
        folder.tidemark({"list", "--sweep", "own", "--sort", "run", "--format", "json"}).out);
    EXPECT_TRUE(rows.at(0).at("disturbed").is_null());
    EXPECT_EQ(rows.at(1).at("disturbed"), "wall_s");
    const Finished chosen =
        folder.tidemark({"list", "--sweep", "own", "--columns", "n, wall_s", "--format", "csv"});
    EXPECT_THAT(chosen.out, testing::StartsWith("n,wall_s\n")) << "just those";
    EXPECT_EQ(chosen.err,
              "note: 1 row has figures that were disturbed while they were measured; the column `disturbed`, "
              "which the list has without --columns, names them\n");
    EXPECT_EQ(folder.tidemark({"list", "--sweep", "own", "--columns", "n", "--format", "csv"}).err, "");
}

TEST_F(DisturbedRuns, AVerdictSaysThatItsFigureIs) {
    disturb(R"({"observed_s": 10, "others_cpu_share": 0.8})");
    folder.write("own.yaml",
                 "sweep: own\ncommand: [true]\nmatrix: {n: [1, 2]}\nchecks:\n"
                 "  - {name: quick, where: \"true\", metric: wall_s, max: 1 h}\n"
                 "  - {name: never, where: n = 2, metric: wall_s, max: 1 ms, min: 2 h}\n"
                 "  - {name: small, where: \"true\", metric: peak_rss, max: 1 GiB}\n");
    const Finished said = folder.tidemark({"check", "own.yaml"});
    EXPECT_THAT(said.out, ContainsRegex("pass +quick +n=1 +wall_s +[0-9.]+ (m|µ)?s +at most")) << said.err;
    EXPECT_THAT(said.out, ContainsRegex("pass +quick +n=2 +wall_s +[0-9.]+ (m|µ)?s\\* +at most"));
    EXPECT_THAT(said.out, ContainsRegex("pass +small +n=2 +peak_rss +[^*\n]+ +at most"));
    EXPECT_THAT(said.out, HasSubstr(kNote));
    EXPECT_THAT(folder.tidemark({"check", "own.yaml", "--format", "csv"}).out,
                ContainsRegex("quick,n=2,pass,[^\n]*,measured,\n"));
    const std::string junit = folder.tidemark({"check", "own.yaml", "--format", "junit"}).out;
    EXPECT_THAT(junit,
                ContainsRegex("name=\"quick: n=2\">\n *<system-out>the figure was disturbed while it was "
                              "measured</system-out>"));
    EXPECT_THAT(junit, ContainsRegex("name=\"never: n=2\">\n *<failure [^\n]*"
                                     "\\(disturbed while it was measured\\)\""));
    EXPECT_THAT(junit, ContainsRegex("name=\"quick: n=1\"/>"));
}

TEST_F(DisturbedRuns, APeakIsWhereMemoryWasTakenFromIt) {
    disturb(R"({"observed_s": 10, "swapped_out_bytes": 4096})");
    EXPECT_THAT(folder.tidemark({"run", "own.yaml", "--format", "csv"}).out,
                HasSubstr(",\"times, memory\"\n"));
    const auto report =
        nlohmann::json::parse(folder.tidemark({"report", "own.yaml", "--format", "json"}).out);
    EXPECT_EQ(report.at("tables").at(0).at("rows").at(1).at("disturbed"),
              nlohmann::json({"peak_rss_bytes", "wall_s"}));
}

TEST_F(OwnProgram, MediansCarryTheirIntervalInTheTableOfARun) {
    const Finished made =
        run("command: [sh, -c, \"echo level $(({repeat} * 10))\"]\nrepeat: 3\n"
            "capture: {level: {stdout: 'level (\\S+)'}}\n");
    ASSERT_EQ(made.exit_code, 0) << made.err;
    EXPECT_THAT(made.out, ContainsRegex("20 \\(10–30\\)"));
    EXPECT_THAT(made.out,
                HasSubstr("Figures are medians of 3 repeats, in parentheses from the smallest to the "
                          "largest: an interval of the measurement, which holds the true median with "
                          "75 % confidence.\n"));
}

}  // namespace
}  // namespace tidemark::test
