#include "run/observed_states.hpp"

#include <chrono>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "run/file_watch.hpp"
#include "support/workspace.hpp"

namespace tidemark::run {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::IsEmpty;

/// What a run read, as this process reads it.
class ObservedStatesTest : public testing::Test {
  protected:
    void make(const std::string& name, const std::string& text = "text") const {
        fs::create_directories((folder / name).parent_path());
        folder.write(name, text);
    }
    void open(const std::string& name) const { folder.read(name); }
    void list(const std::string& name) const {
        for (const auto& entry : fs::directory_iterator(folder / name)) (void)entry;
    }

    /// Of a run that does this.
    template <typename Act>
    Observation observe(Act act, const fs::path& working_directory = "/") {
        FileWatch watch(folder.path(), states.left_out());
        watch.begin("run");
        act();
        return states.observation(watch.end("run"), watch, working_directory);
    }
    static std::vector<std::string> told(const Observation& observation) {
        std::vector<std::string> out;
        for (const ObservedFile& file : observation.read)
            out.push_back(std::string(kind_name(file.kind)) + " " + file.path);
        return out;
    }
    std::vector<std::string> changes(const Observation& observation,
                                     const std::set<std::string>& outputs = {}) {
        std::vector<std::string> out;
        for (const ObservedFile& file : observation.read)
            if (const auto change = states.change(file, outputs)) out.push_back(*change);
        return out;
    }

