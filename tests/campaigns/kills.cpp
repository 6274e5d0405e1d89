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

#include "aftermath.hpp"
#include "kill_sweeps.hpp"
#include "support/workspace.hpp"

namespace tidemark::test {
namespace {

constexpr std::array kVictims{"runner", "wardens", "both", "program"};

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

class Trial {
  public:
    Trial(unsigned seed, const KillSweep& sweep, const std::string& victim)
        : random_(seed), sweep_(sweep), victim_(victim) {
        mark(options_, seed);
        for (const auto& [name, content] : sweep.files) folder_.write_script(name, content);
    }

    /// What is wrong afterwards; empty: nothing.
    std::vector<std::string> make(double longest_s) {
        std::vector<Started> runners;
        for (int i = 0; i < sweep_.runners; ++i)
            runners.push_back(folder_.start_tidemark(command_of(sweep_), options_));
        const double moment = std::uniform_real_distribution<double>(0, longest_s)(random_);
        std::this_thread::sleep_for(std::chrono::duration<double>(moment));
        kill_victims(runners.front().pid());
        for (Started& runner : runners) runner.wait();
        return problems_after(sweep_, folder_, options_);
    }

  private:
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

    std::mt19937 random_;
    const KillSweep& sweep_;
    std::string victim_;
    StartOptions options_;
    Workspace folder_;
};

/// How long the sweep takes when nobody is killed.
double seconds_of(const KillSweep& sweep) {
    Workspace folder;
    for (const auto& [name, content] : sweep.files) folder.write_script(name, content);
    const auto start = std::chrono::steady_clock::now();
    const Finished finished = folder.tidemark(command_of(sweep));
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
