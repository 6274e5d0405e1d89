#include "base/suggestion.hpp"

#include <gtest/gtest.h>

namespace tidemark {
namespace {

TEST(Nearest, FindsTypingErrors) {
    EXPECT_EQ(nearest("batch_sise", {"accumulation", "batch_size", "workers"}), "batch_size");
    EXPECT_EQ(nearest("worekrs", {"batch_size", "workers"}), "workers");
}

TEST(Nearest, PrefersADifferenceOfCase) {
    EXPECT_EQ(nearest("Gb", {"B", "GB", "GiB"}), "GB");
}

TEST(Nearest, OffersNothingFarAway) {
    EXPECT_EQ(nearest("zebra", {"batch_size", "workers"}), std::nullopt);
}

}  // namespace
}  // namespace tidemark
