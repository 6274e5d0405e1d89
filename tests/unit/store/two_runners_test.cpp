#include <filesystem>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/workspace.hpp"
#include "unit/store/example_runs.hpp"

namespace tidemark::store {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;

constexpr int kRuns = 200;

/// A run with a column of its own runner, a column that both have, and one that only some runs have, so that
/// both add columns while the other one writes.
run::Record run_of(const std::string& runner, int number) {
    run::Record record = example_record(example_request(fmt::format("{}-{:03}", runner, number)));
    record.request.invocation = "invocation-" + runner;
    record.request.parameters = {{"number", std::int64_t{number}}};
    record.final_metrics = {{"of_" + runner, static_cast<double>(number)}, {"loss", 0.5}};
    if (number % 20 == 0) record.final_metrics[fmt::format("special_{}_{}", runner, number)] = 1;
    return record;
}

/// A runner in a process of its own, from the making of the database on.
pid_t start_runner(const fs::path& file, const std::string& runner,
                   const std::function<void(SweepLedger&, const fs::path&)>& work) {
    const pid_t child = fork();
    if (child != 0) return child;
    try {
        Database database = Database::open_or_create(file);
        SweepLedger ledger(database, example_invocation("invocation-" + runner), false);
        work(ledger, database.runs_folder());
        ledger.finish();
    } catch (const std::exception& problem) {
        fmt::print(stderr, "{}: {}\n", runner, problem.what());
        _exit(1);
    }
    _exit(0);
}

void wait_for(pid_t runner) {
    int status = 0;
    waitpid(runner, &status, 0);
    EXPECT_EQ(status, 0);
}

class TwoRunnersTest : public testing::Test {
  protected:
    std::vector<std::string> rows(const std::string& sql) {
        return rows_of(Database::open_to_read(file_).connection(), sql);
    }
    test::Workspace workspace_;
    const fs::path file_ = workspace_.path() / "results" / "tidemark.db";
};

TEST_F(TwoRunnersTest, NoRunOfTwoRunnersThatMakeOneDatabaseIsLostOrStoredTwice) {
    const auto records_all_of = [](const std::string& runner) {
        return [runner](SweepLedger& ledger, const fs::path& runs) {
            for (int number = 0; number < kRuns; ++number) {
                const run::Record record = run_of(runner, number);
                if (ledger.claim(record.request, runs / record.request.run_id) != run::Claim::Granted)
                    throw std::runtime_error("a run of its own was not granted");
                ledger.record(record);
            }
        };
    };
    const pid_t ada = start_runner(file_, "ada", records_all_of("ada"));
    const pid_t bob = start_runner(file_, "bob", records_all_of("bob"));
    wait_for(ada);
    wait_for(bob);

    EXPECT_THAT(rows("SELECT count(*), count(DISTINCT run_id), sum(number) FROM results"),
                ElementsAre(fmt::format("{} | {} | {}", 2 * kRuns, 2 * kRuns, kRuns * (kRuns - 1))));
    EXPECT_THAT(
        rows("SELECT count(of_ada), sum(of_ada), count(of_bob), sum(of_bob), sum(loss) FROM results"),
        ElementsAre(fmt::format("{0} | {1}.0 | {0} | {1}.0 | {0}.0", kRuns, kRuns * (kRuns - 1) / 2)));
    EXPECT_THAT(rows("SELECT count(*) FROM columns WHERE name LIKE 'special%'"), ElementsAre("20"));
    EXPECT_THAT(rows("SELECT count(*) FROM warnings"), ElementsAre("0"));
    EXPECT_THAT(rows("SELECT count(*) FROM claims"), ElementsAre("0"));
    EXPECT_THAT(rows("PRAGMA integrity_check"), ElementsAre("ok"));
}

TEST_F(TwoRunnersTest, TheSameSweepIsSharedAndEveryRunIsDoneOnce) {
    const auto shares = [](const std::string& runner) {
        return [runner](SweepLedger& ledger, const fs::path& runs) {
            std::vector<int> left(kRuns);
            for (int number = 0; number < kRuns; ++number) left[static_cast<std::size_t>(number)] = number;
            while (!left.empty()) {
                std::erase_if(left, [&](int number) {
                    run::Record record = run_of("shared", number);
                    record.request.run_id = fmt::format("{}-{}", runner, number);
                    record.request.invocation = "invocation-" + runner;
                    switch (ledger.claim(record.request, runs / record.request.run_id)) {
                        case run::Claim::Granted:
                            ledger.record(record);
                            return true;
                        case run::Claim::AlreadyDone:
                            return true;
                        case run::Claim::Elsewhere:
                            return false;
                    }
                    return true;
                });
            }
        };
    };
    const pid_t ada = start_runner(file_, "ada", shares("ada"));
    const pid_t bob = start_runner(file_, "bob", shares("bob"));
    wait_for(ada);
    wait_for(bob);
    EXPECT_THAT(rows("SELECT count(*) FROM attempts"), ElementsAre(std::to_string(kRuns)));
    EXPECT_THAT(rows("SELECT count(DISTINCT number) FROM results WHERE status = 'ok'"),
                ElementsAre(std::to_string(kRuns)));
    EXPECT_THAT(rows("SELECT count(*) FROM claims"), ElementsAre("0"));
}

}  // namespace
}  // namespace tidemark::store
