#include "base/line_reader.hpp"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/workspace.hpp"

namespace tidemark {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class Lines : public testing::Test {
  protected:
    void append(const std::string& text) const { std::ofstream(file, std::ios::app) << text; }

    std::vector<std::string> news() {
        std::vector<std::string> lines;
        reader.read_new([&](std::string_view line) { lines.emplace_back(line); }, [&] { ++passed_over; });
        return lines;
    }

    test::Workspace folder;
    std::filesystem::path file = folder / "lines";
    LineReader reader{file};
    int passed_over = 0;
};

TEST_F(Lines, AFileThatIsNotThereYetHasNone) {
    EXPECT_THAT(news(), IsEmpty());
    append("one\n");
    EXPECT_THAT(news(), ElementsAre("one"));
}

TEST_F(Lines, EachIsReadOnceAndWhole) {
    append("one\ntw");
    EXPECT_THAT(news(), ElementsAre("one"));
    EXPECT_TRUE(reader.ends_within_a_line());
    append("o\n\nfour\n");
    EXPECT_THAT(news(), ElementsAre("two", "", "four"));
    EXPECT_FALSE(reader.ends_within_a_line());
    EXPECT_EQ(reader.lines(), 4);
    EXPECT_THAT(news(), IsEmpty());
}

TEST_F(Lines, BytesThatAreNoTextAreKept) {
    const std::string strange("nul \0 and \xff\xfe\r", 13);
    append(strange + "\n");
    EXPECT_THAT(news(), ElementsAre(strange));
}

TEST_F(Lines, ALineMayBeAsLongAsTheLimitAndNoLonger) {
    append(std::string(LineReader::kLongestLine, 'a') + "\n");
    append(std::string(LineReader::kLongestLine + 1, 'b') + "\n");
    append("short\n");
    EXPECT_THAT(news(), ElementsAre(std::string(LineReader::kLongestLine, 'a'), "short"));
    EXPECT_EQ(reader.lines(), 3);
    EXPECT_EQ(passed_over, 1);
}

TEST_F(Lines, ALongLineMayComeInPieces) {
    const std::string half(LineReader::kLongestLine / 2 + 1, 'x');
    append(half);
    EXPECT_THAT(news(), IsEmpty());
    append(half);
    EXPECT_THAT(news(), IsEmpty());
    EXPECT_TRUE(reader.ends_within_a_line());
    append("the end of it\nnext\n");
    EXPECT_THAT(news(), ElementsAre("next"));
    EXPECT_EQ(passed_over, 1);
}

/// Its zeros would take hours to read.
TEST_F(Lines, AHoleIsPassedOverWithItsLine) {
    append("one\n");
    std::filesystem::resize_file(file, std::uintmax_t{1} << 40);
    append("\ntwo\n");
    EXPECT_THAT(news(), ElementsAre("one", "two"));
    EXPECT_EQ(passed_over, 1);
    std::filesystem::resize_file(file, std::uintmax_t{1} << 41);
    EXPECT_THAT(news(), IsEmpty());
    EXPECT_TRUE(reader.ends_within_a_line());
}

TEST_F(Lines, NoMoreIsReadThanTheLimit) {
    reader.limit_to(Bytes{100'000});
    for (int i = 0; i < 30; ++i) append(std::string(9'999, 'a') + "\n");
    EXPECT_EQ(news().size(), 13U) << "by the pieces that are read at once";
    EXPECT_TRUE(reader.is_cut());
    EXPECT_THAT(news(), IsEmpty());
}

}  // namespace
}  // namespace tidemark
