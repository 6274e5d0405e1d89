#include <algorithm>
#include <csignal>
#include <fstream>
#include <sstream>
#include <thread>

#include <sys/stat.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "support/golden.hpp"
#include "support/places.hpp"
#include "support/workspace.hpp"
#include "sweep/sweep.hpp"
#include "unit/sweep/example_workloads.hpp"

namespace tidemark::sweep {
namespace {

const std::filesystem::path kFolder = test::source_dir() + "/tests/configs/bad";

/// The whole message, with the file named as a user would who stands in its folder.
std::string message_of(const std::filesystem::path& file, const LoadOptions& options = {}) {
    std::filesystem::current_path(kFolder);
    const WorkloadCatalogue workloads = example_workloads();
    try {
        Sweep::load(file, workloads, options);
        return "no error at all";
    } catch (const UsageError& error) {
        return std::string(error.what()) + "\n";
    }
}

std::vector<std::string> bad_files() {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(kFolder)) {
        if (entry.path().extension() == ".yaml") names.push_back(entry.path().stem().string());
    }
    std::ranges::sort(names);
    return names;
}

class BadFile : public testing::TestWithParam<std::string> {};

/// Beside each file stands what is said about it, word for word.
TEST_P(BadFile, IsRefusedWithItsMessage) {
    test::expect_golden("../configs/bad/" + GetParam() + ".expected", message_of(GetParam() + ".yaml"));
}

INSTANTIATE_TEST_SUITE_P(All, BadFile, testing::ValuesIn(bad_files()),
                         [](const auto& file) { return file.param; });

TEST(MissingFile, IsToldAndSoIsADirectory) {
    EXPECT_EQ(message_of("nowhere.yaml"), "nowhere.yaml: there is no such file\n");
    EXPECT_EQ(message_of("../bad"), "../bad: this is a directory; name the sweep file in it\n");
}

TEST(EndlessFile, IsReadAsFarAsASweepFileMayGo) {
    EXPECT_EQ(message_of("/dev/zero"), "/dev/zero: the file is larger than 16 MiB, which no sweep file is\n");
    const test::Workspace folder;
    const std::string pipe = (folder / "pipe").string();
    ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
    std::thread writer([&] {
        std::signal(SIGPIPE, SIG_IGN);
        std::ofstream out(pipe);
        while (out << "another: line\n") {
        }
    });
    EXPECT_EQ(message_of(pipe), pipe + ": the file is larger than 16 MiB, which no sweep file is\n");
    writer.join();
}

TEST(UnreadableFile, IsToldWithTheReason) {
    if (geteuid() == 0) {
        // root may read what its permissions forbid; reading this file of the kernel's fails for everybody
        EXPECT_EQ(message_of("/proc/self/mem"), "/proc/self/mem: cannot read it: Input/output error\n");
        return;
    }
    const std::filesystem::path file =
        std::filesystem::temp_directory_path() / ("unreadable-" + std::to_string(getpid()) + ".yaml");
    std::ofstream(file) << "sweep: s\n";
    std::filesystem::permissions(file, std::filesystem::perms::none);
    EXPECT_EQ(message_of(file), file.string() + ": cannot read it: Permission denied\n");
    std::filesystem::remove(file);
}

TEST(Override, ThatIsWrongIsNamedAsItWasWritten) {
    const auto with = [](const std::string& set) {
        return message_of("../good/matrix.yaml",
                          {.set = {set}, .only = {}, .allow_many = false, .caller_directory = {}});
    };
    EXPECT_EQ(with("batch_size"), "--set batch_size: must be written name=value\n");
    EXPECT_EQ(with("batch_size=0"), "--set batch_size=0: must be an integer from 1 to 65536, not 0\n");
    EXPECT_EQ(with("batch_sise=1"), "--set batch_sise=1: unknown parameter (did you mean 'batch_size'?)\n");
    EXPECT_EQ(with("batch_size=010"),
              "--set batch_size=010: '010' is octal in YAML 1.1 and decimal in YAML 1.2; write 10, 0o10 for "
              "octal, or \"010\" for the text\n");
}

TEST(Selection, ThatIsWrongOrLeavesNothingIsNamed) {
    const auto with = [](const std::string& only) {
        return message_of("../good/matrix.yaml",
                          {.set = {}, .only = only, .allow_many = false, .caller_directory = {}});
    };
    EXPECT_EQ(with("batch_size >"),
              "--only: `batch_size >` is not an SQL expression: near \")\": syntax error\n");
    EXPECT_EQ(with("batch_sise > 1"), "--only: unknown name 'batch_sise' (did you mean 'batch_size'?)\n");
    EXPECT_EQ(with("batch_size > 1000"), "--only batch_size > 1000: no run of the sweep is like that\n");
}

}  // namespace
}  // namespace tidemark::sweep
