#include "results/column_meanings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "protocol/result_columns.hpp"

namespace tidemark::results {
namespace {

TEST(ColumnMeanings, TellOfEachFixedColumnInTheOrderOfTheView) {
    const std::vector<std::string> columns = protocol::all_result_columns({}, {});
    std::vector<std::string> told;
    for (const ColumnMeaning& column : column_meanings()) told.emplace_back(column.name);
    EXPECT_EQ(told, columns);
}

TEST(ColumnMeanings, EachIsASentence) {
    for (const ColumnMeaning& column : column_meanings()) {
        EXPECT_THAT(column.meaning, testing::EndsWith(".")) << column.name;
        EXPECT_THAT(column.type, testing::AnyOf("text", "integer", "real")) << column.name;
    }
}

}  // namespace
}  // namespace tidemark::results
