#include "warden/kept_by_looks.hpp"

#include <gtest/gtest.h>

namespace tidemark::warden {
namespace {

TEST(KeptByLooks, AMarkThatRoseOutsideOfLooksIsTheTrees) {
    KeptByLooks kept;
    EXPECT_EQ(kept.without(100), 100);
    kept.look(50, 60, 0);
    EXPECT_EQ(kept.without(60), 60) << "nobody ended";
    kept.look(60, 60, 40);
    EXPECT_EQ(kept.without(60), 60) << "it did not rise";
}

TEST(KeptByLooks, OneThatRoseWhileSomebodyEndedMayHoldWhatThatHad) {
    KeptByLooks kept;
    kept.look(80, 110, 20);
    EXPECT_EQ(kept.without(110), 90);
    EXPECT_EQ(kept.without(120), 120) << "it rose again afterwards";
}

TEST(KeptByLooks, WhatItWasBeforeTheLookIsTheTrees) {
    KeptByLooks kept;
    kept.look(80, 110, 1000);
    EXPECT_EQ(kept.without(110), 80);
}

TEST(KeptByLooks, SeveralLooksAfterEachOtherEachHoldTheirs) {
    KeptByLooks kept;
    kept.look(80, 110, 1000);
    kept.look(110, 115, 1000);
    EXPECT_EQ(kept.without(115), 80) << "what the mark was before the second, the first had kept";
    kept.look(120, 130, 5);
    EXPECT_EQ(kept.without(130), 125);
    kept.look(90, 100, 50);
    EXPECT_EQ(kept.without(130), 125) << "after the mark began anew it was lower";
}

}  // namespace
}  // namespace tidemark::warden
