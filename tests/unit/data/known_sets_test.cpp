#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.hpp"
#include "data/data_folder.hpp"
#include "data/sha256.hpp"
#include "support/workspace.hpp"

namespace tidemark::data {
namespace {

TEST(KnownSets, HaveASumAndASizeForEveryFile) {
    std::set<std::string> sums;
    for (const KnownSet& set : known_sets()) {
        for (const RemoteFile& file : set.remote) {
            EXPECT_THAT(file.sha256, testing::MatchesRegex("[0-9a-f]+"));
            EXPECT_EQ(file.sha256.size(), 64);
            EXPECT_TRUE(sums.insert(file.sha256).second) << file.url;
            EXPECT_GT(file.size, 0);
            EXPECT_THAT(file.name(), testing::EndsWith(".gz"));
        }
        EXPECT_FALSE(set.files.empty());
    }
}

TEST(KnownSets, AreSuggestedWhereANameIsNearlyRight) {
    EXPECT_EQ(known_set("mnist").title, "MNIST");
    EXPECT_THAT([] { known_set("cifar-10"); },
                testing::ThrowsMessage<UsageError>("there is no data set 'cifar-10' to fetch (did you mean "
                                                   "'cifar10'?); there are cifar10, cifar100, mnist, "
                                                   "fashion-mnist"));
}

TEST(Look, TellsWhatIsMissingOrNotWhole) {
    const test::Workspace folder;
    const KnownSet set{"small", "Small", "small", {}, {{"one", 3}, {"two", 4}}};
    EXPECT_EQ(look(set, folder.path()).state, State::Absent);
    std::filesystem::create_directory(folder / "small");
    EXPECT_EQ(look(set, folder.path()).problem, "one is missing");
    folder.write("small/one", "123");
    folder.write("small/two", "123");
    EXPECT_EQ(look(set, folder.path()).state, State::Incomplete);
    EXPECT_EQ(look(set, folder.path()).problem, "two has 3 bytes, not 4");
    folder.write("small/two", "1234");
    EXPECT_EQ(look(set, folder.path()).state, State::Complete);
}

TEST(Sha256, IsThatOfTheStandard) {
    // FIPS 180-2, appendix B.1
    const test::Workspace folder;
    folder.write("abc", "abc");
    EXPECT_EQ(sha256_of_file(folder / "abc"),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_THAT([&] { sha256_of_file(folder / "nothing"); },
                testing::ThrowsMessage<CannotGoOn>("cannot read " + (folder / "nothing").string() +
                                                   ": No such file or directory"));
}

}  // namespace
}  // namespace tidemark::data
