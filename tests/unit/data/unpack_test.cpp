#include "data/unpack.hpp"

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.hpp"
#include "support/workspace.hpp"
#include "unit/data/archives.hpp"

namespace tidemark::data {
namespace {

class Unpack : public testing::Test {
  protected:
    void SetUp() override { std::filesystem::create_directory(into()); }

    std::filesystem::path into() const { return folder_ / "into"; }

    std::string problem(const std::string& archive, const std::string& name = "a.tar.gz") const {
        folder_.write(name, archive);
        try {
            unpack(folder_ / name, name, into());
            return "";
        } catch (const CannotGoOn& error) {
            return error.what();
        }
    }
    std::string problem(const std::vector<Entry>& entries) const {
        return problem(tar_gz(folder_.path(), entries));
    }

    test::Workspace folder_;
};

TEST_F(Unpack, TakesFilesAndFolders) {
    EXPECT_EQ(problem({{"set/", ""}, {"set/one", "1"}, {"set/below/two", "2"}, {"./three", "3"}}), "");
    EXPECT_EQ(folder_.read("into/set/one"), "1");
    EXPECT_EQ(folder_.read("into/set/below/two"), "2");
    EXPECT_EQ(folder_.read("into/three"), "3");
}

TEST_F(Unpack, TakesASinglePackedFile) {
    EXPECT_EQ(problem(gz(folder_.path(), "content"), "labels.gz"), "");
    EXPECT_EQ(folder_.read("into/labels"), "content");
}

TEST_F(Unpack, RefusesPathsThatLeadOut) {
    for (const std::string path : {"../evil", "set/../../evil", "/tmp/tidemark-evil"}) {
        EXPECT_EQ(problem({{path, "1"}}), "a.tar.gz holds '" + path +
                                              "', which leads out of the folder that it is unpacked into; "
                                              "nothing of it was taken");
    }
    EXPECT_FALSE(std::filesystem::exists(folder_ / "evil"));
    EXPECT_FALSE(std::filesystem::exists("/tmp/tidemark-evil"));
}

TEST_F(Unpack, RefusesLinks) {
    EXPECT_EQ(problem({{"way", "", ".."}, {"way/evil", "1"}}),
              "a.tar.gz holds 'way', which is neither a file nor a folder; nothing of it was taken");
    EXPECT_EQ(problem({{"way", "", "", "../secret"}}),
              "a.tar.gz holds 'way', which is neither a file nor a folder; nothing of it was taken");
    EXPECT_FALSE(std::filesystem::exists(folder_ / "evil"));
}

TEST_F(Unpack, RefusesWhatIsNoArchive) {
    EXPECT_EQ(problem("garbage", "a.tar.gz"), "cannot unpack a.tar.gz: Unrecognized archive format");
    const std::string whole = tar_gz(folder_.path(), {{"one", std::string(100'000, 'x')}});
    EXPECT_EQ(problem(whole.substr(0, whole.size() / 2)), "cannot unpack a.tar.gz: truncated gzip input");
}

}  // namespace
}  // namespace tidemark::data
