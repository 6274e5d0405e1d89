#include "analysis/limit_search.hpp"

#include <random>

#include <gtest/gtest.h>

namespace tidemark::analysis {
namespace {

constexpr double kMebibytes = kMebibyte;

Bytes mebibytes(double amount) {
    return {static_cast<std::int64_t>(amount * kMebibytes)};
}

/// A program whose runs need a normally distributed amount.
struct Program {
    double need = 0;            ///< MiB
    double deviation = 0;       ///< of it, as a share
    double charged = 0;         ///< MiB, where there is no limit
    double anonymous = 0;       ///< MiB
    std::mt19937_64 random{1};  // NOLINT(*-msc51-cpp): always the same programs

    double one(double amount) { return std::normal_distribution(amount, amount * deviation)(random); }
    LimitSearch search() {
        std::vector<double> peaks;
        for (int i = 0; i < 3; ++i) peaks.push_back(one(charged) * kMebibytes);
        return LimitSearch({mebibytes(anonymous), peaks});
    }
    bool ends_well(Bytes limit) { return one(need) * kMebibytes <= static_cast<double>(limit.value); }
    /// How many trials it took.
    int look(LimitSearch& search, int most) {
        int trials = 0;
        for (; trials < most && !search.is_known(); ++trials) {
            const Bytes limit = search.next();
            search.add({limit, ends_well(limit)});
        }
        return trials;
    }
};

TEST(LimitSearch, FindsTheNeedOfAProgramThatTakesTheSameEachTime) {
    for (Program program :
         {Program{100, 0, 120, 90}, Program{400, 0.0003, 530, 390}, Program{120, 0, 5000, 118},
          Program{5, 0, 6, 4}, Program{1900, 0.0001, 2300, 1500}}) {
        LimitSearch search = program.search();
        EXPECT_LE(program.look(search, 100), 12) << program.need;
        const Interval need = search.mean_need();
        EXPECT_LE(need.low, program.need * kMebibytes * 1.003) << program.need;
        EXPECT_GE(need.high, program.need * kMebibytes * 0.997) << program.need;
        EXPECT_LE(need.high - need.low, std::max(0.01 * need.high, 4 * kMebibytes));
        EXPECT_GE(search.recommended(), mebibytes(program.need));
        EXPECT_LE(search.recommended(), mebibytes(program.need * 1.03 + 4)) << program.need;
    }
}

/// 60 searches: the interval holds the truth, and 20 runs of 20 end well under what is recommended.
TEST(LimitSearch, HoldsForProgramsThatScatter) {
    constexpr int kSearches = 60, kRuns = 20;
    int outside = 0, failed = 0;
    Program program{400, 0.01, 420, 380};
    for (int i = 0; i < kSearches; ++i) {
        LimitSearch search = program.search();
        program.look(search, 8);
        const Interval need = search.mean_need();
        const double truth = program.need * kMebibytes;
        if (truth < need.low || truth > need.high) ++outside;
        bool all = true;
        const Bytes recommended = search.recommended();
        for (int run = 0; run < kRuns; ++run) all = program.ends_well(recommended) && all;
        if (!all) ++failed;
    }
    EXPECT_LE(outside, 8) << "3 are expected";
    EXPECT_LE(failed, 5);
}

TEST(LimitSearch, NeverRecommendsWhatARunHasFailedUnder) {
    Program program{100, 0, 120, 90};
    LimitSearch search = program.search();
    program.look(search, 100);
    search.add({mebibytes(119), false});  // whatever the reason
    EXPECT_GT(search.recommended(), mebibytes(119));
}

TEST(LimitSearch, LooksBelowWhatWasChargedForPagesOfFiles) {
    Program program{100, 0, 6000, 20};
    LimitSearch search = program.search();
    EXPECT_LE(program.look(search, 100), 14);
    EXPECT_LE(search.recommended(), mebibytes(105));
}

TEST(LimitSearch, TriesWholeStepsOf64KiB) {
    const LimitSearch search({mebibytes(10), {30 * kMebibytes}});
    EXPECT_EQ(search.next().value % (64 * kKibibyte), 0);
    EXPECT_GT(search.next(), mebibytes(10));
    EXPECT_LT(search.next(), mebibytes(30));
}

}  // namespace
}  // namespace tidemark::analysis
