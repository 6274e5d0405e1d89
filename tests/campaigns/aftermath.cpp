#include "aftermath.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

#include <unistd.h>

#include <fmt/format.h>

#include "sql/connection.hpp"
#include "warden/cgroup_place.hpp"

namespace tidemark::test {
namespace {

constexpr const char* kMark = "TIDEMARK_CAMPAIGN";
constexpr int kMostReruns = 3;  // what a trial has made fail is made again

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

class Aftermath {
  public:
    Aftermath(const KillSweep& sweep, Workspace& folder, const StartOptions& options)
        : sweep_(sweep),
          folder_(folder),
          options_(options),
          mark_(fmt::format("{}={}", kMark, options.environment.at(kMark))) {}

    std::vector<std::string> problems() {
        run_until_done();
        look_at_results();
        look_at_leftovers();
        return problems_;
    }

  private:
    void run_until_done() {
        Finished last;
        for (int attempt = 0; attempt < kMostReruns; ++attempt) {
            last = folder_.tidemark(command_of(sweep_), options_);
            if (last.exit_code == 0) return;
        }
        problems_.push_back(fmt::format("exit {} of the same command: {}", last.exit_code, last.err));
    }

    void must_be(const std::string& sql, const std::string& expected) {
        const std::string said = folder_.tidemark({"query", sql, "--format", "csv"}, options_).out;
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
        try {
            sql::Connection connection(folder_ / "results/tidemark.db", sql::Access::Read);
            if (connection.value_of("PRAGMA integrity_check") != Value(std::string("ok")))
                problems_.push_back("the database is damaged");
        } catch (const std::exception& error) {
            problems_.push_back(fmt::format("the database cannot be read: {}", error.what()));
        }
    }

    void look_at_leftovers() {
        if (!soon([&] { return marked(mark_).empty(); }))
            problems_.push_back(fmt::format("{} processes live on", marked(mark_).size()));
        if (!soon([] { return cgroups_of_the_dead().empty(); }))
            problems_.push_back("a cgroup is left: " + cgroups_of_the_dead().front());
        for (const pid_t pid : marked(mark_)) kill(pid, SIGKILL);
    }

    const KillSweep& sweep_;
    Workspace& folder_;
    const StartOptions& options_;
    std::string mark_;
    std::vector<std::string> problems_;
};

}  // namespace

std::vector<std::string> command_of(const KillSweep& sweep) {
    std::vector<std::string> words{"run", "sweep.yaml"};
    words.insert(words.end(), sweep.options.begin(), sweep.options.end());
    return words;
}

void mark(StartOptions& options, unsigned trial) {
    options.environment[kMark] = fmt::format("{}-{}", getpid(), trial);
}

std::vector<std::string> problems_after(const KillSweep& sweep, Workspace& folder,
                                        const StartOptions& options) {
    return Aftermath(sweep, folder, options).problems();
}

}  // namespace tidemark::test
