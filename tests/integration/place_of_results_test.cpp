#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/workspace.hpp"

namespace tidemark::test {
namespace {

using testing::HasSubstr;

class PlaceOfResults : public testing::Test {
  protected:
    PlaceOfResults() {
        folder.write("project/sweeps/mine.yaml", "sweep: mine\ncommand: [\"true\"]\n");
        std::filesystem::create_directories(folder / "project/sub");
    }
    Finished in(const std::string& place, const std::string& words, const StartOptions& options = {}) {
        return folder.run({"sh", "-c", "cd '" + place + "' && exec " + tidemark_binary() + " " + words},
                          options);
    }
    bool is_there(const std::string& file) { return std::filesystem::exists(folder / file); }

    Workspace folder;
};

TEST_F(PlaceOfResults, IsTheRepositoryThatTheSweepLiesIn) {
    std::filesystem::create_directories(folder / "project/.git");
    EXPECT_EQ(in(".", "run project/sweeps/mine.yaml").exit_code, 0);
    EXPECT_TRUE(is_there("project/results/tidemark.db"));
    EXPECT_FALSE(is_there("results"));
    EXPECT_THAT(in("project/sub", "list").out, HasSubstr("\nmine ")) << "from any folder of it";
}

TEST_F(PlaceOfResults, IsTheNearestDatabaseUpwards) {
    std::filesystem::create_directories(folder / "project/sweeps/.git");
    EXPECT_EQ(in("project", "run sweeps/mine.yaml --db results/tidemark.db").exit_code, 0);
    EXPECT_THAT(in("project/sub", "list").out, HasSubstr("\nmine "));
    EXPECT_EQ(in("project/sub", "run ../sweeps/mine.yaml").exit_code, 0);
    EXPECT_TRUE(is_there("project/sweeps/results/tidemark.db")) << "the repository is nearer";
}

TEST_F(PlaceOfResults, IsBesideTheSweepFileWhereThereIsNoProject) {
    EXPECT_EQ(in("project/sub", "run ../sweeps/mine.yaml").exit_code, 0);
    EXPECT_TRUE(is_there("project/sweeps/results/tidemark.db"));
}

TEST_F(PlaceOfResults, IsWhatTheVariableSays) {
    const StartOptions named{.environment = {{"TIDEMARK_DB", (folder / "own/r.db").string()}}};
    std::filesystem::create_directories(folder / "project/.git");
    EXPECT_EQ(in("project", "run sweeps/mine.yaml", named).exit_code, 0);
    EXPECT_TRUE(is_there("own/r.db"));
    EXPECT_FALSE(is_there("project/results"));
    EXPECT_THAT(in(".", "list", named).out, HasSubstr("\nmine "));
}

TEST_F(PlaceOfResults, IsNoFolderThatEverybodyMayWriteTo) {
    std::filesystem::create_directories(folder / "project/results");
    EXPECT_EQ(in("project", "run sweeps/mine.yaml --db results/tidemark.db").exit_code, 0);
    std::filesystem::permissions(folder / "project", std::filesystem::perms::all);
    EXPECT_EQ(in("project/sub", "list").exit_code, 3);
    EXPECT_THAT(in("project", "list").out, HasSubstr("\nmine ")) << "where one stands it is one's own wish";
}

TEST_F(PlaceOfResults, ASweepIsFoundByItsNameAlone) {
    folder.write("configs/short.yaml", "sweep: short\ncommand: [\"true\"]\n");
    EXPECT_THAT(in(".", "run short --dry-run").out, HasSubstr("1 run\n"));
    EXPECT_THAT(in("project/sweeps", "run mine -n").out, HasSubstr("1 run\n"));
    const StartOptions project{.environment = {{"TIDEMARK_PROJECT", folder.path().string()}}};
    EXPECT_THAT(in("project/sub", "run short -n", project).out, HasSubstr("1 run\n"))
        << "those that tidemark brings";
    EXPECT_EQ(in(".", "run nothing -n").exit_code, 2);
    EXPECT_THAT(in(".", "run nothing -n").err, HasSubstr("nothing: there is no such file"));
}

}  // namespace
}  // namespace tidemark::test
