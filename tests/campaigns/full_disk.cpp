// The disk is full at each moment of a sweep: its results lie in a file system of a few KiB, or of a few
// inodes, and of a little more in the next trial, until all has room. Tidemark must end by itself, with one
// of its exit codes and a reason; where there is room again, the same command must end with just the expected
// results.
//   build/…/tests/campaigns/full_disk [--step KIB]      as root; 16 KiB by default
#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>
#include <vector>

#include <sched.h>
#include <sys/mount.h>

#include <fmt/format.h>

#include "aftermath.hpp"
#include "kill_sweeps.hpp"
#include "support/workspace.hpp"

namespace tidemark::test {
namespace {

/// A small file system at a folder, which can be made large.
class SmallDisk {
  public:
    SmallDisk(std::string folder, const std::string& size) : folder_(std::move(folder)) {
        std::filesystem::create_directories(folder_);
        is_there_ = mount("tidemark", folder_.c_str(), "tmpfs", 0, size.c_str()) == 0;
    }
    SmallDisk(const SmallDisk&) = delete;
    SmallDisk& operator=(const SmallDisk&) = delete;
    ~SmallDisk() {
        if (is_there_) umount2(folder_.c_str(), MNT_DETACH);
    }
    bool is_there() const { return is_there_; }
    bool make_room() const {
        return mount("tidemark", folder_.c_str(), "tmpfs", MS_REMOUNT, "size=64m,nr_inodes=10000") == 0;
    }

  private:
    std::string folder_;
    bool is_there_ = false;
};

struct Tally {
    int trials = 0;
    int bad = 0;
};

/// Whether the disk was full; what is wrong is printed, and counted.
bool one_is_full(const KillSweep& sweep, const std::string& size, Tally& tally) {
    Workspace folder;
    for (const auto& [name, content] : sweep.files) folder.write_script(name, content);
    StartOptions options;
    mark(options, static_cast<unsigned>(tally.trials));
    std::vector<std::string> problems;
    bool was_full = true;
    {
        const SmallDisk disk((folder / "results").string(), size);
        if (!disk.is_there()) {
            fmt::print("cannot mount a tmpfs: {}\n", std::strerror(errno));
            std::exit(3);
        }
        const Finished first = folder.tidemark(command_of(sweep), options);
        was_full = first.exit_code != 0;
        if (first.exit_code < 0 || first.exit_code > 3)
            problems.push_back(fmt::format("exit {}: {}", first.exit_code, first.err));
        if (was_full && first.err.empty()) problems.push_back("it failed without a reason");
        if (first.err.find("please report") != std::string::npos) problems.push_back(first.err);
        if (!disk.make_room()) problems.push_back("cannot make room");
        for (const std::string& problem : problems_after(sweep, folder, options)) problems.push_back(problem);
    }
    ++tally.trials;
    tally.bad += problems.empty() ? 0 : 1;
    for (const std::string& problem : problems) fmt::print("{}: {}\n", size, problem);
    std::fflush(stdout);
    return was_full;
}

/// From nearly nothing until three trials in a row had room for all.
template <typename SizeOf>
void grow(const KillSweep& sweep, const char* what, SizeOf size_of, Tally& all) {
    constexpr int kMostSteps = 5000;
    constexpr int kEnough = 3;
    Tally own;
    for (int step = 1, had_room = 0; had_room < kEnough && step < kMostSteps; ++step)
        had_room = one_is_full(sweep, size_of(step), own) ? 0 : had_room + 1;
    fmt::print("{}, {}: {} trials, {} problems\n", sweep.name, what, own.trials, own.bad);
    all.trials += own.trials;
    all.bad += own.bad;
}

int campaign(int step_kib) {
    if (unshare(CLONE_NEWNS) != 0 || mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) {
        fmt::print(stderr, "only root can mount small file systems: {}\n", std::strerror(errno));
        return 3;
    }
    Tally all;
    for (const KillSweep& sweep : kill_sweeps()) {
        if (sweep.name != "plain" && sweep.name != "files") continue;
        grow(
            sweep, "full", [&](int step) { return fmt::format("size={}k,nr_inodes=10000", step * step_kib); },
            all);
        grow(
            sweep, "without inodes", [](int step) { return fmt::format("size=64m,nr_inodes={}", step + 1); },
            all);
    }
    fmt::print("{} trials, {} with problems\n", all.trials, all.bad);
    return all.bad == 0 && all.trials > 0 ? 0 : 1;
}

}  // namespace
}  // namespace tidemark::test

int main(int count, char** arguments) {
    const bool has_step = count == 3 && std::string(arguments[1]) == "--step";
    if (count != 1 && !has_step) {
        fmt::print(stderr, "full_disk [--step KIB]\n");
        return 2;
    }
    return tidemark::test::campaign(has_step ? std::max(4, std::atoi(arguments[2])) : 16);
}
