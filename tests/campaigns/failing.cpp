// Each call that tidemark makes of some functions of the C library fails once: the n-th write, open, fsync,
// rename, mkdir, readdir, fork and poll of a sweep of three runs, for every n. Tidemark must end by itself,
// with one of its exit codes and a reason, and the same command must then end with just the expected results.
//   build/…/tests/campaigns/failing [FUNCTION...]
#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "aftermath.hpp"
#include "kill_sweeps.hpp"
#include "support/workspace.hpp"

namespace tidemark::test {
namespace {

struct Failure {
    const char* function;
    int error;
};
constexpr std::array kFailures{
    Failure{"write", ENOSPC}, Failure{"write", EINTR}, Failure{"pwrite", ENOSPC}, Failure{"pwrite", EIO},
    Failure{"open", EMFILE},  Failure{"open", EACCES}, Failure{"fsync", EIO},     Failure{"rename", ENOSPC},
    Failure{"mkdir", ENOSPC}, Failure{"poll", EINTR},  Failure{"poll", ENOMEM},   Failure{"readdir", EIO},
};

/// Whether there is an n-th call at all; what is wrong is printed, and counted.
bool one_fails(const KillSweep& sweep, const Failure& failure, int calls_before, int& bad) {
    Workspace folder;
    for (const auto& [name, content] : sweep.files) folder.write_script(name, content);
    StartOptions options;
    mark(options, static_cast<unsigned>(calls_before));
    StartOptions failing = options;
    failing.environment["LD_PRELOAD"] = TIDEMARK_FAILING_CALLS;
    failing.environment["TIDEMARK_FAIL"] =
        fmt::format("{} {} {}", failure.function, calls_before, failure.error);
    failing.environment["TIDEMARK_FAIL_WITNESS"] = (folder / "failed").string();
    const Finished first = folder.tidemark(command_of(sweep), failing);
    if (!std::filesystem::exists(folder / "failed")) return false;
    std::vector<std::string> problems;
    const bool is_known = first.exit_code >= 0 && first.exit_code <= 3;
    if (!is_known) problems.push_back(fmt::format("exit {}: {}", first.exit_code, first.err));
    if (first.exit_code != 0 && first.err.empty()) problems.push_back("it failed without a reason");
    if (first.err.find("please report") != std::string::npos) problems.push_back(first.err);
    for (const std::string& problem : problems_after(sweep, folder, options)) problems.push_back(problem);
    bad += problems.empty() ? 0 : 1;
    for (const std::string& problem : problems)
        fmt::print("{} number {} fails with errno {}: {}\n", failure.function, calls_before + 1,
                   failure.error, problem);
    std::fflush(stdout);
    return true;
}

int campaign(const std::vector<std::string>& wanted) {
    const KillSweep sweep = kill_sweeps().front();
    int all_trials = 0, all_bad = 0;
    for (const Failure& failure : kFailures) {
        if (!wanted.empty() && std::find(wanted.begin(), wanted.end(), failure.function) == wanted.end())
            continue;
        int trials = 0, bad = 0;
        while (one_fails(sweep, failure, trials, bad)) ++trials;
        fmt::print("{:<7} errno {:>2}: {:>4} calls failed, {} problems\n", failure.function, failure.error,
                   trials, bad);
        std::fflush(stdout);
        all_trials += trials;
        all_bad += bad;
    }
    fmt::print("{} trials, {} with problems\n", all_trials, all_bad);
    return all_bad == 0 && all_trials > 0 ? 0 : 1;
}

}  // namespace
}  // namespace tidemark::test

int main(int count, char** arguments) {
    return tidemark::test::campaign({arguments + 1, arguments + count});
}
