#include "base/special_number.hpp"

#include <cmath>

#include <gtest/gtest.h>

namespace tidemark {
namespace {

TEST(SpecialNumber, IsWhatProgramsWriteForWhatIsNotFinite) {
    for (const char* text : {"inf", "Inf", "INF", "+inf", "Infinity", "infinity", "∞", "+∞"})
        EXPECT_EQ(special_number(text), HUGE_VAL) << text;
    for (const char* text : {"-inf", "-Infinity", "-∞"}) EXPECT_EQ(special_number(text), -HUGE_VAL) << text;
    for (const char* text : {"nan", "NaN", "-nan", "+NaN"}) {
        ASSERT_TRUE(special_number(text)) << text;
        EXPECT_TRUE(std::isnan(*special_number(text))) << text;
    }
}

TEST(SpecialNumber, IsNothingElse) {
    for (const char* text : {"", "+", "1", "info", "--inf", "nan(1)", "1e999", "in", "inf inity"})
        EXPECT_EQ(special_number(text), std::nullopt) << text;
}

}  // namespace
}  // namespace tidemark
