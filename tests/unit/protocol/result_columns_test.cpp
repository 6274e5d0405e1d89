#include "protocol/result_columns.hpp"

#include <algorithm>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/value.hpp"
#include "protocol/figure_value.hpp"

namespace tidemark::protocol {
namespace {

using testing::Contains;

TEST(Figures, EachIsOneRowAndEveryMeasuredColumnOfTheContractIsOne) {
    std::set<std::string_view> names;
    for (const Figure& figure : kFigures) {
        EXPECT_TRUE(names.insert(figure.name).second) << figure.name << " stands twice";
        EXPECT_TRUE(is_fixed_column(figure.name));
        EXPECT_FALSE(figure.heading.empty() || figure.chinese.empty() || figure.title.empty()) << figure.name;
    }
    const auto first = std::ranges::find(kResultColumns, "wall_s");
    for (auto column = first; column != kResultColumns.end(); ++column) EXPECT_THAT(names, Contains(*column));
}

TEST(Figures, NoFixedColumnLooksLikeOneOfAParameterOrAMetric) {
    for (const std::string_view name : kResultColumns)
        EXPECT_FALSE(name.starts_with("p_") || name.starts_with("m_")) << name;
    for (const std::string_view name : further_result_columns())
        EXPECT_FALSE(name.starts_with("p_") || name.starts_with("m_")) << name;
}

TEST(Figures, HaveTheValueThatWasMeasured) {
    Measurement measured;
    measured.wall_s = 1.5;
    measured.peak_rss_bytes = 10;
    measured.memory_limit_reached = true;
    EXPECT_EQ(value_of(*find_figure("wall_s"), measured), Value(1.5));
    EXPECT_EQ(value_of(*find_figure("peak_rss_bytes"), measured), Value(std::int64_t{10}));
    EXPECT_EQ(value_of(*find_figure("memory_limit_reached"), measured), Value(true));
    EXPECT_EQ(value_of(*find_figure("peak_swap_bytes"), measured), Value());
    EXPECT_EQ(value_of(*find_figure("memory_method"), measured), Value()) << "an empty text is no method";
    EXPECT_EQ(find_figure("accuracy"), nullptr);
}

TEST(ResultColumns, AreTheContractsThenOwnOnesThenLaterOnesEachOnce) {
    const auto all = all_result_columns({"batch_size", "lr"}, {"accuracy", "lr"});
    EXPECT_EQ(std::vector<std::string>(all.begin(), all.begin() + kResultColumns.size()),
              std::vector<std::string>(kResultColumns.begin(), kResultColumns.end()));
    EXPECT_EQ(std::vector<std::string>(all.begin() + kResultColumns.size(),
                                       all.begin() + kResultColumns.size() + 4),
              (std::vector<std::string>{"batch_size", "lr", "accuracy", "peak_bounds_from"}));
    EXPECT_EQ(std::vector<std::string>(all.end() - 4, all.end()),
              (std::vector<std::string>{std::string(kLastWords), "revision", "tags", "note"}));
}

TEST(ResultColumns, WhatPeopleSayTakesNoNameAway) {
    EXPECT_TRUE(is_fixed_column("revision"));
    EXPECT_FALSE(is_fixed_column("tags"));
    EXPECT_FALSE(is_fixed_column("note"));
    const auto all = all_result_columns({"note"}, {});
    EXPECT_EQ(std::ranges::count(all, "note"), 1);
    EXPECT_EQ(all[kResultColumns.size()], "note");
}

TEST(Unit, IsThatOfTheFigureOfTheKnownMetricOrOfTheName) {
    EXPECT_EQ(unit_of("peak_rss_bytes"), Unit::Bytes);
    EXPECT_EQ(unit_of("major_faults"), Unit::Count);
    EXPECT_EQ(unit_of("cpu_s"), Unit::Seconds);
    EXPECT_EQ(unit_of("accuracy"), Unit::Fraction);
    EXPECT_EQ(unit_of("tokens_per_s"), Unit::PerSecond);
    EXPECT_EQ(unit_of("read_bytes_per_s"), Unit::BytesPerSecond);
    EXPECT_EQ(heading_of("read_bytes_per_s", Unit::BytesPerSecond), "read");
    EXPECT_EQ(unit_of("load_s"), Unit::Seconds);
    EXPECT_EQ(unit_of("buffer_bytes"), Unit::Bytes);
    EXPECT_EQ(unit_of("score"), Unit::None);
}

TEST(Heading, IsOneForOneFigure) {
    EXPECT_EQ(heading_of("peak_rss_bytes", Unit::Bytes), "peak memory");
    EXPECT_EQ(heading_of("peak_rss_bytes", Unit::Bytes, Language::Chinese), "峰值内存");
    EXPECT_EQ(heading_of("images_per_s", Unit::PerSecond), "images");
    EXPECT_EQ(heading_of("epoch_s", Unit::Seconds), "epoch");
    EXPECT_EQ(heading_of("best_loss", Unit::None, Language::Chinese), "best loss") << "a name of somebody's";
    EXPECT_EQ(title_of("wall_s", Unit::Seconds), "wall time");
    EXPECT_EQ(title_of("cpu_s", Unit::Seconds), "CPU time");
    EXPECT_EQ(title_of("best_loss", Unit::None), "best loss");
}

TEST(Noise, FollowsFromTheFigureOrFromTheUnit) {
    EXPECT_EQ(noise_of("peak_rss_bytes", Unit::Bytes), Noise::Memory);
    EXPECT_EQ(noise_of("cpu_s", Unit::Seconds), Noise::CpuTime);
    EXPECT_EQ(noise_of("user_s", Unit::Seconds), Noise::CpuTime);
    EXPECT_EQ(noise_of("epoch_s", Unit::Seconds), Noise::WallTime);
    EXPECT_EQ(noise_of("images_per_s", Unit::PerSecond), Noise::WallTime);
    EXPECT_EQ(noise_of("heap", Unit::Bytes), Noise::Memory) << "as its capture says";
    EXPECT_EQ(noise_of("accuracy", Unit::Fraction), Noise::None);
}

TEST(Reason, IsToldWithTheLastWords) {
    EXPECT_EQ(told_reason("exit code 1", "no such file"), "exit code 1: no such file");
    EXPECT_EQ(told_reason("exit code 1", ""), "exit code 1");
    EXPECT_EQ(told_reason("", ""), "");
}

}  // namespace
}  // namespace tidemark::protocol
