#include "report/run_sheet.hpp"

#include <algorithm>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/sweep_ledger.hpp"
#include "support/workspace.hpp"
#include "tables/report_document.hpp"

namespace tidemark::tables {
namespace {

using report::Better;
using report::RunSheet;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::int64_t kMebibyte = std::int64_t{1} << 20;

constexpr const char* kSweep =
    "sweep: sizes\ncommand: [/bin/true, \"{n}\"]\nmatrix: {n: [1, 2, 3]}\nlimits: {memory: 2 GiB}\n"
    "checks:\n  - {name: fits, where: \"true\", metric: peak_rss, max: 1 GiB}\n"
    "  - {name: scores, where: \"n < 3\", metric: score, min: 2}\n";

/// The sheet of a sweep of three runs: one is small and was measured, one is large, one was not made.
class Sheet : public testing::Test {
  protected:
    explicit Sheet(const std::string& text = kSweep) {
        workspace_.write("sizes.yaml", text);
        sweep_.emplace(
            sweep::Sweep::load(workspace_ / "sizes.yaml", catalogue_,
                               {.set = {}, .only = {}, .allow_many = false, .caller_directory = "/"}));
        store::Invocation invocation;
        invocation.invocation_id = "invocation-1";
        invocation.sweep = sweep_->name();
        store::SweepLedger ledger(database_, invocation, false);
        ledger.record(record_of(0, 600 * kMebibyte, 3));
        run::Record large = record_of(1, 1500 * kMebibyte, 1);
        large.warnings = {"something happened"};
        ledger.record(large);
    }

    run::Record record_of(std::size_t number, std::int64_t peak, double score) {
        const sweep::RunSpec& spec = sweep_->runs()[number];
        run::Record record;
        record.request = sweep_->request(spec);
        record.request.run_id = "id-" + std::to_string(number);
        record.request.invocation = "invocation-1";
        record.request.key = to_text(sweep_->key(spec));
        record.request.repeat = 1;
        record.directory = workspace_ / record.request.run_id;
        std::filesystem::create_directories(record.directory);
        std::ofstream(std::filesystem::path(record.directory) / "stderr.log") << "said <by> it\n";
        record.outcome = run::Exited{0};
        record.measurement.wall_s = 1.5;
        record.measurement.peak_rss_bytes = peak;
        record.measurement.peak_rss_low_bytes = record.measurement.peak_rss_high_bytes = peak;
        record.final_metrics = {{"score", score}};
        return record;
    }

    report::Document document() {
        results::CurrentResults results(database_.connection(),
                                        results::expectation_of(*sweep_, results::Program::Present));
        report::Document document = report_document(*sweep_, results, Language::English);
        add_page_parts(document, *sweep_, results, catalogue_);
        return document;
    }

    static std::vector<std::string> names(const RunSheet& sheet, bool shown) {
        std::vector<std::string> names;
        for (std::size_t i = 0; i < sheet.columns.size(); ++i)
            if (sheet.columns[i].shown == shown) names.push_back(sheet.table.columns[i].name);
        return names;
    }

