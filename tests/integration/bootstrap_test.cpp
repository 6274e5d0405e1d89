#include <chrono>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/places.hpp"
#include "support/workspace.hpp"

namespace tidemark::test {
namespace {

using testing::HasSubstr;

/// The bootstrap in a project of its own, whose build tools are scripts that note how they were called.
class Bootstrap : public testing::Test {
  protected:
    void SetUp() override {
        std::filesystem::create_directories(folder / "project/runner");
        std::filesystem::create_directories(folder / "project/plugins");
        std::filesystem::create_directories(folder / "project/cmake");
        std::filesystem::create_directories(folder / "project/tests");
        std::filesystem::create_directories(folder / "project/configs");
        folder.write("project/CMakeLists.txt", "");
        folder.write("project/runner/main.cpp", "");
        std::filesystem::copy_file(test::source_dir() + "/tidemark", folder / "project/tidemark");
        tool("dpkg-query", "echo 'install ok installed'");
        tool("apt-get", "exit 1");
        tool("cmake", "while [ $# -gt 0 ]; do [ \"$1\" = -B ] && touch \"$2/build.ninja\"; shift; done");
        tool("ninja",
             "mkdir -p \"$2/bin\"; printf '#!/bin/sh\\necho \"program: $*\"\\necho \"for $TIDEMARK_PROJECT "
             "as $TIDEMARK_COMMAND\"\\n' "
             "> \"$2/bin/tidemark\"; chmod +x \"$2/bin/tidemark\"");
        tool("ctest", "echo \"tests in $PWD: $*\"");
    }
    void tool(const std::string& name, const std::string& body) {
        folder.write_script("tools/" + name, "#!/bin/sh\necho \"" + name + " $*\" >> " +
                                                 (folder / "calls").string() + "\n" + body + "\n");
    }
    Finished bootstrap(std::vector<std::string> arguments,
                       std::map<std::string, std::string> environment = {}) {
        arguments.insert(arguments.begin(), (folder / "project/tidemark").string());
        environment.try_emplace("PATH", (folder / "tools").string() + ":/usr/bin:/bin");
        for (const char* name : {"TIDEMARK_BUILD_DIR", "TIDEMARK_CMAKE_ARGS", "CMAKE_PREFIX_PATH", "CI"})
            environment.try_emplace(name, "");
        return folder.run(arguments, {environment});
    }
    std::string calls() {
        std::string all = folder.read("calls");
        folder.write("calls", "");
        return all;
    }

