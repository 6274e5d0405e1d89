#include "base/value.hpp"

#include <limits>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace tidemark {
namespace {

TEST(ValueText, IsTheShortestThatReadsBack) {
    EXPECT_EQ(to_text(Value(std::int64_t{128})), "128");
    EXPECT_EQ(to_text(Value(1e-3)), "0.001");
    EXPECT_EQ(to_text(Value(128.0)), "128.0");
    EXPECT_EQ(to_text(Value(1e30)), "1e+30");
    EXPECT_EQ(to_text(Value(true)), "true");
    EXPECT_EQ(to_text(Value()), "null");
}

TEST(ValueJson, KeepsTypesAndSpellsNonFiniteNumbers) {
    EXPECT_EQ(to_json(Value(true)).dump(), "true");
    EXPECT_EQ(to_json(Value(std::numeric_limits<double>::quiet_NaN())).dump(), "\"nan\"");
    EXPECT_EQ(value_from_json(nlohmann::json(7)), Value(std::int64_t{7}));
    EXPECT_EQ(value_from_json(nlohmann::json(std::uint64_t{1} << 63)), Value(9223372036854775808.0));
}

}  // namespace
}  // namespace tidemark
