#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "own_program.hpp"
#include "support/places.hpp"

namespace tidemark::test {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;

/// known-program takes 3 MiB more in each of seven epochs, or nothing.
class MemoryThatGrows : public OwnProgram {
  protected:
    std::string sweep(const std::string& checks) const {
        return "command: [" + test::binary_dir() +
               "/tests/programs/known-program, epochs, \"7\", \"{mib}\"]\nmatrix: {mib: [0, 3]}\nchecks:\n" +
               checks;
    }
};

TEST_F(MemoryThatGrows, IsAFigureWithBoundsThatAreChecked) {
    const std::string checks =
        "  - {name: grows, where: mib = 3, metric: growth_bytes_per_epoch, max: 4 MiB}\n"
        "  - {name: leaks, where: mib = 3, metric: growth_bytes_per_epoch, max: 2 MiB}\n"
        "  - {name: stays, where: mib = 0, metric: growth_bytes_per_epoch, max: 64 KiB}\n";
    const Finished made = run(sweep(checks));
    ASSERT_EQ(made.exit_code, 0) << made.err;
    EXPECT_EQ(query("SELECT count(*) AS n FROM results WHERE growth_low_bytes_per_epoch > 2.5e6 AND "
                    "growth_high_bytes_per_epoch < 3.8e6 AND mib = 3"),
              "n\n1\n")
        << query("SELECT * FROM results");
    EXPECT_EQ(query("SELECT count(*) AS n FROM epochs WHERE largest_sample_bytes > 0"), "n\n14\n");
    const Finished said = folder.tidemark({"check", "own.yaml"});
    EXPECT_EQ(said.exit_code, 1) << said.err;
    EXPECT_THAT(said.out, ContainsRegex("pass +grows "));
    EXPECT_THAT(said.out, ContainsRegex("broken +leaks +mib=3 +growth_bytes_per_epoch .* at most 2.00 MiB +"
                                        "repeat 1: at least [23].[0-9]+ MiB is above 2.00 MiB"));
    EXPECT_THAT(said.out, ContainsRegex("pass +stays "));
    const Finished shown = folder.tidemark({"show", "mib=3"});
    EXPECT_THAT(shown.out, ContainsRegex("growth from epoch to epoch +[23].[0-9]+ MiB"));
    EXPECT_THAT(shown.out, HasSubstr("its memory grew from epoch to epoch, by "));
    EXPECT_THAT(shown.out, ContainsRegex("epoch +loss +largest sample \\(MiB\\)"));
    EXPECT_THAT(folder.tidemark({"show", "mib=0"}).out, testing::Not(HasSubstr("its memory grew")));
}

TEST_F(OwnProgram, AnEpochThatBeginsAPhaseHasAnExactPeak) {
    TIDEMARK_NEEDS_PROGRAM("python3");
    // the high memory lasts for a millisecond, which no sample has to see
    folder.write("epochs.py",
                 "import tidemark_events as tidemark\n"
                 "for epoch in (1, 2, 3):\n"
                 "    tidemark.phase('train')\n"
                 "    block = bytearray(b'x') * (epoch * 20 << 20)\n    del block\n"
                 "    tidemark.phase('evaluate')\n    tidemark.metric('loss', 1 / epoch, epoch=epoch)\n");
    const Finished made =
        run("command: [python3, -B, epochs.py]\nenvironment: {PYTHONPATH: " + test::source_dir() +
            "/plugins/pytorch}\n");
    ASSERT_EQ(made.exit_code, 0) << made.err;
    const Finished shown = folder.tidemark({"show", "own", "--format", "json"});
    std::vector<double> peaks;
    for (const auto& row : nlohmann::json::parse(shown.out)) {
        if (row.at("section") == "by epoch" && row.at("name").get<std::string>().ends_with("peak_rss_bytes"))
            peaks.push_back(row.at("value").get<double>() / (1 << 20));
    }
    ASSERT_EQ(peaks.size(), 3U) << shown.out;
    EXPECT_NEAR(peaks[1] - peaks[0], 20, 2) << shown.out;
    EXPECT_NEAR(peaks[2] - peaks[1], 20, 2) << shown.out;
    EXPECT_THAT(folder.tidemark({"show", "own"}).out, ContainsRegex("epoch +loss +peak memory \\(MiB\\)"));
}

TEST_F(OwnProgram, OfOneThatTellsTooFewEpochsTheReasonIsShown) {
    folder.write_script(
        "job.sh",
        "#!/bin/sh\necho '{\"event\":\"progress\",\"step\":1,\"total\":1,\"epoch\":1,\"t\":1}' >> "
        "\"$TIDEMARK_EVENTS\"\n");
    const Finished made =
        run("command: [./job.sh]\nchecks:\n"
            "  - {name: stays, where: \"true\", metric: growth_bytes_per_epoch, max: 1 MiB}\n");
    ASSERT_EQ(made.exit_code, 0) << made.err;
    const std::string why = "0 epochs after the first have a sample; 5 are needed";
    EXPECT_THAT(folder.tidemark({"show", "own"}).out, HasSubstr(why)) << made.out;
    const Finished said = folder.tidemark({"check", "own.yaml"});
    EXPECT_EQ(said.exit_code, 4);
    EXPECT_THAT(said.out, HasSubstr("repeat 1 has no growth_bytes_per_epoch: " + why));
}

}  // namespace
}  // namespace tidemark::test
