#include "sweep/file/against.hpp"

#include <gtest/gtest.h>

namespace tidemark::sweep {
namespace {

std::string problem_of(const std::string& text) {
    std::string problem;
    const auto read = read_against(text, problem);
    EXPECT_EQ(read.has_value(), problem.empty());
    return problem;
}

TEST(Against, IsABaselineOrTheBestOfItsSaves) {
    std::string problem;
    const auto one = read_against("main", problem);
    ASSERT_TRUE(one);
    EXPECT_FALSE(one->is_best_of());
    EXPECT_EQ(one->written(), "main");
    EXPECT_EQ(one->told(), "main");
    const auto best = read_against("best-of:a:b:10", problem);
    ASSERT_TRUE(best);
    EXPECT_EQ(best->baseline, "a:b");
    EXPECT_EQ(best->last, 10);
    EXPECT_EQ(best->written(), "best-of:a:b:10");
    EXPECT_EQ(best->told(), "the best of the last 10 of a:b");
    EXPECT_EQ(problem, "");
}

TEST(Against, SaysHowItIsWritten) {
    EXPECT_EQ(problem_of(""), "names no baseline");
    for (const char* text :
         {"best-of:", "best-of:main", "best-of:main:", "best-of:main:1", "best-of:main:1001",
          "best-of:main:x", "best-of:main:-3", "best-of::10", "best-of:main:99999999999999"})
        EXPECT_EQ(problem_of(text),
                  "'" + std::string(text) +
                      "': the best of a baseline's last saves is written best-of:NAME:N, N from 2 "
                      "to 1000, as in best-of:main:10");
}

TEST(Against, NoBaselineIsCalledSo) {
    EXPECT_EQ(problem_of_baseline_name("main"), "");
    EXPECT_EQ(
        problem_of_baseline_name("best-of:main:3"),
        "no baseline can be called 'best-of:main:3': check --against reads best-of: as the best of several "
        "saves");
}

}  // namespace
}  // namespace tidemark::sweep
