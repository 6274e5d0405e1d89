// Each system call of some kinds fails once, in whatever process of a sweep makes it: the runner, its
// wardens, which are static and so out of reach for a preloaded library, or a program. Tidemark must end by
// itself, with one of its exit codes and a reason, and the same command must then end with just the expected
// results.
//   build/…/tests/campaigns/failing_system_calls [--step N] [KIND...]      every N-th call, 1 by default
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "aftermath.hpp"
#include "call_supervisor.hpp"
#include "kill_sweeps.hpp"
#include "support/workspace.hpp"

namespace tidemark::test {
namespace {

struct Tally {
    int trials = 0;
    int bad = 0;
};

/// Whether there is such a call at all; what is wrong is printed, and counted.
bool one_fails(const KillSweep& sweep, const CallGroup& group, int calls_before, int error, Tally& tally) {
    Workspace folder;
    for (const auto& [name, content] : sweep.files) folder.write_script(name, content);
    StartOptions options;
    mark(options, static_cast<unsigned>(calls_before));
    std::vector<std::string> command = command_of(sweep);
    command.insert(command.begin(), tidemark_binary());
    const Supervised first = run_with_failing_call(folder, command, options, group, calls_before, error);
    std::vector<std::string> problems;
    const int code = first.finished.exit_code;
    if (code == 125) problems.push_back(first.finished.err);
    if (!first.has_failed && problems.empty()) return false;
    ++tally.trials;
    if (first.hung) problems.push_back("it did not end within a minute: " + first.finished.err);
    if (!first.hung && (code < 0 || code > 3))
        problems.push_back(fmt::format("exit {}: {}", code, first.finished.err));
    if (code != 0 && first.finished.err.empty()) problems.push_back("it failed without a reason");
    if (first.finished.err.find("please report") != std::string::npos) problems.push_back(first.finished.err);
    for (const std::string& problem : problems_after(sweep, folder, options)) problems.push_back(problem);
    tally.bad += problems.empty() ? 0 : 1;
    for (const std::string& problem : problems)
        fmt::print("{} number {} fails with errno {}: {}\n", group.name, calls_before + 1, error, problem);
    std::fflush(stdout);
    return code != 125;
}

int campaign(int step, const std::vector<std::string>& wanted) {
    const KillSweep sweep = kill_sweeps().front();
    Tally all;
    for (const CallGroup& group : call_groups()) {
        if (!wanted.empty() && std::find(wanted.begin(), wanted.end(), group.name) == wanted.end()) continue;
        for (const int error : group.errors) {
            Tally own;
            for (int before = 0; one_fails(sweep, group, before, error, own);) before += step;
            fmt::print("{:<11} errno {:>2}: {:>4} calls failed, {} problems\n", group.name, error, own.trials,
                       own.bad);
            std::fflush(stdout);
            all.trials += own.trials;
            all.bad += own.bad;
        }
    }
    fmt::print("{} trials, {} with problems\n", all.trials, all.bad);
    return all.bad == 0 && all.trials > 0 ? 0 : 1;
}

}  // namespace
}  // namespace tidemark::test

int main(int count, char** arguments) {
    tidemark::test::become_supervised(count, arguments);
    std::vector<std::string> words(arguments + 1, arguments + count);
    int step = 1;
    if (words.size() >= 2 && words[0] == "--step") {
        step = std::max(1, std::atoi(words[1].c_str()));
        words.erase(words.begin(), words.begin() + 2);
    }
    return tidemark::test::campaign(step, words);
}
