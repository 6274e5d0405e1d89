#pragma once

#include <map>
#include <string>
#include <vector>

#include "protocol/request.hpp"
#include "run/local_launcher.hpp"
#include "run/record.hpp"
#include "support/workspace.hpp"

namespace tidemark::test {

std::string warden_binary();
std::string known_program();

/// Why peaks cannot be measured by this method here; empty: they can.
std::string why_not(const std::string& method);

/// Whether a run that is measured by this method has its processes counted here: else none is known to be a
/// single one.
bool counts_processes(const std::string& method);

/// How wide the bounds of a single process may be: the error of the kernel's counters in both directions, and
/// 1 MiB.
std::int64_t single_process_width(int threads = 1);

/// By how much the mark of a process may be too high, so that bounds from below are lower.
std::int64_t counted_too_much(int threads = 1);

/// By how much one of the kernel's counters may be behind what a process has: a sample of it is as exact.
std::int64_t one_counter_too_little();

/// By how much the mark of a process may be too low beyond what it may be since Linux 6.2: nothing on newer
/// kernels.
std::int64_t doubt_of_older_kernels(int threads = 1);

/// Makes single runs with the real warden, without a sweep and a database.
class OneRun {
  public:
    /// `method`: how the peak is measured, as the launcher knows it.
    explicit OneRun(const std::string& method = "auto") : launcher_(warden_binary(), method) {}

    protocol::Limits limits;
    protocol::HeapLayout heap_layout = protocol::HeapLayout::Same;
    int repeat = 1;
    std::map<std::string, std::string> environment;
    std::string working_directory;
    std::string stdin_file;
    std::vector<int> cpus;

    /// Starts the command, waits for its end, and reads its record.
    run::Record make(const std::vector<std::string>& command);
    /// known-program with these words.
    run::Record known(std::vector<std::string> words);

    /// In two steps, for tests that do something meanwhile.
    std::string start(const std::vector<std::string>& command);
    run::Record finish(const std::string& run_id);

    std::filesystem::path directory(const std::string& run_id) const { return folder / run_id; }
    std::string out(const run::Record& record) const;
    run::LocalLauncher& launcher() { return launcher_; }

    Workspace folder;

  private:
    run::LocalLauncher launcher_;
    int runs_ = 0;
};

}  // namespace tidemark::test
