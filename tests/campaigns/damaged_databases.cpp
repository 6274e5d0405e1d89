// Databases as a bad disk or another program leaves them, and locks of another program. Of a good database
// copies are damaged at random (bytes, a page, its end) and every verb is asked: it must end by itself, with
// one of its exit codes and without a crash. And sweeps are made while another program locks the database
// again and again: they must end with just the expected results.
//   build/…/tests/campaigns/damaged_databases [--trials N] [--first-seed S]       100 of each by default
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>

#include "aftermath.hpp"
#include "kill_sweeps.hpp"
#include "sql/connection.hpp"
#include "support/workspace.hpp"

namespace tidemark::test {
namespace {

constexpr const char* kDatabase = "results/tidemark.db";

const std::vector<std::vector<std::string>>& questions() {
    static const std::vector<std::vector<std::string>> all{
        {"list"},
        {"list", "--format", "json"},
        {"show", "n=1"},
        {"query", "SELECT * FROM results"},
        {"query", "SELECT * FROM samples"},
        {"report", "sweep.yaml"},
        {"check", "sweep.yaml"},
        {"compare", "killed", "killed"},
        {"baseline", "list"},
        {"export", "copy.db"},
        {"watch"},
        {"run", "sweep.yaml"},
    };
    return all;
}

std::string damaged(std::string bytes, std::mt19937& random) {
    const auto any = [&](std::size_t below) {
        return std::uniform_int_distribution<std::size_t>(0, below - 1)(random);
    };
    constexpr std::size_t kPage = 4096;
    switch (any(4)) {
        case 0:  // some bytes
            for (int i = 0; i < 20; ++i) bytes[any(bytes.size())] = static_cast<char>(any(256));
            break;
        case 1:  // its head, which says how all is to be read
            for (int i = 0; i < 4; ++i) bytes[any(100)] = static_cast<char>(any(256));
            break;
        case 2:  // a page that was never written
            std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(any(bytes.size() / kPage) * kPage), kPage,
                        '\0');
            break;
        default:
            bytes.resize(any(bytes.size()));
    }
    return bytes;
}

/// Asks one question of the copy; what is wrong with the answer, else nothing.
std::string problem_of(Workspace& folder, const std::vector<std::string>& question) {
    std::vector<std::string> command{"timeout", "-k", "5", "60", tidemark_binary()};
    command.insert(command.end(), question.begin(), question.end());
    const Finished finished = folder.run(command);
    if (finished.exit_code == 124 || finished.exit_code == 137) return "it did not end within a minute";
    if (finished.exit_code < 0 || finished.exit_code > 4)
        return fmt::format("exit {}: {}", finished.exit_code, finished.err);
    if (finished.err.find("please report") != std::string::npos) return finished.err;
    if (finished.exit_code >= 2 && finished.err.empty() && finished.out.empty()) return "no reason";
    return {};
}

int damaged_copies(int trials, unsigned first_seed) {
    const KillSweep sweep = kill_sweeps().front();
    Workspace folder;
    for (const auto& [name, content] : sweep.files) folder.write_script(name, content);
    if (folder.tidemark(command_of(sweep)).exit_code != 0) return 1;
    sql::Connection(folder / kDatabase, sql::Access::ReadWrite).execute("PRAGMA wal_checkpoint(TRUNCATE)");
    const std::string good = folder.read(kDatabase);
    int bad = 0;
    for (int i = 0; i < trials; ++i) {
        std::mt19937 random(first_seed + static_cast<unsigned>(i));
        const std::string copy = damaged(good, random);
        for (const auto& question : questions()) {
            for (const char* beside : {"-wal", "-shm"})
                std::filesystem::remove(folder / (std::string(kDatabase) + beside));
            std::filesystem::remove(folder / "copy.db");
            folder.write(kDatabase, copy);
            const std::string problem = problem_of(folder, question);
            if (problem.empty()) continue;
            ++bad;
            fmt::print("seed {}: {}: {}\n", first_seed + static_cast<unsigned>(i), question.front(), problem);
            std::fflush(stdout);
        }
    }
    fmt::print("damaged: {} trials, {} with problems\n", trials * static_cast<int>(questions().size()), bad);
    return bad;
}

/// Locks the database for some hundred milliseconds, again and again, until it is told to end.
void lock_now_and_then(const std::filesystem::path& database, unsigned seed, const std::atomic<bool>& end) {
    std::mt19937 random(seed);
    const auto pause = [&](int most) {
        std::this_thread::sleep_for(
            std::chrono::milliseconds(std::uniform_int_distribution<int>(1, most)(random)));
    };
    while (!end) {
        pause(50);
        if (!std::filesystem::exists(database)) continue;
        try {
            sql::Connection other(database, sql::Access::ReadWrite, Seconds{1});
            other.execute(random() % 2 == 0 ? "BEGIN EXCLUSIVE" : "BEGIN IMMEDIATE");
            pause(400);
            other.execute("ROLLBACK");
        } catch (const std::exception&) {  // tidemark has it just now
        }
    }
}

int locked_sweeps(int trials, unsigned first_seed) {
    const std::vector<KillSweep> sweeps = kill_sweeps();
    int bad = 0;
    for (int i = 0; i < trials; ++i) {
        const unsigned seed = first_seed + static_cast<unsigned>(i);
        const KillSweep& sweep = sweeps[seed % sweeps.size()];
        Workspace folder;
        for (const auto& [name, content] : sweep.files) folder.write_script(name, content);
        StartOptions options;
        mark(options, seed);
        std::atomic<bool> end = false;
        std::thread other([&] { lock_now_and_then(folder / kDatabase, seed, end); });
        const Finished first = folder.tidemark(command_of(sweep), options);
        end = true;
        other.join();
        std::vector<std::string> problems = problems_after(sweep, folder, options);
        if (first.exit_code != 0) problems.push_back(fmt::format("exit {}: {}", first.exit_code, first.err));
        bad += problems.empty() ? 0 : 1;
        for (const std::string& problem : problems)
            fmt::print("seed {} ({}, locked): {}\n", seed, sweep.name, problem);
        std::fflush(stdout);
    }
    fmt::print("locked: {} trials, {} with problems\n", trials, bad);
    return bad;
}

}  // namespace
}  // namespace tidemark::test

int main(int count, char** arguments) {
    int trials = 100;
    unsigned first_seed = 1;
    for (int i = 1; i + 1 < count; i += 2) {
        const std::string option = arguments[i];
        if (option == "--trials") trials = std::atoi(arguments[i + 1]);
        if (option == "--first-seed") first_seed = static_cast<unsigned>(std::atoi(arguments[i + 1]));
    }
    if (count % 2 == 0 || trials < 1) {
        fmt::print(stderr, "damaged_databases [--trials N] [--first-seed S]\n");
        return 2;
    }
    const int damaged = tidemark::test::damaged_copies(trials, first_seed);
    const int locked = tidemark::test::locked_sweeps(trials, first_seed);
    return damaged + locked == 0 ? 0 : 1;
}
