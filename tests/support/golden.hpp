#pragma once

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include "support/places.hpp"

namespace tidemark::test {

/// Compares with a file in tests/golden/. With TIDEMARK_UPDATE_GOLDEN=1 the file is written instead: read its
/// diff.
inline void expect_golden(const std::string& name, const std::string& actual) {
    const std::string path = test::source_dir() + "/tests/golden/" + name;
    if (std::getenv("TIDEMARK_UPDATE_GOLDEN") != nullptr) {
        std::ofstream(path) << actual;
        return;
    }
    std::ostringstream expected;
    expected << std::ifstream(path).rdbuf();
    EXPECT_EQ(actual, expected.str()) << "differs from " << path;
}

}  // namespace tidemark::test
