#include "terminal/wrapping.hpp"

#include <gtest/gtest.h>

namespace tidemark::terminal {
namespace {

using Lines = std::vector<std::string>;

TEST(Wrapping, BreaksAtBlanks) {
    EXPECT_EQ(wrapped("", 10), Lines{""});
    EXPECT_EQ(wrapped("as it is", 10), Lines{"as it is"});
    EXPECT_EQ(wrapped("one two three four", 9), (Lines{"one two", "three", "four"}));
    EXPECT_EQ(wrapped("  in and in", 6), (Lines{"  in", "and in"})) << "an indentation is kept";
}

TEST(Wrapping, BreaksALongWordWhereAReaderWould) {
    EXPECT_EQ(wrapped("/usr/share/tidemark", 12), (Lines{"/usr/share/", "tidemark"}));
    EXPECT_EQ(wrapped("model=h2q,batch_size=16", 12), (Lines{"model=h2q,", "batch_size=", "16"}));
    EXPECT_EQ(wrapped("abcdefgh", 3), (Lines{"abc", "def", "gh"}));
}

TEST(Wrapping, CountsColumnsAndKeepsCharactersWhole) {
    EXPECT_EQ(wrapped("显存显存", 5), (Lines{"显存", "显存"}));
    EXPECT_EQ(wrapped("显", 1), Lines{"显"}) << "wider than the line";
    EXPECT_EQ(wrapped("ab", 0), (Lines{"a", "b"}));
}

TEST(Wrapping, KnowsTheLongestWord) {
    EXPECT_EQ(longest_word("peak memory (MiB)"), 6U);
    EXPECT_EQ(longest_word(""), 0U);
}

}  // namespace
}  // namespace tidemark::terminal
