#pragma once

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "support/workspace.hpp"

namespace tidemark::test {

/// A sweep of four runs, each of which ends when its gate opens: a file appears.
class GatedSweep : public testing::Test {
  protected:
    void SetUp() override {
        folder.write("gated.yaml",
                     "sweep: gated\ncommand: [./gated.sh, \"{n}\"]\nmatrix: {n: [1, 2, 3, 4]}\n");
        folder.write_script("gated.sh",
                            "#!/bin/sh\necho > begun.$1\nwhile [ ! -e gate.$1 ]; do sleep 0.02; done\n");
    }
    Started start(const std::vector<std::string>& more = {}) {
        std::vector<std::string> arguments{"run", "gated.yaml"};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return folder.start_tidemark(arguments);
    }
    void open(int gate) { folder.write("gate." + std::to_string(gate), ""); }
    void open_all() {
        for (const int gate : {1, 2, 3, 4}) open(gate);
    }
    bool begins(int run) {
        return eventually([&] { return std::filesystem::exists(folder / ("begun." + std::to_string(run))); });
    }
    static bool says(const Started& started, const std::string& text) {
        return eventually([&] { return started.err().find(text) != std::string::npos; });
    }
    std::string query(const std::string& sql, const std::string& database = "results/tidemark.db") {
        return folder.tidemark({"query", sql, "--format", "csv", "--db", database}).out;
    }

    Workspace folder;
};

}  // namespace tidemark::test
