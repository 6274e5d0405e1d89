#include "planning/space.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tidemark::planning {
namespace {

using Kind = SpaceAxis::Kind;
using Cells = std::vector<std::vector<Value>>;

const std::string kText = "x";

SpaceAxis axis_of(const std::vector<Value>& values) {
    Cells cells;
    for (const Value& value : values) cells.push_back({value});
    const Space space({"a"}, cells);
    return space.axes().empty() ? SpaceAxis{} : space.axes().front();
}

TEST(Space, TakesNumbersByTheirRatioWhereTheyGrowByFactors) {
    EXPECT_EQ(axis_of({std::int64_t{16}, std::int64_t{32}, std::int64_t{128}}).kind, Kind::Logarithmic);
    EXPECT_EQ(axis_of({0.1, 0.2, 0.3}).kind, Kind::Linear);
    EXPECT_EQ(axis_of({std::int64_t{0}, std::int64_t{50}, std::int64_t{100}}).kind, Kind::Linear)
        << "0 has none";
}

TEST(Space, KnowsSizesAsProgramsAreToldThem) {
    const std::vector<Value> sizes{std::string("512K"), std::string("1M"), std::string("4 MiB")};
    EXPECT_EQ(axis_of(sizes).kind, Kind::Logarithmic);
    const Space space({"a"}, {{sizes[0]}, {sizes[1]}, {sizes[2]}});
    EXPECT_NEAR(space.distance(0, space.point(0), space.point(1)), 1.0 / 3, 1e-12);
    EXPECT_EQ(axis_of({std::string("512K"), std::string("1M"), std::string("all")}).kind, Kind::Choice);
}

TEST(Space, TakesTextsAndTwoValuesAsChoices) {
    EXPECT_EQ(axis_of({std::string("a"), std::string("b"), std::string("c")}).kind, Kind::Choice);
    EXPECT_EQ(axis_of({std::int64_t{1}, std::int64_t{2}}).kind, Kind::Choice);
    EXPECT_EQ(axis_of({true, false, Value()}).kind, Kind::Choice);
    EXPECT_EQ(axis_of({std::int64_t{1}, std::int64_t{2}, std::string("auto")}).kind, Kind::Choice);
}

TEST(Space, LeavesOutWhatIsAlike) {
    const Space space({"a", "b"}, {{std::int64_t{1}, kText}, {std::int64_t{2}, kText}});
    ASSERT_EQ(space.axes().size(), 1U);
    EXPECT_EQ(space.axes().front().name, "a");
    EXPECT_EQ(space.distance(0, space.point(0), space.point(1)), 1);
}

TEST(Space, MayHaveOneCell) {
    const Space space({"a"}, {{kText}});
    EXPECT_EQ(space.size(), 1U);
    EXPECT_TRUE(space.axes().empty());
}

}  // namespace
}  // namespace tidemark::planning
