// What is published was made by the renderers from the database beside it, and by nothing else.
#include <array>
#include <filesystem>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/places.hpp"
#include "support/workspace.hpp"

namespace tidemark::test {
namespace {

namespace fs = std::filesystem;

const fs::path kProject = test::source_dir();
const fs::path kPublished = "results/reference";
constexpr std::array kPages{"README.md", "docs/trainer.md", "docs/findings.md", "docs/findings.zh.md"};

std::set<fs::path> files_of(const fs::path& folder) {
    std::set<fs::path> files;
    for (const auto& entry : fs::directory_iterator(folder)) files.insert(entry.path().filename());
    return files;
}

/// A copy of what the pages are made of and stand in, so that making them anew changes nothing.
void copy_project(const Workspace& to) {
    fs::create_directories((to / kPublished).parent_path());
    fs::copy(kProject / kPublished, to / kPublished, fs::copy_options::recursive);
    fs::copy(kProject / "configs", to / "configs", fs::copy_options::recursive);
    fs::create_directories(to / "docs");
    for (const char* page : kPages)
        fs::copy(kProject / page, to / page, fs::copy_options::overwrite_existing);
}

TEST(Published, EveryTableAndPictureIsWhatTheRendererMakesOfTheDatabase) {
    TIDEMARK_NEEDS_TRAINER();  // whose description says what the sweeps are
    Workspace folder;
    copy_project(folder);
    const Finished said = folder.run({"sh", folder / (kPublished / "regenerate")},
                                     {.environment = {{"TIDEMARK", test::binary_dir() + "/bin/tidemark"}}});
    ASSERT_EQ(said.exit_code, 0) << said.err;

    const Workspace original;
    copy_project(original);
    EXPECT_EQ(files_of(folder / kPublished), files_of(original / kPublished));
    for (const fs::path& file : files_of(original / kPublished)) {
        if (file.extension() == ".db") continue;
        EXPECT_EQ(folder.read(kPublished / file), original.read(kPublished / file))
            << file << " is not what results/reference/regenerate makes; run it, and look at what changes";
    }
    for (const char* page : kPages) {
        EXPECT_EQ(folder.read(page), original.read(page))
            << "a table of " << page << " is not what results/reference/regenerate makes";
    }
}

}  // namespace
}  // namespace tidemark::test
