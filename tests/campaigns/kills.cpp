// SIGKILL at random moments, for the runner, its wardens, both at once, or a program: afterwards the same
// command ends with just the expected results, and nothing is left alive, no cgroup, no claim.
//   build/…/tests/campaigns/kills --trials 2000 --first-seed 1
#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include <unistd.h>

#include <fmt/format.h>

#include "kill_sweeps.hpp"
#include "sql/connection.hpp"
#include "support/workspace.hpp"
#include "warden/cgroup_place.hpp"

namespace tidemark::test {
namespace {

constexpr const char* kMark = "TIDEMARK_CAMPAIGN";
constexpr std::array kVictims{"runner", "wardens", "both", "program"};
constexpr int kMostReruns = 3;

/// Of the children of a process, those of all its threads.
std::vector<pid_t> children_of(pid_t parent) {
    std::vector<pid_t> found;
    std::error_code error;
    for (const auto& task :
         std::filesystem::directory_iterator(fmt::format("/proc/{}/task", parent), error)) {
        std::ifstream children(task.path() / "children");
        found.insert(found.end(), std::istream_iterator<pid_t>(children), {});
    }
    return found;
}

std::vector<pid_t> marked(const std::string& mark) {
    std::vector<pid_t> found;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator("/proc", error)) {
        const std::string name = entry.path().filename();
        if (name.find_first_not_of("0123456789") != std::string::npos) continue;
        std::ifstream file(entry.path() / "environ", std::ios::binary);
        const std::string environment{std::istreambuf_iterator<char>(file), {}};
        const auto pid = static_cast<pid_t>(std::atol(name.c_str()));
        if (environment.find(mark) != std::string::npos && pid != getpid() && is_running(pid))
            found.push_back(pid);
    }
    return found;
}

std::vector<std::string> cgroups_of_the_dead() {
    std::vector<std::string> found;
    for (const warden::CgroupParent& parent : warden::CgroupParents({}).all()) {
        std::error_code error;
        for (const auto& entry : std::filesystem::directory_iterator(parent.folder, error)) {
            if (warden::maker_is_gone(entry.path().filename())) found.push_back(entry.path());
        }
    }
    return found;
}

/// Within some seconds, which only a failing trial takes.
template <typename Holds>
bool soon(Holds holds) {
    constexpr int kTries = 500;
    for (int attempt = 0; attempt < kTries; ++attempt) {
        if (holds()) return true;
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return holds();
}

class Trial {
  public:
    Trial(unsigned seed, const KillSweep& sweep, const std::string& victim)
        : random_(seed), sweep_(sweep), victim_(victim), mark_(fmt::format("{}-{}", getpid(), seed)) {
        options_.environment[kMark] = mark_;
        for (const auto& [name, content] : sweep.files) folder_.write_script(name, content);
    }

    /// What is wrong afterwards; empty: nothing.
    std::vector<std::string> make(double longest_s) {
        std::vector<Started> runners;
        for (int i = 0; i < sweep_.runners; ++i)
            runners.push_back(folder_.start_tidemark(command(), options_));
        const double moment = std::uniform_real_distribution<double>(0, longest_s)(random_);
        std::this_thread::sleep_for(std::chrono::duration<double>(moment));
        kill_victims(runners.front().pid());
        for (Started& runner : runners) runner.wait();
        run_until_done();
        look_at_results();
        look_at_leftovers();
        return problems_;
    }

  private:
    std::vector<std::string> command() const {
        std::vector<std::string> words{"run", "sweep.yaml"};
        words.insert(words.end(), sweep_.options.begin(), sweep_.options.end());
        return words;
    }

    void kill_victims(pid_t runner) const {
        std::vector<pid_t> victims;
        const std::vector<pid_t> wardens = children_of(runner);
        if (victim_ == "wardens" || victim_ == "both") victims = wardens;
        if (victim_ == "program") {
            for (const pid_t warden : wardens) {
                for (const pid_t program : children_of(warden)) victims.push_back(program);
            }
        }
        if (victim_ == "runner" || victim_ == "both") victims.push_back(runner);
        if (victim_ == "both") kill(runner, SIGSTOP);  // so that it does not see its wardens end
        for (const pid_t pid : victims) kill(pid, SIGKILL);
    }

    void run_until_done() {
        for (int attempt = 0; attempt < kMostReruns; ++attempt) {
            last_ = folder_.tidemark(command(), options_);
            if (last_.exit_code == 0) return;
        }
        problems_.push_back(fmt::format("exit {} of the same command: {}", last_.exit_code, last_.err));
    }

    std::string query(const std::string& sql) {
        return folder_.tidemark({"query", sql, "--format", "csv"}, options_).out;
    }

    void must_be(const std::string& sql, const std::string& expected) {
        const std::string said = query(sql);
        const std::string value = said.substr(std::min(said.size(), said.find('\n') + 1));
        if (value != expected + "\n")
            problems_.push_back(fmt::format("{}: {} instead of {}", sql, value, expected));
    }

    void look_at_results() {
        must_be("SELECT count(*) FROM results WHERE status = 'ok'", std::to_string(sweep_.results));
        must_be("SELECT count(*) FROM results", std::to_string(sweep_.results));
        must_be("SELECT count(*) FROM (SELECT DISTINCT cell, repeat FROM results)",
                std::to_string(sweep_.results));
        must_be("SELECT count(*) FROM results WHERE square IS NOT n * n", "0");
        must_be("SELECT count(*) FROM claims", "0");
        sql::Connection connection(folder_ / "results/tidemark.db", sql::Access::Read);
        if (connection.value_of("PRAGMA integrity_check") != Value(std::string("ok")))
            problems_.push_back("the database is damaged");
    }

    void look_at_leftovers() {
        if (!soon([&] { return marked(fmt::format("{}={}", kMark, mark_)).empty(); }))
            problems_.push_back(
                fmt::format("{} processes live on", marked(fmt::format("{}={}", kMark, mark_)).size()));
        if (!soon([] { return cgroups_of_the_dead().empty(); }))
            problems_.push_back("a cgroup is left: " + cgroups_of_the_dead().front());
        for (const pid_t pid : marked(fmt::format("{}={}", kMark, mark_))) kill(pid, SIGKILL);
    }

    std::mt19937 random_;
    const KillSweep& sweep_;
    std::string victim_;
    std::string mark_;
    StartOptions options_;
    Workspace folder_;
    Finished last_;
    std::vector<std::string> problems_;
};

/// How long the sweep takes when nobody is killed.
double seconds_of(const KillSweep& sweep) {
    Workspace folder;
    for (const auto& [name, content] : sweep.files) folder.write_script(name, content);
    std::vector<std::string> words{"run", "sweep.yaml"};
    words.insert(words.end(), sweep.options.begin(), sweep.options.end());
    const auto start = std::chrono::steady_clock::now();
    const Finished finished = folder.tidemark(words);
    if (finished.exit_code != 0) {
        fmt::print(stderr, "{}: exit {} although nobody was killed: {}\n", sweep.name, finished.exit_code,
                   finished.err);
        std::exit(1);
    }
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

int campaign(int trials, unsigned first_seed) {
    const std::vector<KillSweep> sweeps = kill_sweeps();
    std::map<std::string, double> seconds;
    for (const KillSweep& sweep : sweeps) seconds[sweep.name] = seconds_of(sweep);
    std::map<std::string, int> made;
    int bad = 0;
    for (int i = 0; i < trials; ++i) {
        const unsigned seed = first_seed + static_cast<unsigned>(i);
        const KillSweep& sweep = sweeps[seed % sweeps.size()];
        const std::string victim = kVictims[(seed / sweeps.size()) % kVictims.size()];
        const auto problems = Trial(seed, sweep, victim).make(seconds[sweep.name]);
        ++made[victim];
        bad += problems.empty() ? 0 : 1;
        for (const std::string& problem : problems)
            fmt::print("seed {} ({}, {} killed): {}\n", seed, sweep.name, victim, problem);
        std::fflush(stdout);
        fmt::print(stderr, "\r{} of {} trials, {} with problems ", i + 1, trials, bad);
    }
    fmt::print(stderr, "\n");
    for (const auto& [victim, count] : made) fmt::print("{:<8} killed {} times\n", victim, count);
    fmt::print("{} trials, {} with problems\n", trials, bad);
    return bad == 0 ? 0 : 1;
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
        fmt::print(stderr, "kills [--trials N] [--first-seed S]\n");
        return 2;
    }
    return tidemark::test::campaign(trials, first_seed);
}
