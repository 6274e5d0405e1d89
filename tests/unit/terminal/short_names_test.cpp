#include "terminal/short_names.hpp"

#include <gtest/gtest.h>

namespace tidemark::terminal {
namespace {

TEST(ShortNames, AreTheValuesOfACell) {
    EXPECT_EQ(short_run_name("model=h2q,batch_size=16,precision=bf16"), "h2q · 16 · bf16");
    EXPECT_EQ(short_run_name("model=h2q,drop_last=true,init="), "h2q · drop_last=true · init=");
    EXPECT_EQ(short_run_name("lr=1e-3,opt.beta=0.9"), "1e-3 · 0.9");
}

TEST(ShortNames, LeaveAllElseAlone) {
    for (const char* name : {"optimized", "n=1", "", "a,b", "a=1,b", "a=1,b c=2", "say=hello world,n=2",
                             "x=a=b,n=2", "=1,=2", "a=1,"})
        EXPECT_EQ(short_run_name(name), name);
}

TEST(ShortNames, HaveParts) {
    using Parts = std::vector<std::pair<std::string, std::string>>;
    EXPECT_EQ(parts_of_run_name("model=h2q,n=1"), (Parts{{"model", "h2q"}, {"n", "1"}}));
    EXPECT_EQ(parts_of_run_name("n=1"), (Parts{{"n", "1"}}));
    EXPECT_TRUE(parts_of_run_name("optimized").empty());
}

TEST(ShortNames, CanBeTyped) {
    const char* const name = "model=h2q,batch_size=16,drop_last=true";
    for (const char* typed : {"h2q · 16 · drop_last=true", "h2q,16,drop_last=true", "h2q 16 drop_last=true",
                              "h2q·16·drop_last=true", " h2q, 16, drop_last=true "})
        EXPECT_TRUE(is_short_name_of(typed, name)) << typed;
    for (const char* typed :
         {"h2q", "h2q 16", "h2q 16 true", "16 h2q drop_last=true", "", "h2q 16 drop_last=true x"})
        EXPECT_FALSE(is_short_name_of(typed, name)) << typed;
    EXPECT_FALSE(is_short_name_of("1", "n=1"));
}

}  // namespace
}  // namespace tidemark::terminal
