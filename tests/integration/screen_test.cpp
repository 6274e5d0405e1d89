#include <algorithm>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/workspace.hpp"

namespace tidemark::test {
namespace {

using testing::HasSubstr;
using testing::Not;

/// What a person sees in a terminal of 80 columns and 24 lines.
class Screen : public testing::Test {
  protected:
    void SetUp() override {
        TIDEMARK_NEEDS_PROGRAM("script");
        folder.write("s.yaml",
                     "sweep: s\ncommand: [sh, -c, 'exit {code}', \"{long_name_of_a_parameter}\"]\n"
                     "matrix: {code: [0, 1], long_name_of_a_parameter: [a-value-of-some-length, "
                     "another-value-that-is-even-longer]}\nparameters: {same: 7}\n");
        folder.tidemark({"run", "s.yaml"});
    }
    std::string seen(const std::string& words, const std::string& variables = "PAGER=cat NO_COLOR=1") {
        const Finished said = folder.run({"script", "-qec",
                                          "stty cols 80 rows 24; " + variables + " TERM=xterm " +
                                              tidemark_binary() + " " + words + " 2>/dev/null",
                                          "/dev/null"});
        std::string text = said.out;
        std::erase(text, '\r');
        return text;
    }
    static std::size_t widest(const std::string& text) {
        std::size_t widest = 0;
        std::istringstream lines(text);
        for (std::string line; std::getline(lines, line);) {
            const auto columns =
                std::ranges::count_if(line, [](unsigned char letter) { return (letter & 0xc0) != 0x80; });
            widest = std::max(widest, static_cast<std::size_t>(columns));
        }
        return widest;
    }

    Workspace folder;
};

TEST_F(Screen, EveryTableFitsIt) {
    for (const char* words :
         {"list", "list --sweep s", "show 'code=0,long_name_of_a_parameter=a-value-of-some-length'",
          "report s.yaml", "run s.yaml -n", "doctor", "models",
          "compare s --against 'code=0,long_name_of_a_parameter=a-value-of-some-length'",
          "query 'SELECT * FROM results'"}) {
        const std::string text = seen(words);
        EXPECT_FALSE(text.empty()) << words;
        EXPECT_LE(widest(text), 80U) << words << '\n' << text;
    }
}

TEST_F(Screen, WideAndPipesGetWhatTheyGot) {
    EXPECT_EQ(seen("list --sweep s --wide"), folder.tidemark({"list", "--sweep", "s"}).out);
    EXPECT_GT(widest(seen("list --sweep s --wide")), 80U);
}

TEST_F(Screen, IdsAreShortAndCanBeTyped) {
    const std::string list = seen("list --columns run_id --limit 1");
    const std::string id = list.substr(list.find_last_of('\n', list.size() - 2) + 1, 6);
    EXPECT_THAT(folder.tidemark({"show", id}).out, HasSubstr(id + "\n"));
}

TEST_F(Screen, WhatIsLongerGoesToThePager) {
    EXPECT_THAT(seen("query 'SELECT * FROM results'", "PAGER='head -n 1; echo paged'"), HasSubstr("paged"));
    EXPECT_THAT(seen("list", "PAGER='head -n 1; echo paged'"), Not(HasSubstr("paged"))) << "it fits";
    const std::string none = seen("query 'SELECT * FROM results'", "TIDEMARK_PAGER=no-such-pager");
    EXPECT_THAT(none, HasSubstr("another-value-that-is-even-longer")) << "printed where there is no pager";
}

TEST_F(Screen, AComparisonIsShort) {
    folder.write("t.yaml", "sweep: t\ncommand: [sh, -c, ':']\nmatrix: {n: [1, 2, 3, 4]}\n");
    folder.tidemark({"run", "t.yaml"});
    folder.tidemark({"baseline", "save", "old"});
    folder.tidemark({"run", "t.yaml", "--fresh"});
    const std::string text = seen("compare old sweep:t");
    EXPECT_LE(std::ranges::count(text, '\n'), 20) << text;
    EXPECT_THAT(text, HasSubstr("needs at least 3 repeats on both sides; `repeat: 5` makes enough."));
    EXPECT_EQ(text.find("needs at least"), text.rfind("needs at least")) << "once";
}

}  // namespace
}  // namespace tidemark::test
