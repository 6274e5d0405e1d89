#include "warden/unheard_ends.hpp"

#include <unistd.h>

#include <gtest/gtest.h>

namespace tidemark::warden {
namespace {

class UnheardEndsTest : public testing::Test {
  protected:
    std::int64_t faults(const std::map<pid_t, Faults>& now, const std::vector<pid_t>& living) {
        return ends_.look(now, living) / UnheardEnds::kMappedByAFault;
    }

    UnheardEnds ends_;
};

TEST_F(UnheardEndsTest, WhatTheLivingFaultTheirMarksTell) {
    EXPECT_EQ(faults({{10, {100, 0}}}, {10}), 0);
    EXPECT_EQ(faults({{10, {900, 0}}, {11, {50, 0}}}, {10, 11}), 0);
}

TEST_F(UnheardEndsTest, OneThatEndedMayHaveMappedWhatItFaultedAfterTheLook) {
    faults({{10, {100, 0}}, {11, {1000, 20}}}, {10, 11});
    EXPECT_EQ(faults({{10, {100, 1027}}}, {10}), 7);
    EXPECT_EQ(faults({{10, {100, 1027}}}, {10}), 0);
}

TEST_F(UnheardEndsTest, OneThatCameAndWentMayHaveMappedAllThatItFaulted) {
    faults({{10, {100, 0}}}, {10});
    EXPECT_EQ(faults({{10, {100, 300}}}, {10}), 300);
    faults({{10, {100, 300}}, {11, {40, 0}}}, {10, 11});
    EXPECT_EQ(faults({{10, {100, 300}}, {11, {40, 60}}}, {10, 11}), 60) << "of a child of its own";
}

TEST_F(UnheardEndsTest, AZombieHasNoMarkAndIsCountedOnce) {
    faults({{10, {100, 0}}, {11, {1000, 0}}}, {10, 11});
    EXPECT_EQ(faults({{10, {100, 0}}, {11, {1005, 0}}}, {10}), 5);
    EXPECT_EQ(faults({{10, {100, 1005}}}, {10}), 0);
}

TEST_F(UnheardEndsTest, ThoseThatTheWardenWaitsForAreToldByThemselves) {
    faults({{10, {100, 0}}, {11, {1000, 0}}}, {10, 11});
    ends_.reap({1030, 8});
    EXPECT_EQ(faults({{10, {100, 0}}}, {10}), 38);
}

TEST(FaultsOf, AreThoseOfAProcessThatIsThere) {
    ASSERT_TRUE(faults_of(getpid()));
    EXPECT_GT(faults_of(getpid())->own, 100);
    EXPECT_FALSE(faults_of(0));
}

}  // namespace
}  // namespace tidemark::warden
