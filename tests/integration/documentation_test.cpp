#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/places.hpp"
#include "support/workspace.hpp"

namespace tidemark::test {
namespace {

using testing::HasSubstr;

/// What the build generates from the declared options, and installs.
class Documentation : public testing::Test {
  protected:
    std::string generate(const std::string& kind) {
        const Finished said = folder.tidemark({"generate-documentation", kind});
        EXPECT_EQ(said.exit_code, 0) << said.err;
        folder.write("document", said.out);
        return said.out;
    }
    Finished shell(const std::string& script) { return folder.run({"bash", "-c", script}); }
    bool has(const std::string& program) { return shell("command -v " + program).exit_code == 0; }
    std::string completed(const std::string& words) {
        return shell("source ./document; COMP_WORDS=(" + words +
                     "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _tidemark; echo \"${COMPREPLY[*]}\"")
            .out;
    }

    Workspace folder;
};

TEST_F(Documentation, TheManualPageHasEveryCommandAndOption) {
    const std::string page = generate("man");
    for (const char* verb :
         {"run", "plan", "estimate", "fit", "measure", "train", "list", "show", "query", "compare", "check",
          "baseline", "export", "import", "models", "watch", "data", "doctor"})
        EXPECT_THAT(page, HasSubstr(".SS \\fBtidemark " + std::string(verb) + "\\fR"));
    EXPECT_THAT(page, HasSubstr("\\fB\\-\\-time\\-limit\\fR \\fIVALUE\\fR\nends a query that takes longer"));
    EXPECT_THAT(page, HasSubstr("a check could not be decided"));
    EXPECT_THAT(page, testing::Not(HasSubstr("generate")));
    if (!has("man")) GTEST_SKIP() << "needs man (Debian package man-db)";
    const Finished shown = shell("man --warnings=all -l ./document 2>&1 >/dev/null");
    EXPECT_EQ(shown.out, "");
}

TEST_F(Documentation, TheManualPageHasExamplesAndTheEnvironment) {
    const std::string page = generate("man");
    EXPECT_THAT(
        page, HasSubstr(".TP\n.B tidemark measure \\-\\- sort big.txt\npeak memory and time of a command\n"));
    EXPECT_THAT(page, HasSubstr(".B TIDEMARK_DB\nthe database of results, where \\-\\-db names none\n"));
    for (const char* verb :
         {"run",     "plan",   "estimate", "fit",    "measure", "init",    "list", "show",  "query",
          "compare", "check",  "baseline", "export", "import",  "history", "tag",  "note",  "rm",
          "gc",      "report", "models",   "train",  "schema",  "watch",   "data", "doctor"})
        EXPECT_THAT(page, testing::ContainsRegex("\n[.]B tidemark " + std::string(verb) + "[ \n]"))
            << "an example of each command";
}

TEST_F(Documentation, TheExamplesHaveOptionsThatThereAre) {
    std::istringstream page(generate("commands"));
    int examples = 0;
    for (std::string line; std::getline(page, line);) {
        std::istringstream words(line);
        std::string program, verb;
        if (!(words >> program >> verb) || program != "tidemark") continue;
        ++examples;
        const std::string help = folder.tidemark({verb, "--help"}).out;
        for (std::string word; words >> word && word != "--" && word != "#";) {
            if (word.starts_with('-') && verb != "init" && verb != "train") {
                EXPECT_THAT(help, HasSubstr(word)) << line;
            }
        }
    }
    EXPECT_GT(examples, 20);
}

TEST_F(Documentation, TheManualPagesOfFormatsHaveEveryKeyAndColumn) {
    const std::string keys = generate("man-sweep");
    EXPECT_THAT(keys, HasSubstr(".SH KEYS OF limits\n.TP\n\\fBmemory\\fR (text)\n"));
    EXPECT_THAT(keys, HasSubstr(".SH KEYS OF capture.METRIC\n"));
    const bool can_show = has("man");
    const std::string warnings = "man --warnings=all -l ./document 2>&1 >/dev/null";
    if (can_show) {
        EXPECT_EQ(shell(warnings).out, "");
    }
    const std::string columns = generate("man-results");
    EXPECT_THAT(columns, HasSubstr("\\fBpeak_rss_high_bytes\\fR (integer, bytes)\n"));
    if (can_show) {
        EXPECT_EQ(shell(warnings).out, "");
    }
}

TEST_F(Documentation, ThePagesOfTheDocumentationSayWhatTheProgramSays) {
    for (const char* page : {"commands", "sweep-keys", "result-columns"}) {
        std::ifstream file(std::string(test::source_dir() + "/docs/") + page + ".md");
        const std::string written((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
        EXPECT_EQ(generate(page), written)
            << "docs/" << page << ".md: run docs/regenerate, and look at what changes";
    }
}

TEST_F(Documentation, BashCompletesCommandsOptionsChoicesAndFiles) {
    generate("bash");
    folder.write("mine.yaml", "");
    EXPECT_EQ(completed("tidemark ch"), "check\n");
    EXPECT_EQ(completed("tidemark query --time"), "--time-limit\n");
    EXPECT_EQ(completed("tidemark check --format j"), "json junit\n");
    EXPECT_EQ(completed("tidemark check -o mi"), "mine.yaml\n");
    EXPECT_EQ(completed("tidemark baseline ''"), "save list drop\n");
    folder.write("mine.yaml", "");
    EXPECT_EQ(completed("tidemark run mi"), "mine.yaml\n");
    EXPECT_EQ(completed("tidemark query ''"), "\n");
}

TEST_F(Documentation, ZshTakesItsCompletion) {
    EXPECT_THAT(generate("zsh"),
                HasSubstr("'--time-limit[ends a query that takes longer (default\\: 60 s)]:value:'"));
    if (!has("zsh")) GTEST_SKIP() << "needs zsh";
    EXPECT_EQ(shell("zsh -n ./document 2>&1").out, "");
}

TEST_F(Documentation, FishTakesItsCompletion) {
    EXPECT_THAT(generate("fish"),
                HasSubstr("complete -c tidemark -n '__fish_seen_subcommand_from query' -l time-limit -x"));
    if (!has("fish")) GTEST_SKIP() << "needs fish";
    EXPECT_EQ(shell("HOME=$PWD fish -n ./document 2>&1").out, "");
    EXPECT_THAT(
        shell("HOME=$PWD fish -c 'source ./document; complete -C \"tidemark check --format ju\"'").out,
        testing::StartsWith("junit\t"));
}

}  // namespace
}  // namespace tidemark::test
