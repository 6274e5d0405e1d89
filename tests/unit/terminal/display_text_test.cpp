#include "terminal/display_text.hpp"

#include <string>

#include <gtest/gtest.h>

namespace tidemark::terminal {
namespace {

using namespace std::string_literals;

TEST(DisplayWidth, CountsColumnsOfATerminal) {
    EXPECT_EQ(display_width(""), 0U);
    EXPECT_EQ(display_width("plain"), 5U);
    EXPECT_EQ(display_width("größe"), 5U);
    EXPECT_EQ(display_width("显存"), 4U);
    EXPECT_EQ(display_width("ｈ"), 2U) << "a full-width letter";
    EXPECT_EQ(display_width("😀"), 2U);
    EXPECT_EQ(display_width("a\u200bb"), 2U) << "a blank without width";
    EXPECT_EQ(display_width("\xe6\x98"), 2U) << "two bytes of a character of three";
}

TEST(Visible, LeavesTextsAsTheyAre) {
    EXPECT_EQ(visible(""), "");
    EXPECT_EQ(visible("显存 größe — 16 × 8 \\n"), "显存 größe — 16 × 8 \\n");
}

TEST(Visible, ShowsWhatATerminalWouldObey) {
    EXPECT_EQ(visible("\x1b[2J\x1b]0;title\x07"), "\\x1b[2J\\x1b]0;title\\x07");
    EXPECT_EQ(visible("one\ntwo\tthree\rfour"), "one\\ntwo\\tthree\\x0dfour");
    EXPECT_EQ(visible("nul \0 within"s), "nul \\x00 within");
    EXPECT_EQ(visible("\x7f"), "\\x7f");
    EXPECT_EQ(visible("\u009b31m"), "\\x9b31m") << "a control character of eight bits";
    EXPECT_EQ(visible("\u2028 \u2029"), "\\u2028 \\u2029");
}

TEST(Visible, ShowsWhatWouldTurnATextRound) {
    EXPECT_EQ(visible("a\u202eb\u2066c\u2069"), "a\\u202eb\\u2066c\\u2069");
}

TEST(Visible, ShowsBytesThatAreNoUtf8) {
    EXPECT_EQ(visible("\xff\xfe ok"), "\\xff\\xfe ok");
    EXPECT_EQ(visible("cut \xe6\x98"), "cut \\xe6\\x98");
    EXPECT_EQ(visible("\xc0\xaf"), "\\xc0\\xaf") << "a slash in more bytes than it needs";
    EXPECT_EQ(visible("\xed\xa0\x80"), "\\xed\\xa0\\x80") << "half a surrogate pair";
}

TEST(VisibleLines, KeepsLineEndsAndTabs) {
    EXPECT_EQ(visible_lines("one\n\ttwo\x1b[1m\r\nthree"), "one\n\ttwo\\x1b[1m\\x0d\nthree");
    EXPECT_EQ(visible_lines("显存\n"), "显存\n");
    EXPECT_EQ(visible_lines(""), "");
}

TEST(Shortened, SaysWhereSomethingWasCut) {
    EXPECT_EQ(shortened("abcdef", 6), "abcdef");
    EXPECT_EQ(shortened("abcdef", 5), "abcd…");
    EXPECT_EQ(shortened("abcdef", 1), "…");
    EXPECT_EQ(shortened("abcdef", 0), "");
    EXPECT_EQ(shortened("", 0), "");
}

TEST(Shortened, NeverCutsACharacterInTwo) {
    EXPECT_EQ(shortened("显存显存", 4), "显…") << "three columns, since two wide ones and the sign need five";
    EXPECT_EQ(shortened("e\u0301e\u0301e\u0301", 2), "e\u0301…");
    EXPECT_EQ(shortened("größe", 4), "grö…");
}

TEST(Padded, FillsUpToTheWidth) {
    EXPECT_EQ(padded("ab", 4, false), "ab  ");
    EXPECT_EQ(padded("ab", 4, true), "  ab");
    EXPECT_EQ(padded("显存", 6, false), "显存  ");
    EXPECT_EQ(padded("longer", 4, false), "longer");
}

TEST(Shortened, InTheMiddleItsEndsStay) {
    EXPECT_EQ(shortened_in_middle("model=h2q,workers=2", 19), "model=h2q,workers=2");
    EXPECT_EQ(shortened_in_middle("model=h2q,workers=2", 11), "model…ers=2");
    EXPECT_EQ(shortened_in_middle("model=h2q,workers=2", 2), "m…");
    EXPECT_EQ(shortened_in_middle("显存显存显存", 7), "显…存") << "wide characters stay whole";
}

}  // namespace
}  // namespace tidemark::terminal
