#include "analysis/pareto.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tidemark::analysis {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(ParetoFront, HoldsThePointsThatNoOtherBeatsInBoth) {
    EXPECT_THAT(pareto_front({{1, 9}, {2, 5}, {3, 6}, {4, 1}, {9, 9}}),
                ElementsAre(true, true, false, true, false));
}

TEST(ParetoFront, AmongEqualsInOneTheSmallerInTheOtherWins) {
    EXPECT_THAT(pareto_front({{1, 2}, {1, 1}, {2, 1}}), ElementsAre(false, true, false));
}

TEST(ParetoFront, HoldsEqualPointsTogether) {
    EXPECT_THAT(pareto_front({{1, 1}, {1, 1}}), ElementsAre(true, true));
    EXPECT_THAT(pareto_front({}), IsEmpty());
}

}  // namespace
}  // namespace tidemark::analysis
