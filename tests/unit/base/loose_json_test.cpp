#include "base/loose_json.hpp"

#include <gtest/gtest.h>

namespace tidemark {
namespace {

std::string read(std::string_view text) {
    const nlohmann::json json = parse_loose_json(text);
    return json.is_discarded() ? "discarded" : json.dump();
}

TEST(LooseJson, IsJsonAndWhatPythonWritesForIt) {
    EXPECT_EQ(read(R"({"a": 1.5, "b": "NaN"})"), R"({"a":1.5,"b":"NaN"})");
    EXPECT_EQ(read(R"({"a": NaN, "b": [Infinity,-Infinity], "c": -nan})"),
              R"({"a":"nan","b":["inf","-inf"],"c":"nan"})");
    EXPECT_EQ(read(R"({"NaN \" NaN": NaN, "t": "a\\", "n": -1e-3})"),
              R"({"NaN \" NaN":"nan","n":-0.001,"t":"a\\"})");
    EXPECT_EQ(read("{\"a\": 1e999, \"b\": -1e999, \"c\": 2}"), R"({"a":"1e999","b":"-1e999","c":2})");
    EXPECT_EQ(read("NaN"), "\"nan\"");
}

TEST(LooseJson, IsNothingElse) {
    for (const char* text : {"", " ", "{", "{\"a\": NaN", "{\"a\": NotANumber}", "{\"a\": 1,}",
                             "{\"a\": \"NaN}", "\"\\", "nothing", "12,5", "1.2.3", "{a: NaN}", "NaNNaN"})
        EXPECT_EQ(read(text), "discarded") << text;
}

}  // namespace
}  // namespace tidemark
