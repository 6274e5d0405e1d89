#include "protocol/self_test.hpp"

#include <gtest/gtest.h>

namespace tidemark::protocol {
namespace {

TEST(SelfTest, WhatAWorkloadFindsTheDoctorReads) {
    const auto read = findings_from_json_text(to_json_text(
        {{"LibTorch", Health::Good, "1.13.1"}, {"BLAS", Health::Bad, "3 GFLOP/s", "install one"}}));
    ASSERT_TRUE(read);
    ASSERT_EQ(read->size(), 2U);
    EXPECT_EQ(read->at(0).check, "LibTorch");
    EXPECT_EQ(read->at(0).health, Health::Good);
    EXPECT_EQ(read->at(1).health, Health::Bad);
    EXPECT_EQ(read->at(1).found, "3 GFLOP/s");
    EXPECT_EQ(read->at(1).advice, "install one");
}

TEST(SelfTest, AnythingElseIsNoAnswer) {
    for (const char* text : {"", "Segmentation fault", "{}", "[1]", "[{\"check\": \"a\"}]",
                             "[{\"check\": \"a\", \"health\": \"fine\", \"found\": \"\"}]",
                             "[{\"check\": \"a\", \"health\": 1, \"found\": \"\"}]"})
        EXPECT_FALSE(findings_from_json_text(text)) << text;
}

}  // namespace
}  // namespace tidemark::protocol
