#include "base/bounded_json.hpp"

#include <gtest/gtest.h>

namespace tidemark {
namespace {

std::string nested(std::size_t levels) {
    return std::string(levels, '[') + std::string(levels, ']');
}

TEST(BoundedJson, GoesAsDeepAsItSays) {
    EXPECT_EQ(parse_json(nested(kDeepestJson)).size(), 1U);
    try {
        parse_json("{\"a\": " + nested(kDeepestJson) + "}");
        FAIL() << "nothing was refused";
    } catch (const JsonProblem& problem) {
        EXPECT_STREQ(problem.what(), "nested more than 100 levels deep, at byte 106");
    }
    EXPECT_TRUE(parse_json_or_discard(nested(kDeepestJson + 1)).is_discarded());
    EXPECT_TRUE(parse_json_or_discard(std::string(1000000, '{')).is_discarded());
}

TEST(BoundedJson, BracketsInTextsAndBesideEachOtherAreNoDepth) {
    std::string pairs;
    for (int i = 0; i < 1000; ++i) pairs += "[],";
    EXPECT_EQ(parse_json("[" + pairs + "0]").size(), 1001U);
    EXPECT_EQ(parse_json("\"" + std::string(1000, '[') + "\\\"" + std::string(1000, '{') + "\"").type(),
              nlohmann::json::value_t::string);
    EXPECT_FALSE(problem_of_nesting("\"\\"));
}

TEST(BoundedJson, WhatIsNoJsonIsRefusedAsTheLibrarySaysIt) {
    EXPECT_THROW(parse_json("{"), JsonProblem);
    EXPECT_TRUE(parse_json_or_discard("]").is_discarded());
}

}  // namespace
}  // namespace tidemark