    test::Workspace workspace_;
    sweep::WorkloadCatalogue catalogue_;
    std::optional<sweep::Sweep> sweep_;
    store::Database database_ = store::Database::open_or_create(workspace_ / "tidemark.db");
};

TEST_F(Sheet, HasAColumnForAllThatDiffersAndWasMeasured) {
    const RunSheet sheet = *document().sheet;
    EXPECT_THAT(names(sheet, true),
                ElementsAre("run", "status", "peak_rss_bytes", "wall_s", "score", "n", "warnings"));
    EXPECT_THAT(names(sheet, false), ElementsAre("peak_rss_low_bytes", "peak_rss_high_bytes"))
        << "what no run has is left out";
    EXPECT_TRUE(sheet.replaces_tables) << "nobody has declared any";
    EXPECT_THAT(sheet.table.runs, ElementsAre("n=1", "n=2", "n=3"));
}

TEST_F(Sheet, KnowsWhichFiguresOneWouldRatherHave) {
    const RunSheet sheet = *document().sheet;
    EXPECT_THAT(sheet.best, ElementsAre(2, 3, 4));
    EXPECT_EQ(sheet.columns[2].better, Better::Less);
    EXPECT_EQ(sheet.columns[4].better, Better::More) << "a check wants at least so much of it";
}

TEST_F(Sheet, KnowsWhatRunsAreHeldUnder) {
    const RunSheet sheet = *document().sheet;
    ASSERT_EQ(sheet.ceilings.size(), 2U);
    EXPECT_EQ(sheet.ceilings[0].bytes, 1024.0 * kMebibyte);
    EXPECT_EQ(sheet.ceilings[0].source, "check: fits");
    EXPECT_EQ(sheet.ceilings[1].source, "limits: memory");
    EXPECT_EQ(sheet.runs[0].peak_high, 600.0 * kMebibyte);
    EXPECT_EQ(sheet.runs[1].peak_low, 1500.0 * kMebibyte);
    EXPECT_FALSE(sheet.runs[2].peak_low);
    std::vector<std::string> verdicts;
    for (const report::SheetCheck& check : sheet.checks) verdicts.push_back(check.run + " " + check.verdict);
    EXPECT_THAT(verdicts, ElementsAre("n=1 pass", "n=2 broken", "n=3 undecided", "n=1 pass", "n=2 broken"));
}

TEST_F(Sheet, ARunHasAllThatIsKnownOfItAndItsLog) {
    const RunSheet sheet = *document().sheet;
    EXPECT_THAT(sheet.runs[2].sections, IsEmpty());
    std::vector<std::string> titles;
    std::string log;
    for (const std::size_t section : sheet.runs[1].sections) {
        titles.push_back(sheet.sections[section].title);
        if (!sheet.sections[section].text.empty()) log = sheet.sections[section].text;
    }
    EXPECT_THAT(titles, testing::IsSupersetOf({"run n=2", "parameters", "measured", "warnings",
                                               "to see more and to repeat it", "the end of its stderr"}));
    EXPECT_EQ(log, "said <by> it\n");
    ASSERT_EQ(sheet.files.size(), 1U);
    EXPECT_EQ(sheet.files[0].text, kSweep);
}

TEST_F(Sheet, SectionsThatRunsShareAreThereOnce) {
    const RunSheet sheet = *document().sheet;
    EXPECT_EQ(sheet.runs[0].sections.back(), sheet.runs[1].sections.back()) << "both have said the same";
}

TEST_F(Sheet, WarningsAreToldApartFromHowFiguresAreRead) {
    const report::Document all = document();
    ASSERT_FALSE(all.notes.empty());
    EXPECT_TRUE(all.notes[0].is_warning);
    EXPECT_THAT(all.notes[0].text, HasSubstr("1 of 3 runs"));
    EXPECT_TRUE(all.notes.back().is_warning);
    EXPECT_EQ(all.notes.back().text,
              "1 run with warnings: the column “warnings” counts them, and what is shown "
              "of each run tells them.");
}

class SheetWithSecrets : public Sheet {
  protected:
    SheetWithSecrets()
        : Sheet(
              "sweep: sizes\ncommand: [/bin/true, \"{n}\", \"{token}\"]\nparameters: {token: swordfish}\n"
              "matrix: {n: [1, 2]}\nsecrets: [token]\n") {}
};

TEST_F(SheetWithSecrets, ShowsNeitherTheFileNorALog) {
    const RunSheet sheet = *document().sheet;
    EXPECT_THAT(sheet.files, IsEmpty());
    for (const report::DetailSection& section : sheet.sections) {
        if (section.text.empty()) continue;
        EXPECT_EQ(section.text, "Not shown: the sweep has secrets, and a log may hold them.");
    }
}

class SheetWithABrokenCheck : public Sheet {
  protected:
    SheetWithABrokenCheck()
        : Sheet(
              "sweep: sizes\ncommand: [/bin/true, \"{n}\"]\nmatrix: {n: [1, 2]}\n"
              "checks:\n  - {name: fits, where: \"scor > 1\", metric: peak_rss, max: 1 GiB}\n") {}
};

TEST_F(SheetWithABrokenCheck, SaysSoAndIsThereAllTheSame) {
    const report::Document all = document();
    ASSERT_TRUE(all.sheet);
    EXPECT_TRUE(std::ranges::any_of(all.notes, [](const report::Note& note) {
        return note.is_warning &&
               note.text.find("no result has a column 'scor' (did you mean 'score'?)") != std::string::npos;
    }));
}

}  // namespace
}  // namespace tidemark::tables
