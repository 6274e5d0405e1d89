#include "warden/cache_bound.hpp"

#include <gtest/gtest.h>

namespace tidemark::warden {
namespace {

TEST(CacheBound, IsWhatWasChargedBeforeThePeakAndReadOrWrittenUntilThen) {
    CacheBound bound;
    bound.saw({100, 1000, 500, true});
    bound.saw({120, 1030, 700, true});
    EXPECT_EQ(bound.most_of_run(), 120 + 30) << "between the two looks the charge was at its peak";
    bound.saw({9000, 20000, 700, true});
    EXPECT_EQ(bound.most_of_run(), 150) << "what was charged later was not part of the peak";
}

TEST(CacheBound, CountsWhatWasWrittenAndDeletedBetweenTwoLooks) {
    CacheBound bound;
    bound.saw({0, 0, 10, true});
    bound.saw({0, 4000, 300, true});
    EXPECT_EQ(bound.most_of_run(), 4000);
}

TEST(CacheBound, WaitsForALookThatMissesNobody) {
    CacheBound bound;
    bound.saw({0, 0, 10, true});
    bound.saw({0, 100, 300, false});
    bound.saw({0, 700, 300, true});
    EXPECT_EQ(bound.most_of_run(), 700) << "the second look tells what the first had missed";
    bound.saw({0, 5000, 300, true});
    EXPECT_EQ(bound.most_of_run(), 700);
}

TEST(CacheBound, OfAPhaseBeginsAnew) {
    CacheBound bound;
    bound.saw({800, 0, 900, true});
    bound.begin_phase();
    bound.saw({50, 10, 300, true});
    EXPECT_EQ(bound.most_of_phase(), 800 + 10);
    bound.begin_phase();
    bound.saw({50, 20, 200, true});
    EXPECT_EQ(bound.most_of_phase(), 50 + 10);
    EXPECT_EQ(bound.most_of_run(), 800);
}

TEST(CacheBound, IsNoneWhereReadingAndWritingIsNotKnown) {
    CacheBound bound;
    bound.saw({100, 1000, 500, true});
    bound.lose();
    EXPECT_FALSE(bound.most_of_run());
    EXPECT_FALSE(bound.most_of_phase());
}

}  // namespace
}  // namespace tidemark::warden
