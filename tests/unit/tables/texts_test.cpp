#include "tables/texts.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tidemark::tables {
namespace {

using testing::HasSubstr;

TEST(Texts, NoIntervalOfRepeatsIsQuiteSure) {
    const auto said = [](int repeats, double confidence) {
        return Texts(Language::English).interval_of_repeats({repeats, repeats}, confidence, "", "");
    };
    EXPECT_THAT(said(3, 0.75), HasSubstr("which holds the true median with 75 % confidence."));
    EXPECT_THAT(said(20, 1 - 1e-6), HasSubstr("which holds the true median with at least 99 % confidence."));
    EXPECT_THAT(Texts(Language::Chinese).interval_of_repeats({20, 20}, 1 - 1e-6, "", ""),
                HasSubstr("至少 99 %"));
}

}  // namespace
}  // namespace tidemark::tables
