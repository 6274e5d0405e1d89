#include "sweep/secret_key.hpp"

#include <cstdlib>

#include <sys/stat.h>

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "support/workspace.hpp"

namespace tidemark::sweep {
namespace {

namespace fs = std::filesystem;

/// The vectors of the reference implementation: the key 00 01 … 0f, and the texts 00 01 … of each length.
TEST(KeyedDigest, IsSipHash) {
    SecretKey key{};
    for (std::size_t i = 0; i < key.size(); ++i) key[i] = static_cast<std::uint8_t>(i);
    std::string text;
    EXPECT_EQ(keyed_digest(key, text), 0x726fdb47dd0e0e31U);
    for (char byte = 0; byte < 7; ++byte) text += byte;
    EXPECT_EQ(keyed_digest(key, text), 0xab0200f58b01d137U);
    text += char{7};
    EXPECT_EQ(keyed_digest(key, text), 0x93f5f5799a932462U);
    for (char byte = 8; byte < 15; ++byte) text += byte;
    EXPECT_EQ(keyed_digest(key, text), 0xa129ca6149be45e5U);
}

TEST(KeyedDigest, IsAnotherOneUnderAnotherKey) {
    EXPECT_NE(keyed_digest({1}, "hunter2"), keyed_digest({2}, "hunter2"));
}

class SecretKeyFile : public testing::Test {
  protected:
    SecretKeyFile() { setenv("XDG_STATE_HOME", folder.path().c_str(), 1); }
    ~SecretKeyFile() override { unsetenv("XDG_STATE_HOME"); }
    std::string problem() {
        try {
            secret_key();
        } catch (const UsageError& error) {
            return error.what();
        }
        return "no problem";
    }

    test::Workspace folder;
    const fs::path file = folder / "tidemark/secret_key";
};

TEST_F(SecretKeyFile, IsMadeOnceForItsOwnerAlone) {
    const SecretKey key = secret_key();
    EXPECT_NE(key, SecretKey{});
    EXPECT_EQ(secret_key(), key);
    EXPECT_EQ(fs::status(file).permissions(), fs::perms::owner_read | fs::perms::owner_write);
    EXPECT_EQ(std::distance(fs::directory_iterator(file.parent_path()), {}), 1) << "no draft is left";
}

TEST_F(SecretKeyFile, ThatCannotBeMadeOrReadIsToldWithTheWayOut) {
    folder.write("tidemark", "a file");
    EXPECT_EQ(problem(), "the key by which secrets are told apart cannot be kept in " + file.string() +
                             ": Not a directory; let XDG_STATE_HOME name a folder of your own");
    fs::remove(folder / "tidemark");
    folder.write("tidemark/secret_key", "short");
    EXPECT_EQ(problem(), "the key by which secrets are told apart cannot be kept in " + file.string() +
                             ": it holds no key; remove it; let XDG_STATE_HOME name a folder of your own");
    fs::remove(file);
    mkfifo(file.c_str(), 0600);
    EXPECT_EQ(problem(), "the key by which secrets are told apart cannot be kept in " + file.string() +
                             ": it holds no key; remove it; let XDG_STATE_HOME name a folder of your own");
}

TEST(Hidden, IsKnownByItsForm) {
    EXPECT_TRUE(is_hidden("(hidden, 0123456789abcdef)"));
    for (const char* text : {"(hidden, 0123456789abcde)", "(hidden, 0123456789abcdeG)", "hidden", ""})
        EXPECT_FALSE(is_hidden(text)) << text;
    EXPECT_EQ(hidden("(hidden, 0123456789abcdef)"), "(hidden, 0123456789abcdef)");
}

}  // namespace
}  // namespace tidemark::sweep
