// A training that is killed at any moment and gone on with ends with the same bits as one that never was.
// Each part of it is a process of its own, forked from this one, which has not begun to compute.
#include <csignal>
#include <filesystem>
#include <functional>
#include <random>
#include <sstream>

#include <poll.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "protocol/request.hpp"
#include "support/places.hpp"
#include "trainer/reporting/event_log.hpp"
#include "trainer/saving/run_folder.hpp"
#include "trainer/training/session.hpp"
#include "unit/trainer/support.hpp"

namespace tidemark::trainer {
namespace {

namespace fs = std::filesystem;

/// Long enough that a kill after some checkpoints finds it at work: 12 batches in each of 3 epochs.
Options small() {
    Options options;
    options.model = "baseline";
    options.hidden = 16;
    options.batch_size = 2;
    options.train_samples = 24;
    options.test_samples = 8;
    options.epochs = 3;
    options.threads = 1;
    options.save = "last";
    return options;
}

[[noreturn]] void train_and_exit(const Options& options, const fs::path& folder, const fs::path& events) {
    setenv(protocol::kEventsVariable, events.c_str(), 1);
    setenv(protocol::kRunDirVariable, folder.c_str(), 1);
    unsetenv(protocol::kRequestVariable);
    try {
        std::ostringstream text;
        EventLog log;
        train(options, log, text);
        _exit(0);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        _exit(1);
    }
}

/// A file that is replaced is another one.
ino_t inode_of(const fs::path& file) {
    struct stat status {};
    return stat(file.c_str(), &status) == 0 ? status.st_ino : 0;
}

/// Waits for the end of the process; kills it when it has written so many checkpoints (0: never). False: it
/// was killed.
bool wait_or_kill(pid_t process, const fs::path& checkpoint, int kill_after) {
    ino_t last = inode_of(checkpoint);
    int written = 0;
    int status = 0;
    while (waitpid(process, &status, WNOHANG) == 0) {
        const ino_t now = inode_of(checkpoint);
        if (now != 0 && now != last) {
            last = now;
            if (++written == kill_after) kill(process, SIGKILL);
        }
        poll(nullptr, 0, 1);
    }
    EXPECT_TRUE(WIFSIGNALED(status) || WEXITSTATUS(status) == 0);
    return !WIFSIGNALED(status);
}

struct Outcome {
    std::vector<double> figures;
    std::string weights;
    int kills = 0;
    bool operator==(const Outcome& other) const {
        return figures == other.figures && weights == other.weights;
    }
};

/// `kills`: at most so many, each after one to four checkpoints.
Outcome train_with_kills(Options options, int kills, std::mt19937& random) {
    const TemporaryFolder folder;
    const fs::path checkpoint = folder / kCheckpointName;
    Outcome outcome;
    if (kills > 0) options.checkpoint_every = Seconds{1e-9};  // behind each batch
    for (int part = 0;; ++part) {
        const fs::path events = folder / ("events" + std::to_string(part));
        if (fs::exists(checkpoint)) options.resume = folder.path();
        const pid_t process = fork();
        if (process == 0) train_and_exit(options, folder.path(), events);
        const int after = outcome.kills < kills ? static_cast<int>(1 + random() % 4) : 0;
        if (!wait_or_kill(process, checkpoint, after)) {
            ++outcome.kills;
            continue;
        }
        if (!fs::exists(folder / "model.pt")) return outcome;
        for (const char* name : {"loss", "test_loss", "accuracy"})
            for (const double value : series(read_events(events), name)) outcome.figures.push_back(value);
        outcome.weights = read_file(folder / "model.pt").value();
        EXPECT_FALSE(fs::exists(checkpoint)) << "it is of no more use";
        return outcome;
    }
}

using Change = std::pair<const char*, std::function<void(Options&)>>;

const Change kStrategies[] = {{"adamw", [](Options&) {}},
                              {"adamw8bit", [](Options& options) { options.optimizer = "adamw8bit"; }},
                              {"adam with a schedule",
                               [](Options& options) {
                                   options.optimizer = "adam";
                                   options.warmup_epochs = 2;
                                   options.clip_norm = 0.5;
                                   options.label_smoothing = 0.1;
                               }},
                              {"sgd within an accumulation",
                               [](Options& options) {
                                   options.optimizer = "sgd";
                                   options.momentum = 0.9;
                                   options.accumulation = 5;
                               }},
                              {"dropout, lean, computed again",
                               [](Options& options) {
                                   options.model = "h2q";
                                   options.depth = 2;
                                   options.formulation = "lean";
                                   options.checkpointing = "block";
                               }},
                              {"bf16 in channels_last",
                               [](Options& options) {
                                   options.precision = "bf16";
                                   options.memory_format = "channels_last";
                               }},
                              {"threads that load", [](Options& options) { options.workers = 2; }},
                              {"processes that load",
                               [](Options& options) {
                                   options.workers = 2;
                                   options.worker_kind = "process";
                               }},
                              {"a script", [](Options& options) {
                                   options.model = "script:" + test::source_dir() + "/tests/models/tiny.pt";
                               }}};

class KilledTraining : public testing::TestWithParam<std::size_t> {};

TEST_P(KilledTraining, EndsWithTheSameBits) {
    const auto& [name, change] = kStrategies[GetParam()];
    Options options = small();
    change(options);
    std::mt19937 random(static_cast<unsigned>(GetParam()));
    const Outcome whole = train_with_kills(options, 0, random);
    ASSERT_EQ(whole.figures.size(), 9) << name;
    constexpr int kKills = 4;
    const Outcome killed = train_with_kills(options, kKills, random);
    EXPECT_EQ(killed.kills, kKills) << name;
    EXPECT_TRUE(killed == whole) << name << ": " << testing::PrintToString(killed.figures) << " and not "
                                 << testing::PrintToString(whole.figures);
}

INSTANTIATE_TEST_SUITE_P(Strategies, KilledTraining, testing::Range<std::size_t>(0, std::size(kStrategies)));

TEST(KilledTwentyTimes, ATrainingEndsWithTheSameBits) {
    Options options = small();
    options.train_samples = 60;
    options.model = "h2q";
    options.depth = 2;
    options.accumulation = 4;
    std::mt19937 random(20);
    const Outcome whole = train_with_kills(options, 0, random);
    const Outcome killed = train_with_kills(options, 20, random);
    EXPECT_EQ(killed.kills, 20);
    EXPECT_TRUE(killed == whole);
}

}  // namespace
}  // namespace tidemark::trainer
