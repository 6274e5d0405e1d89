// A folder that cannot be read to its end, as on a damaged disk: which folder it is is said, and nothing is
// taken for all that is there.
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/places.hpp"
#include "support/workspace.hpp"

namespace tidemark::test {
namespace {

using testing::HasSubstr;
using testing::Not;

class UnreadableFolder : public testing::Test {
  protected:
    void SetUp() override {
#ifdef __SANITIZE_ADDRESS__
        GTEST_SKIP() << "AddressSanitizer wants to be the first library that is loaded";
#endif
        std::filesystem::create_directory(folder / "data");
        for (const char* name : {"a", "b", "c"}) folder.write("data/" + std::string(name) + ".txt", name);
    }
    /// All commands of a test, since what is preloaded belongs to a run.
    Finished tidemark(std::vector<std::string> arguments, const std::filesystem::path& unreadable = {}) {
        StartOptions options;
        options.environment["LD_PRELOAD"] = test::binary_dir() + "/tests/programs/libunreadable-folder.so";
        options.environment["TIDEMARK_UNREADABLE"] = unreadable.string();
        return folder.tidemark(std::move(arguments), options);
    }
    Finished run(const std::string& sweep, const std::filesystem::path& unreadable = {}) {
        folder.write("own.yaml", "sweep: own\n" + sweep);
        return tidemark({"run", "own.yaml"}, unreadable);
    }
    std::filesystem::path data() const {
        return folder / "data";
    }

    Workspace folder;
};

TEST_F(UnreadableFolder, OfInputs) {
    const Finished said = run("command: [/bin/true]\ninputs: [data]\n", data());
    EXPECT_EQ(said.exit_code, 2);
    EXPECT_EQ(said.err, "own.yaml:3:10: inputs: 'data' cannot read the folder " + data().string() +
                            ": Input/output error\n");
    EXPECT_THAT(run("command: [/bin/true]\ninputs: ['data/*.txt']\n", data()).err,
                HasSubstr("cannot read the folder " + data().string() + ": Input/output error\n"));
}

TEST_F(UnreadableFolder, OfAnAxis) {
    const Finished said =
        run("command: [/bin/true, \"{f}\"]\nmatrix: {f: {files: \"data/*.txt\"}}\n", data());
    EXPECT_EQ(said.exit_code, 2);
    EXPECT_EQ(said.err, "own.yaml:3:21: matrix.f.files: cannot read the folder " + data().string() +
                            ": Input/output error\n");
}

TEST_F(UnreadableFolder, OfWorkloads) {
    const std::filesystem::path workloads(test::binary_dir() + "/share/tidemark/workloads");
    const Finished said = run("command: [/bin/true]\n", workloads);
    EXPECT_EQ(said.exit_code, 3);
    EXPECT_EQ(said.err, "tidemark: cannot read the folder " +
                            std::filesystem::canonical(workloads.parent_path()).string() +
                            "/workloads: Input/output error\n");
}

TEST_F(UnreadableFolder, OfRunDirectories) {
    ASSERT_EQ(run("command: [/bin/true, \"{n}\"]\nmatrix: {n: [1, 2]}\n").exit_code, 0);
    const Finished said = tidemark({"import", "results/runs", "--db", "new.db"}, folder / "results/runs");
    EXPECT_EQ(said.exit_code, 3);
    EXPECT_EQ(said.err, "tidemark: cannot read the folder " + (folder / "results/runs").string() +
                            ": Input/output error\n");
}

TEST_F(UnreadableFolder, ThatARunListed) {
    const std::string sweep = "command: [sh, -c, 'cat data/*.txt']\n";
    ASSERT_EQ(run(sweep).exit_code, 0);
    EXPECT_THAT(run(sweep).err, HasSubstr("all done already"));
    const Finished again = run(sweep, data());
    EXPECT_EQ(again.exit_code, 0);
    EXPECT_THAT(again.err,
                HasSubstr("data cannot be listed (Input/output error) since run 'own' was executed: "
                          "1 run to run again\n"));
    EXPECT_THAT(again.err, HasSubstr("note: not all that runs read is known, so a change of it may go "
                                     "unnoticed: "));
}

TEST_F(UnreadableFolder, ThatARunLeft) {
    const std::string make = "command: [sh, -c, 'cd \"$TIDEMARK_RUN_DIR\"; touch a b c']\n";
    ASSERT_EQ(run(make).exit_code, 0);
    std::filesystem::path left;
    for (const auto& entry : std::filesystem::directory_iterator(folder / "results/runs"))
        left = entry.path() / "files";
    const std::string page = tidemark({"show", "own"}, left).out;
    EXPECT_THAT(page, HasSubstr(left.string() + " cannot be read to its end (Input/output error)\n"));
    EXPECT_THAT(tidemark({"show", "own"}).out, Not(HasSubstr("cannot be read")));
}

TEST_F(UnreadableFolder, OfWhichSomeIsKept) {
    const Finished said =
        run("command: [sh, -c, 'ln -s \"$TIDEMARK_RUN_DIR\" link; cd link; touch a b c']\n"
            "keep: [model.pt]\n",
            folder / "link");
    EXPECT_EQ(said.exit_code, 0) << said.err;
    EXPECT_EQ(
        tidemark({"query", "SELECT text FROM warnings", "--format", "csv"}).out,
        "text\nkeep: its folder cannot be read to its end (Input/output error); what was not seen of it "
        "stays\n");
    const std::filesystem::directory_iterator left(folder / "link");
    EXPECT_EQ(std::distance(begin(left), end(left)), 2) << "one was seen, and is not to be kept";
}

/// None of them is read where nothing is lost by it, and a sweep goes on.
TEST_F(UnreadableFolder, OfTheKernel) {
    for (const char* kernels : {"/proc", "/proc/self/fd"}) {
        const Finished said = run("command: [/bin/true]\nlimits: {wall: 60 s}\n", kernels);
        EXPECT_EQ(said.exit_code, 0) << said.err;
        std::filesystem::remove_all(folder / "results");
    }
}

}  // namespace
}  // namespace tidemark::test
