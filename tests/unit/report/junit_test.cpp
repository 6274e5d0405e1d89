#include "report/junit.hpp"

#include <cstdlib>
#include <sstream>

#include <gtest/gtest.h>

#include "support/golden.hpp"
#include "support/places.hpp"

namespace tidemark::report {
namespace {

JunitSuite hostile() {
    using Outcome = JunitCase::Outcome;
    return {"内存 & \"time\"",
            "2026-01-23T14:05:09.123Z",
            {{"s", "fits: <script>'1'\n2", Outcome::Passed, ""},
             {"s", "no creep", Outcome::Failed, "+5 % \x1b[31m > 3 %"},
             {"s", "learns", Outcome::Error, "not \xff measured"}}};
}

std::string rendered(const JunitSuite& suite) {
    std::ostringstream out;
    render_junit(suite, out);
    return out.str();
}

TEST(Junit, MatchesItsGoldenFile) {
    test::expect_golden("hostile.junit.xml", rendered(hostile()));
}

/// The golden files are what `MatchesItsGoldenFile` compares with.
TEST(Junit, IsValidByItsSchema) {
    if (std::system("xmllint --version >/dev/null 2>&1") != 0)
        GTEST_SKIP() << "needs xmllint (Debian package libxml2-utils)";
    const std::string tests = test::source_dir() + "/tests";
    const std::string command = "xmllint --noout --schema '" + tests + "/schemas/junit.xsd' '" + tests +
                                "/golden/hostile.junit.xml' >/dev/null";
    EXPECT_EQ(std::system(command.c_str()), 0);
}

}  // namespace
}  // namespace tidemark::report