    test::Workspace folder;
    ObservedStates states{fs::canonical(folder.path()),
                          LeftOut(folder.path(), {folder / "results"}, {"*.tmp"})};
};

TEST_F(ObservedStatesTest, AFileIsKnownByItsContent) {
    make("a/word");
    const Observation observation = observe([&] { open("a/word"); });
    EXPECT_EQ(observation.gap, "");
    EXPECT_THAT(told(observation), ElementsAre("content a/word"));
    EXPECT_THAT(changes(observation), IsEmpty());
    make("a/word");  // newer, and the same
    EXPECT_THAT(changes(observation), IsEmpty());
    make("a/word", "word");
    EXPECT_THAT(changes(observation), ElementsAre("a/word changed"));
    fs::remove(folder / "a/word");
    EXPECT_THAT(changes(observation), ElementsAre("a/word is gone"));
}

TEST_F(ObservedStatesTest, WhatIsLeftOutIsNotSeen) {
    for (const char* const name : {"results/t.db", ".git/HEAD", "x.tmp", "sub/x.tmp"}) make(name);
    EXPECT_THAT(told(observe([&] {
                    for (const char* const name : {"results/t.db", ".git/HEAD", "x.tmp", "sub/x.tmp"})
                        open(name);
                })),
                IsEmpty());
}

TEST_F(ObservedStatesTest, WhatIsWrittenIsNoInput) {
    make("log");
    make("state");
    const Observation observation = observe([&] {
        open("log");
        make("log");
        make("new/deep/file");
        open("new/deep/file");
        fs::rename(folder / "state", folder / "moved");
        open("moved");
    });
    EXPECT_THAT(told(observation), IsEmpty());
    EXPECT_THAT(observation.written, ElementsAre("log", "moved", "new", "state"));
}

TEST_F(ObservedStatesTest, AProgramThatIsChangedAfterItWasReadIsNotAsItWas) {
    for (const char* const name :
         {"a.py", "b.py", "c.py", "made.py", "state.csv", "__pycache__/b.cpython-311.pyc"})
        make(name);
    const Observation observation = observe([&] {
        for (const char* const name : {"a.py", "c.py", "state.csv", "__pycache__/b.cpython-311.pyc"})
            open(name);
        for (const char* const name : {"a.py", "b.py", "made.py", "state.csv", "new"}) make(name);
        fs::rename(folder / "new", folder / "c.py");
        open("made.py");
    });
    EXPECT_THAT(told(observation), ElementsAre("content a.py", "content b.py", "content c.py"));
    EXPECT_THAT(changes(observation), ElementsAre("a.py changed", "b.py changed", "c.py changed"));
}

TEST_F(ObservedStatesTest, WhatIsCompiledStandsForItsSource) {
    for (const char* const name : {"a.py", "b.py", "test_c.py", "m.x.py"}) make(name);
    const std::vector<std::string> compiled{"a.cpython-311.pyc", "b.cpython-311.opt-1.pyc",
                                            "test_c.cpython-311-pytest-7.2.1.pyc", "m.x.cpython-311.pyc",
                                            "gone.cpython-311.pyc"};
    for (const std::string& name : compiled) make("__pycache__/" + name);
    EXPECT_THAT(told(observe([&] {
                    for (const std::string& name : compiled) open("__pycache__/" + name);
                })),
                ElementsAre("content a.py", "content b.py", "content m.x.py", "content test_c.py"));
}

TEST_F(ObservedStatesTest, ALargeFileIsKnownBySizeAndTime) {
    make("large");
    fs::resize_file(folder / "large", (std::uintmax_t{64} << 20U) + 1);
    const Observation observation = observe([&] { open("large"); });
    EXPECT_THAT(told(observation), ElementsAre("stamp large"));
    EXPECT_THAT(changes(observation), IsEmpty());
    fs::last_write_time(folder / "large", fs::file_time_type::clock::now() + std::chrono::hours(1));
    EXPECT_THAT(changes(observation), ElementsAre("large changed"));
}

TEST_F(ObservedStatesTest, VeryManyFilesOfAFolderAreKnownByNamesSizesAndTimes) {
    constexpr int kMany = 1001;
    for (int i = 0; i < kMany; ++i) make("data/" + std::to_string(i) + ".png");
    const Observation observation = observe([&] {
        for (int i = 0; i < kMany; ++i) open("data/" + std::to_string(i) + ".png");
    });
    EXPECT_THAT(told(observation), ElementsAre("stamps data"));
    EXPECT_THAT(changes(observation), IsEmpty());
    make("data/notes.txt");
    EXPECT_THAT(changes(observation), IsEmpty());
    make("data/7.png", "another");
    EXPECT_THAT(changes(observation), ElementsAre("a file in data changed"));
}

TEST_F(ObservedStatesTest, AFolderThatIsListedCountsByWhatWasReadThere) {
    for (const char* const name : {"data/1.png", "data/log", "src/train.py", "src/words.txt"}) make(name);
    const Observation observation = observe([&] {
        for (const char* const name : {"data", "src"}) list(name);
        for (const char* const name : {"data/1.png", "src/train.py"}) open(name);
    });
    EXPECT_THAT(told(observation), ElementsAre("names data", "content data/1.png", "content src/train.py"));
    for (const char* const name : {"data/log2", "data/.hidden.png", "src/other.py", "src/out.csv"})
        make(name);
    EXPECT_THAT(changes(observation), IsEmpty());
    make("data/2.png");
    EXPECT_THAT(changes(observation), ElementsAre("data/2.png is new"));
    EXPECT_THAT(changes(observation, {"data/2.png"}), IsEmpty());
}

TEST_F(ObservedStatesTest, AFolderInWhichNothingIsReadCountsByAllNames) {
    for (const char* const name : {"data/cat/1.png", "lib/part/m.py", "work/x"}) make(name);
    const Observation observation = observe(
        [&] {
            for (const char* const name : {"", "data", "lib", "work"}) list(name);
            for (const char* const name : {"data/cat/1.png", "lib/part/m.py"}) open(name);
        },
        fs::canonical(folder / "work"));
    EXPECT_THAT(told(observation),
                ElementsAre("names data", "content data/cat/1.png", "content lib/part/m.py"));
    make("data/dog/1.png");
    EXPECT_THAT(changes(observation), ElementsAre("data/dog is new"));
}

TEST_F(ObservedStatesTest, WhatIsNewIsWatchedToo) {
    FileWatch watch(folder.path(), states.left_out());
    watch.begin("first");
    make("new/folder/file");
    EXPECT_THAT(watch.end("first").written, testing::Contains("new"));
    watch.results_are_taken();  // until then what the first wrote is not the second's, if it was seen in time
    watch.begin("second");
    open("new/folder/file");
    EXPECT_THAT(watch.end("second").opened, ElementsAre("new/folder/file"));
}

TEST_F(ObservedStatesTest, LinksThatGoRoundAreFollowedOnce) {
    const test::Workspace elsewhere;
    elsewhere.write("word", "text");
    fs::create_directory_symlink(elsewhere.path(), elsewhere / "round");
    fs::create_directory_symlink(elsewhere.path(), folder / "data");
    fs::create_directory_symlink(folder.path().parent_path(), folder / "up");
    EXPECT_THAT(told(observe([&] { open("data/word"); })), ElementsAre("link data", "content data/word"));
}

TEST_F(ObservedStatesTest, RunsAtTheSameTimeShareWhatHappens) {
    for (const char* const name : {"a", "b"}) make(name);
    FileWatch watch(folder.path(), states.left_out());
    watch.begin("first");
    open("a");
    watch.begin("second");
    open("b");
    make("log.csv");
    EXPECT_THAT(watch.end("first").opened, testing::IsSupersetOf({"a", "b"}));
    watch.results_are_taken();
    EXPECT_THAT(watch.end("second").opened,
                testing::AllOf(testing::Contains("b"), testing::Not(testing::Contains("a"))));
}

/// The metrics that are taken out of what a run wrote are no input of those that are still at work.
TEST_F(ObservedStatesTest, WhatTidemarkReadsItselfIsNoInput) {
    FileWatch watch(folder.path(), states.left_out());
    watch.begin("first");
    make("log.csv");
    watch.end("first");
    watch.begin("second");
    open("log.csv");
    watch.results_are_taken();
    EXPECT_THAT(watch.end("second").opened, IsEmpty());
    watch.begin("third");
    open("log.csv");
    EXPECT_THAT(watch.end("third").opened, ElementsAre("log.csv"));
}

}  // namespace
}  // namespace tidemark::run
