#include "data/download_progress.hpp"

#include <gtest/gtest.h>

namespace tidemark::data {
namespace {

TEST(Bar, IsFullOnlyAtTheEnd) {
    EXPECT_EQ(bar(0, 4), "[----]");
    EXPECT_EQ(bar(0.5, 4), "[##--]");
    EXPECT_EQ(bar(0.999, 4), "[###-]");
    EXPECT_EQ(bar(1, 4), "[####]");
}

}  // namespace
}  // namespace tidemark::data
