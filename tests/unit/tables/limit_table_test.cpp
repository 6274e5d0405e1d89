#include "tables/limit_table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tidemark::tables {
namespace {

using protocol::Status;
using testing::ElementsAre;

constexpr Bytes mebibytes(std::int64_t amount) {
    return {amount * kMebibyte};
}

LimitProbe probe(std::optional<Bytes> limit, Status status, double wall) {
    LimitProbe made;
    made.run_id = "id";
    made.limit = limit;
    made.status = status;
    made.reason = status == Status::Ok ? "" : "for a reason";
    made.wall = Seconds{wall};
    made.charged = limit ? *limit : mebibytes(120);
    made.major_faults = 7;
    return made;
}

/// As it is found: without a limit, down, and up again.
FittedLimit found() {
    FittedLimit fitted;
    fitted.probes = {probe({}, Status::Ok, 2),
                     probe({}, Status::Ok, 2.2),
                     probe({}, Status::Ok, 1.9),
                     probe(mebibytes(60), Status::Oom, 1),
                     probe(mebibytes(110), Status::Ok, 2.1),
                     probe(mebibytes(80), Status::Timeout, 40),
                     probe(mebibytes(90), Status::Ok, 5)};
    fitted.need = {82.0 * kMebibyte, 86.0 * kMebibyte};
    fitted.recommended = mebibytes(90);
    fitted.is_known = true;
    return fitted;
}

std::vector<std::vector<std::string>> shown(const report::Table& table) {
    return present(table).rows;
}

TEST(LimitTable, GoesFromTheLargestLimitToTheSmallest) {
    EXPECT_THAT(shown(limit_table(found())),
                ElementsAre(ElementsAre("none", "ok", "2.0", "1.00", "120.0", "7"),
                            ElementsAre("none", "ok", "2.2", "1.10", "120.0", "7"),
                            ElementsAre("none", "ok", "1.9", "0.95", "120.0", "7"),
                            ElementsAre("110.0", "ok", "2.1", "1.05", "110.0", "7"),
                            ElementsAre("90.0", "ok", "5.0", "2.50", "90.0", "7"),
                            ElementsAre("80.0", "timeout, for a reason", "40.0", "–", "80.0", "7"),
                            ElementsAre("60.0", "out of memory", "1.0", "–", "60.0", "7")));
}

TEST(LimitTable, SaysWhatFollows) {
    EXPECT_THAT(
        limit_sentences(found()),
        ElementsAre(
            "the smallest limit under which it ends well lies between 82.0 MiB and 86.0 MiB (95 % "
            "interval)",
            "recommended: 90 MiB, 7.1 % above that, so that all but one of a thousand runs end well; "
            "1 run was made under it and ended well, in 2.50 times the time without a limit",
            "under a limit of 110 MiB and more it takes no longer than without one (1.1 times at most)"));
}

TEST(LimitTable, SaysWhatIsNotKnown) {
    FittedLimit fitted = found();
    fitted.is_known = false;
    fitted.recommended = mebibytes(95);
    EXPECT_THAT(limit_sentences(fitted).at(1),
                "that is not known to 1 % or 4 MiB: more runs (--runs) narrow it");
    EXPECT_THAT(limit_sentences(fitted).at(2), testing::EndsWith("; no run was made under it yet"));
    fitted.probes.push_back(probe(mebibytes(95), Status::Oom, 1));
    EXPECT_THAT(limit_sentences(fitted).at(2), testing::EndsWith("; 1 of 1 runs under it did not end well"));
}

TEST(LimitTable, SpellsTheLimitForOthers) {
    FittedLimit fitted = found();
    fitted.recommended = {mebibytes(90).value + 1};
    EXPECT_THAT(shown(limit_spellings(fitted)),
                ElementsAre(ElementsAre("sweep file", "limits: {memory: 91 MiB}"),
                            ElementsAre("Docker", "docker run --memory 91m --memory-swap 91m"),
                            ElementsAre("Kubernetes",
                                        "resources: {requests: {memory: 91Mi}, limits: {memory: 91Mi}}"),
                            ElementsAre("Slurm", "#SBATCH --mem=91M")));
}

TEST(LimitTable, HasARowForEachFigureForMachines) {
    const report::Table table = limit_table_for_machines(found());
    ASSERT_EQ(table.rows.size(), 10U);
    EXPECT_EQ(table.rows[7][0].value, Value(std::string("need_low")));
    EXPECT_EQ(table.rows[7][2].value, Value(82 * kMebibyte));
    EXPECT_EQ(table.rows[9][0].value, Value(std::string("recommended")));
    EXPECT_EQ(table.rows[9][2].value, Value(90 * kMebibyte));
    EXPECT_EQ(table.rows[5][3].value, Value(std::string("timeout")));
}

}  // namespace
}  // namespace tidemark::tables
