#pragma once

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "support/workspace.hpp"

namespace tidemark::test {

/// Sweeps of programs that know nothing of Tidemark, in a folder of their own.
class OwnProgram : public testing::Test {
  protected:
    Finished run(const std::string& sweep, const std::vector<std::string>& more = {}) {
        folder.write("own.yaml", "sweep: own\n" + sweep);
        std::vector<std::string> arguments{"run", "own.yaml"};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return folder.tidemark(arguments);
    }
    std::string query(const std::string& sql) {
        return folder.tidemark({"query", sql, "--format", "csv"}).out;
    }

    Workspace folder;
};

}  // namespace tidemark::test