    Workspace folder;
};

TEST_F(Bootstrap, BuildsOnceAndPassesEveryArgumentOn) {
    const Finished first = bootstrap({"run", "a b.yaml", "--set", "x="});
    EXPECT_EQ(first.exit_code, 0) << first.err;
    EXPECT_EQ(first.out, "program: run a b.yaml --set x=\nfor " + (folder / "project").string() + " as " +
                             (folder / "project/tidemark").string() + "\n");
    EXPECT_THAT(first.err, HasSubstr("tidemark: configuring "));
    EXPECT_THAT(first.err, HasSubstr("tidemark: building (a few minutes the first time)\n"));
    calls();
    const Finished second = bootstrap({"list"});
    EXPECT_EQ(second.err, "");
    EXPECT_EQ(calls(), "") << "nothing but the program is started once all is built";
}

TEST_F(Bootstrap, BuildsAgainWhenASourceChangedOrAppeared) {
    bootstrap({"list"});
    calls();
    // a file system's clock may tick as slowly as every 10 ms
    std::this_thread::sleep_for(std::chrono::milliseconds(30));
    folder.write("project/runner/main.cpp", "changed");
    EXPECT_EQ(bootstrap({"list"}).err, "tidemark: building what has changed\n");
    EXPECT_THAT(calls(), HasSubstr("ninja -C "));
    std::this_thread::sleep_for(std::chrono::milliseconds(30));
    std::filesystem::remove(folder / "project/runner/main.cpp");
    EXPECT_EQ(bootstrap({"list"}).err, "tidemark: building what has changed\n");
}

TEST_F(Bootstrap, ConfiguresAnewWhenItsArgumentsChange) {
    bootstrap({"list"});
    calls();
    bootstrap({"list"}, {{"TIDEMARK_CMAKE_ARGS", "-DTIDEMARK_TRAINER=OFF"}});
    const std::string made = calls();
    EXPECT_THAT(made, HasSubstr("cmake"));
    EXPECT_THAT(made, HasSubstr("-DTIDEMARK_TRAINER=OFF"));
    EXPECT_THAT(made, testing::Not(HasSubstr("libtorch-dev")))
        << "no LibTorch is asked for where none is wanted";
}

TEST_F(Bootstrap, RemembersWhatItWasConfiguredWith) {
    bootstrap({"list"}, {{"TIDEMARK_CMAKE_ARGS", "-DTIDEMARK_TRAINER=OFF"}});
    calls();
    EXPECT_EQ(bootstrap({"list"}).err, "");
    EXPECT_EQ(bootstrap({"list"}, {{"CI", "true"}}).err, "") << "CI counts where the build is configured";
    EXPECT_EQ(calls(), "");
    const Finished forgot = bootstrap({"list"}, {{"TIDEMARK_CMAKE_ARGS", "none"}});
    EXPECT_THAT(forgot.err, testing::StartsWith("tidemark: configuring " +
                                                (folder / "project/build/release").string() + "\n"));
    EXPECT_THAT(calls(), testing::Not(HasSubstr("TIDEMARK_TRAINER")));
    const Finished again = bootstrap({"list"}, {{"TIDEMARK_CMAKE_ARGS", "-DTIDEMARK_TRAINER=OFF"}});
    EXPECT_THAT(again.err, HasSubstr("tidemark: configuring " + (folder / "project/build/release").string() +
                                     " with -DTIDEMARK_TRAINER=OFF\n"));
}

TEST_F(Bootstrap, KnowsTheConfigurationOfABuildOfAnEarlierVersion) {
    bootstrap({"list"});
    calls();
    folder.write("project/build/release/configuration", "-DTIDEMARK_TRAINER=OFF|/unpacked/libtorch|werror");
    EXPECT_EQ(bootstrap({"list"}).err, "");
    EXPECT_EQ(bootstrap({"list"}, {{"CMAKE_PREFIX_PATH", "/unpacked/libtorch"}}).err, "");
    EXPECT_EQ(calls(), "");
}

TEST_F(Bootstrap, SaysHowLargeItIsWhatItInstalls) {
    tool("dpkg-query", "[ \"$3\" = libyaml-cpp-dev ] || echo 'install ok installed'");
    tool("id", "echo 0");
    tool("apt-get",
         "case \"$*\" in *--assume-no*) printf 'Need to get 42.1 MB/45.2 MB of archives.\\nAfter this "
         "operation, "
         "212 MB of additional disk space will be used.\\n'; exit 1 ;; esac");
    const Finished said = bootstrap({"list"});
    EXPECT_EQ(said.exit_code, 0) << said.err;
    EXPECT_THAT(
        said.err,
        testing::StartsWith("tidemark: installing (42.1 MB to download, 212 MB on disk): libyaml-cpp-dev\n"));
}

TEST_F(Bootstrap, BuildsTheRunnerAloneWhereTheSystemHasNoLibTorch) {
    tool("dpkg-query", "[ \"$3\" = libtorch-dev ] || echo 'install ok installed'");
    tool("id", "echo 0");
    tool("apt-cache", "echo 'libtorch-dev:'; echo '  Installed: (none)'; echo '  Candidate: (none)'");
    const Finished said = bootstrap({"list"});
    EXPECT_EQ(said.exit_code, 0) << said.err;
    EXPECT_THAT(said.err,
                testing::StartsWith("tidemark: LibTorch cannot be had here (this system has no package "
                                    "libtorch-dev): building the runner alone, without the trainer and its "
                                    "workloads. To try it again: TIDEMARK_CMAKE_ARGS=none " +
                                    (folder / "project/tidemark").string() + "\n"));
    EXPECT_THAT(calls(), HasSubstr("-DTIDEMARK_TRAINER=OFF"));
    EXPECT_EQ(bootstrap({"list"}).err, "") << "and remembers it";
}

TEST_F(Bootstrap, BuildsTheRunnerAloneWhereCmakeFindsNoLibTorch) {
    tool("cmake",
         "case \"$*\" in *TRAINER=OFF*) while [ $# -gt 0 ]; do [ \"$1\" = -B ] && touch \"$2/build.ninja\"; "
         "shift; done ;; "
         "*) echo 'CMake Error: Could not find a package configuration file provided by \"Torch\" with'; "
         "exit 1 ;; esac");
    const Finished said = bootstrap({"list"});
    EXPECT_EQ(said.exit_code, 0) << said.err;
    EXPECT_THAT(said.err,
                HasSubstr("tidemark: LibTorch cannot be had here (cmake finds none): building the runner "
                          "alone, without the trainer and its workloads."));
}

TEST_F(Bootstrap, WorksThroughALinkAndElsewhere) {
    std::filesystem::create_directories(folder / "bin");
    std::filesystem::create_symlink(folder / "project/tidemark", folder / "bin/tidemark");
    const Finished said =
        folder.run({"sh", "-c", "cd / && exec " + (folder / "bin/tidemark").string() + " list"},
                   {{{"PATH", (folder / "tools").string() + ":/usr/bin:/bin"},
                     {"TIDEMARK_BUILD_DIR", ""},
                     {"TIDEMARK_CMAKE_ARGS", ""}}});
    EXPECT_EQ(said.exit_code, 0) << said.err;
    EXPECT_THAT(said.out, HasSubstr("for " + (folder / "project").string() + " as"));
}

TEST_F(Bootstrap, TheBuildFolderCanBeMoved) {
    bootstrap({"list"}, {{"TIDEMARK_BUILD_DIR", "elsewhere"}});
    EXPECT_TRUE(std::filesystem::exists(folder / "elsewhere/bin/tidemark"));
    EXPECT_FALSE(std::filesystem::exists(folder / "project/build"));
}

TEST_F(Bootstrap, TestBuildsEverythingAndRunsTheTests) {
    const Finished said = bootstrap({"test", "-R", "sweep"});
    EXPECT_EQ(said.exit_code, 0) << said.err;
    EXPECT_THAT(said.out, testing::StartsWith("tests in " + (folder / "project/build/release").string() +
                                              ": --output-on-failure --parallel "));
    EXPECT_THAT(said.out, testing::EndsWith(" -R sweep\n"));
}

TEST_F(Bootstrap, WithoutAPersonMissingPackagesAreNamed) {
    tool("dpkg-query",
         "[ \"$3\" = libyaml-cpp-dev ] || [ \"$3\" = ninja-build ] || echo 'install ok installed'");
    tool("id", "echo 1000");
    tool("sudo", "exit 1");
    const Finished said = bootstrap({"list"});
    EXPECT_EQ(said.exit_code, 3);
    EXPECT_EQ(said.err,
              "tidemark: these Debian packages are missing; install them and start again: sudo apt-get "
              "update && sudo apt-get "
              "install --no-install-recommends ninja-build libyaml-cpp-dev\n");
}

TEST_F(Bootstrap, TheTestsNeedWhatHoldsSweepFilesAgainstTheSchema) {
    tool("dpkg-query", "[ \"$3\" = python3-jsonschema ] || echo 'install ok installed'");
    tool("id", "echo 1000");
    tool("sudo", "exit 1");
    tool("python3", "exit 1");
    EXPECT_EQ(bootstrap({"list"}).exit_code, 0) << "the program does without";
    const Finished said = bootstrap({"test"});
    EXPECT_EQ(said.exit_code, 3);
    EXPECT_EQ(said.err,
              "tidemark: these Debian packages are missing; install them and start again: sudo apt-get "
              "update && sudo apt-get install --no-install-recommends python3-jsonschema\n");
    tool("python3", "exit 0");
    EXPECT_EQ(bootstrap({"test"}).exit_code, 0) << "it may be there without its package";
}

TEST_F(Bootstrap, APackageThatCannotBeInstalledIsTold) {
    tool("dpkg-query", "[ \"$3\" = libyaml-cpp-dev ] || echo 'install ok installed'");
    tool("id", "echo 0");
    tool("apt-get", "echo 'E: Unable to locate package libyaml-cpp-dev'; exit 100");
    const Finished said = bootstrap({"list"});
    EXPECT_EQ(said.exit_code, 3);
    EXPECT_THAT(said.err,
                testing::StartsWith(
                    "tidemark: installing: libyaml-cpp-dev\nE: Unable to locate package libyaml-cpp-dev\n"
                    "tidemark: the packages could not be installed (all of the output: "));
    EXPECT_THAT(said.err, testing::EndsWith("to do it by hand: sudo apt-get update && sudo apt-get install "
                                            "--no-install-recommends libyaml-cpp-dev\n"));
}

TEST_F(Bootstrap, AFailedBuildShowsTheErrors) {
    tool("ninja", "echo 'FAILED: x.o'; echo 'x.cpp:1:1: error: no'; exit 1");
    const Finished said = bootstrap({"list"});
    EXPECT_EQ(said.exit_code, 3);
    EXPECT_THAT(said.err, HasSubstr("x.cpp:1:1: error: no\n"));
    EXPECT_THAT(said.err, HasSubstr("tidemark: the build failed (all of its output: "));
    tool("ninja",
         "mkdir -p \"$2/bin\"; printf '#!/bin/sh\\n' > \"$2/bin/tidemark\"; chmod +x \"$2/bin/tidemark\"");
    EXPECT_EQ(bootstrap({"list"}).exit_code, 0) << "the next attempt builds again";
}

TEST_F(Bootstrap, AFailedConfigurationShowsTheError) {
    tool("cmake", "echo 'CMake Error: no SQLite'; exit 1");
    const Finished said = bootstrap({"list"});
    EXPECT_EQ(said.exit_code, 3);
    EXPECT_THAT(
        said.err,
        HasSubstr("CMake Error: no SQLite\ntidemark: cmake found no way to build it (all of its output: "));
}

}  // namespace
}  // namespace tidemark::test
