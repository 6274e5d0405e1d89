#include "base/units.hpp"

#include <gtest/gtest.h>

namespace tidemark {
namespace {

TEST(ParseBytes, ReadsBinaryAndDecimalUnits) {
    EXPECT_EQ(parse_bytes("512 MiB").quantity, Bytes{512 * kMebibyte});
    EXPECT_EQ(parse_bytes("1 GB").quantity, Bytes{1'000'000'000});
    EXPECT_EQ(parse_bytes("1.5GiB").quantity, Bytes{3 * kGibibyte / 2});
    EXPECT_EQ(parse_bytes("4096").quantity, Bytes{4096});
}

TEST(ParseBytes, RefusesAmbiguousAndUnknownUnits) {
    EXPECT_EQ(
        parse_bytes("2 Gb").problem,
        "unknown unit 'Gb' in '2 Gb' (did you mean 'GB'?); units are B, kB, KiB, MB, MiB, GB, GiB, TB, TiB");
    EXPECT_EQ(parse_bytes("much").problem, "'much' is not a number with a unit, such as '512 MiB'");
    EXPECT_EQ(parse_bytes("-1 GB").problem, "'-1 GB' is negative");
    EXPECT_EQ(parse_bytes("0.5").problem, "'0.5' is not a whole number of bytes");
    EXPECT_EQ(parse_bytes("1e30 TiB").problem, "'1e30 TiB' is too large");
    EXPECT_EQ(parse_bytes("nan").problem, "'nan' is not a number with a unit, such as '512 MiB'");
}

TEST(ParseSeconds, ReadsEachUnit) {
    EXPECT_DOUBLE_EQ(parse_seconds("250 ms").quantity->value, 0.25);
    EXPECT_DOUBLE_EQ(parse_seconds("1.5 min").quantity->value, 90);
    EXPECT_DOUBLE_EQ(parse_seconds("2 h").quantity->value, 7200);
    EXPECT_DOUBLE_EQ(parse_seconds("500 us").quantity->value, 0.0005);
    EXPECT_DOUBLE_EQ(parse_seconds("500 µs").quantity->value, 0.0005);
    EXPECT_DOUBLE_EQ(parse_seconds("20 ns").quantity->value, 2e-8);
    EXPECT_EQ(parse_seconds("-1 us").problem, "'-1 us' is negative");
    EXPECT_EQ(parse_seconds("2 hours").problem,
              "unknown unit 'hours' in '2 hours' (did you mean '2 h'?); units are ms, s, min, h, d");
}

TEST(ParseShare, SuggestsThePercentageThatWasMeant) {
    EXPECT_DOUBLE_EQ(*parse_share("85 %").quantity, 0.85);
    EXPECT_DOUBLE_EQ(*parse_share("0.03").quantity, 0.03);
    EXPECT_EQ(parse_share("85").problem, "'85' is above 1 for a share; did you mean '85 %'?");
}

TEST(ToText, ShowsThreeSignificantDigits) {
    EXPECT_EQ(to_text(Bytes{512}), "512 B");
    EXPECT_EQ(to_text(Bytes{1747 * kMebibyte}), "1.71 GiB");
    EXPECT_EQ(to_text(Bytes{220 * kMebibyte}), "220 MiB");
    EXPECT_EQ(to_text(Seconds{0.35}), "350 ms");
    EXPECT_EQ(to_text(Seconds{0.0025}), "2 ms");
    EXPECT_EQ(to_text(Seconds{0.00025}), "250 µs") << "and not 0 ms";
    EXPECT_EQ(to_text(Seconds{4e-8}), "40 ns");
    EXPECT_EQ(to_text(Seconds{0}), "0 ms");
    EXPECT_EQ(to_text(Seconds{1e302}), "1e+302 s");
    EXPECT_EQ(to_text(Seconds{-1e302}), "-1e+302 s");
    EXPECT_EQ(to_text(Seconds{59.96}), "1 min 00 s");
    EXPECT_EQ(to_text(Seconds{7800}), "2 h 10 min");
}

}  // namespace
}  // namespace tidemark
